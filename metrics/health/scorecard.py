"""Everything that one screen shows of an account's health, or of a tenant's figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from accounts.models import Account
from metrics.catalogue.own import account_metrics
from metrics.catalogue.records import AccountMetric, Unit
from metrics.models import AccountMetricValues, HealthFactor, HealthScore, Night


@dataclass(frozen=True, kw_only=True)
class Line:
    """One measure of a score: what it was, what it earned, what it could have earned.

    A metric of the tenant's own may have been removed since the model was published.

    `points` are its part of the score; `weight_share` is its weight among the known measures, in
    percent, and is 0 for one that had no vote.
    """

    key: str
    measure: AccountMetric | None
    value: Decimal | None
    worst: Decimal
    best: Decimal
    mark: Decimal | None
    weight: Decimal
    weight_share: Decimal
    points: Decimal | None

    @property
    def name(self) -> StrOrPromise:
        return self.measure.name if self.measure else self.key

    @property
    def unit(self) -> str:
        return self.measure.unit if self.measure else Unit.COUNT

    @property
    def missing_reason(self) -> StrOrPromise:
        if self.measure is None:
            return _("This metric is there no more.")
        return self.measure.when_missing if self.value is None else ""


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """An account's score at the end of a day, with the lines that it is the sum of."""

    day: date | None
    score: Decimal | None
    status: str
    coverage: Decimal
    lines: list[Line]

    @property
    def reason(self) -> str:
        """Why there is no colour; empty when there is one."""
        if self.day is None:
            return _("No night has been run for this day.")
        if not self.lines:
            return _("This account did not exist on that day.")
        return "" if self.status else _("Too little is known about this account to judge it.")


def scorecard(*, account: Account, day: date | None = None) -> Scorecard:
    """The scorecard of `day`, or of the latest night that was run."""
    nights = Night.objects.all() if day is None else Night.objects.filter(day=day)
    night = nights.first()
    health = _health(account, night) if night else None
    if health is None:
        return _empty(day=night.day if night else None)
    measured = AccountMetricValues.objects.get(account=account, day=health.day)
    return Scorecard(
        day=health.day,
        score=health.score,
        status=health.status,
        coverage=health.coverage,
        lines=list(_lines(health, measured.values)),
    )


def _health(account: Account, night: Night) -> HealthScore | None:
    scores = HealthScore.objects.select_related("model").prefetch_related("model__factors")
    return scores.filter(account=account, day=night.day).first()


def _empty(*, day: date | None) -> Scorecard:
    return Scorecard(day=day, score=None, status="", coverage=Decimal(0), lines=[])


def _lines(health: HealthScore, values: list[Decimal | None]) -> Iterator[Line]:
    marks = dict(zip(health.model.factors.all(), health.marks, strict=True))
    known = sum(m.weight for m, mark in marks.items() if mark is not None) or Decimal(1)
    metrics = account_metrics()
    for measure, mark in marks.items():
        metric = metrics.get(measure.key)
        value = value_in(values, metric) if metric else None
        yield _line(measure, metric, value, mark, known=Decimal(known))


def value_in(values: list[Decimal | None], metric: AccountMetric) -> Decimal | None:
    """What a night wrote of a measure; it may have run before there was such a measure."""
    return values[metric.slot] if metric.slot < len(values) else None


def _line(
    measure: HealthFactor,
    metric: AccountMetric | None,
    value: Decimal | None,
    mark: Decimal | None,
    *,
    known: Decimal,
) -> Line:
    share = measure.weight / known if mark is not None else Decimal(0)
    return Line(
        key=measure.key,
        measure=metric,
        value=value,
        worst=measure.worst,
        best=measure.best,
        mark=mark,
        weight=measure.weight,
        weight_share=share * 100,
        points=None if mark is None else share * mark,
    )


def measured_values(*, account: Account, day: date) -> Mapping[str, Decimal | None]:
    """Every measure of an account on a day, by key; empty when no night was run."""
    row = AccountMetricValues.objects.filter(account=account, day=day).first()
    if row is None:
        return {}
    return {key: value_in(row.values, measure) for key, measure in account_metrics().items()}
