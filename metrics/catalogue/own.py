"""A tenant's own metrics, made into records like those of the catalogue."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import F, Max
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Measurement
from metrics.catalogue import ACCOUNT_METRICS, METRICS
from metrics.catalogue.adoption import events_of
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    Rows,
    Source,
    Unit,
    Variant,
    last_day_only,
    trailing_days,
)
from metrics.catalogue.rows import UNKNOWN
from metrics.models import OwnMetric
from metrics.windows.periods import Window
from tenants.typing import AnyRows, RowsOf
from usage.models import Event

Record = TypeVar("Record", Metric, AccountMetric)
log = logging.getLogger(__name__)
OF_ROW = "of=%(of)s total=%(total)s unit=%(unit)s direction=%(direction)s"
OF_MEASUREMENT = ("account__name", "account__external_id", "day", "value")
OF_EVENT = ("account__name", "user_id", "day", "event", "feature")
OF_PERSON = ("account__name", "user_id", "last_on")
FORMULAS = {
    "sum": _("The values of the period, summed"),
    "mean": _("The values of the period, summed ÷ their number"),
    "last": _("The latest value of each account by the end of the day, summed"),
    "distinct": _("Different accounts of which there is a value in the period"),
}
OWN_VARIANT = "all"  # the only one
LATELY = _("(of the last 30 days)")
OF_EVENTS = {
    "sum": _("Events of the period"),
    "distinct": _("Different people with such an event in the period"),
}


def all_metrics() -> dict[str, Metric]:
    """Every metric of the tenant: those of the catalogue, then its own."""
    return {**METRICS, **_made(metric_of, OwnMetric.objects.exclude(key__in=METRICS))}


def account_metrics() -> dict[str, AccountMetric]:
    """Every measure of an account: those of the catalogue, then those of the tenant's metrics."""
    rows = OwnMetric.objects.exclude(key__in=(*METRICS, *ACCOUNT_METRICS))
    return {**ACCOUNT_METRICS, **_made(measure_of, rows)}


def _made(make: Callable[[OwnMetric], Record], rows: Iterable[OwnMetric]) -> dict[str, Record]:
    """The records of definitions; one that makes no sense (written by SQL) is left out, alone."""
    made = {}
    for row in rows:
        try:
            made[row.key] = make(row)
        except (ValueError, LookupError):
            log.warning("own metric %s cannot be computed: %s", row.key, OF_ROW % vars(row))
    return made


def measure_of(row: OwnMetric) -> AccountMetric:
    """What a tenant's definition comes to for one account: now, or in the last thirty days."""
    metric = metric_of(row)
    variant = metric.variants[OWN_VARIANT]
    now = metric.point_in_time
    of_events = row.of == OwnMetric.Of.EVENTS
    return AccountMetric(
        key=row.key,
        slot=row.slot,
        name=metric.name,
        formula=variant.formula if now else format_lazy("{} {}", variant.formula, LATELY),
        unit=metric.unit,
        direction=metric.direction,
        source=metric.source,
        when_missing=_("No such events are 0.")
        if of_events
        else _("Unknown where nothing was measured."),
        variant=variant,
        over=last_day_only if now else trailing_days(30),
        value_when_missing=0 if of_events else None,
    )


def metric_of(row: OwnMetric) -> Metric:
    """The record of a tenant's definition."""
    of_events = row.of == OwnMetric.Of.EVENTS
    formulas = OF_EVENTS if of_events else FORMULAS
    numerator, denominator = _of_events(row) if of_events else _of_measurements(row)
    return Metric(
        key=row.key,
        name=lazystr(_Name(row)),
        unit=Unit(row.unit),
        direction=Direction(row.direction),
        source=Source.USAGE if of_events else Source.CARE,
        when_missing=UNKNOWN if denominator else _("What was not measured adds nothing."),
        point_in_time=row.total == OwnMetric.Total.LAST,
        variants={
            OWN_VARIANT: Variant(
                label=STANDARD,
                formula=formulas[row.total],
                numerator=numerator,
                denominator=denominator,
                when_empty=_("Nothing was measured in the period."),
            )
        },
    )


class _Name:
    """The metric's name in the language of whoever reads it."""

    def __init__(self, row: OwnMetric) -> None:
        self.row = row

    def __str__(self) -> str:
        own = getattr(self.row, f"name_{get_language()}", "")
        return own or self.row.name


def _of_measurements(row: OwnMetric) -> tuple[Measure, Measure | None]:
    def measured(window: Window) -> AnyRows:
        known = Measurement.objects.filter(key=row.named, account__is_test=False)
        return known.filter(day__gte=window.start, day__lt=window.end)

    def latest(window: Window) -> AnyRows:
        known = Measurement.objects.filter(
            key=row.named, account__is_test=False, day__lt=window.end
        )
        last = known.order_by("account_id", "-day").distinct("account_id")
        return Measurement.objects.filter(pk__in=last.values("pk"))

    def accounts(window: Window) -> AnyRows:
        first = measured(window).order_by("account_id", "day").distinct("account_id")
        return Measurement.objects.filter(pk__in=first.values("pk"))

    rows: Rows = {"last": latest, "distinct": accounts}.get(row.total, measured)
    expr = None if row.total == OwnMetric.Total.DISTINCT else F("value")
    measure = Measure(rows=rows, expr=expr, account_path="account", columns=OF_MEASUREMENT)
    if row.total != OwnMetric.Total.MEAN:
        return measure, None
    return measure, Measure(rows=measured, account_path="account", columns=OF_MEASUREMENT)


def _of_events(row: OwnMetric) -> tuple[Measure, None]:
    conditions: dict[str, object] = {"event": row.named, "account__is_test": False}
    if row.feature:
        conditions["feature"] = row.feature
    if row.property:
        name, _equals, value = row.property.partition("=")
        conditions["properties__contains"] = {name: value}

    def append_only(window: Window) -> RowsOf[Event]:
        return events_of(window.start, window.end).filter(**conditions)

    def people(window: Window) -> AnyRows:
        each = append_only(window).order_by().values("account_id", "user_id")
        return each.annotate(last_on=Max("day"))

    if row.total == OwnMetric.Total.DISTINCT:
        return Measure(rows=people, account_path="account", columns=OF_PERSON), None
    return Measure(rows=append_only, account_path="account", columns=OF_EVENT), None
