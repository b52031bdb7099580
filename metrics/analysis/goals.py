"""How far the goals are: what the number was, is, and is to become."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.imports.records import FIRST_DAY, LAST_DAY
from metrics.catalogue.own import all_metrics
from metrics.catalogue.records import Direction, Metric
from metrics.figures.kpis import KpiQuery, KpiReader, Prefetched
from metrics.figures.parameters import InvalidParameter, parse_segment
from metrics.figures.readers import Definition
from metrics.figures.readings import Reading
from metrics.figures.segments import Segment
from metrics.models import Goal
from metrics.windows.periods import Period, Window

WHOLE, NEARLY = Decimal(100), Decimal("99.9")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A goal with its number at the beginning and now."""

    goal: Goal
    metric: Metric
    segment: Segment | None
    then: Reading
    now: Reading
    day: date

    @property
    def percent(self) -> Decimal | None:
        """The part of the way that is done, from 0 to 100; None where a number is not known."""
        if self.then.value is None or self.now.value is None:
            return None
        if self._is_there(self.now.value):
            return WHOLE
        way = self.goal.target - self.then.value
        done = (self.now.value - self.then.value) * WHOLE / way if way else Decimal(0)
        return min(max(done, Decimal(0)), NEARLY)

    def _is_there(self, value: Decimal) -> bool:
        """Whether a value is as good as the target, by what is better for the metric."""
        if self.metric.direction == Direction.LOWER:
            return value <= self.goal.target
        return value >= self.goal.target

    @property
    def state(self) -> str:
        """reached, missed (the date has come), ahead or behind (of the time gone by), unknown."""
        done = self.percent
        if done is None:
            return "unknown"
        if done >= WHOLE:
            return "reached"
        if self.day >= self.goal.due_on:
            return "missed"
        gone = (self.day - self.goal.starts_on).days
        whole = (self.goal.due_on - self.goal.starts_on).days
        return "ahead" if done * whole >= gone * WHOLE else "behind"


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A goal that cannot be computed, and why."""

    goal: Goal
    name: StrOrPromise
    reason: StrOrPromise


@dataclass(frozen=True, kw_only=True)
class GoalQuery:
    """A goal that can be computed, with the two questions whose answers are its progress."""

    goal: Goal
    metric: Metric
    day: date
    first_weekday: int

    @property
    def then(self) -> KpiQuery:
        return self._at(self.goal.starts_on)

    @property
    def now(self) -> KpiQuery:
        """At the end of the day, or of the goal's last day when that has passed."""
        return self._at(min(max(self.day, self.goal.starts_on), self.goal.due_on))

    def _at(self, day: date) -> KpiQuery:
        return KpiQuery(
            day=day,
            period=Period(self.goal.period),
            segment=parse_segment(self.goal.segment),
            first_weekday=self.first_weekday,
        )


def all_progress(*, day: date, first_weekday: int) -> list[Progress | Failed]:
    """Every goal as it stands at the end of `day`; one that cannot be computed stops no other."""
    metrics = all_metrics()
    checked = [
        _query_or_reason(goal, metrics.get(goal.metric), day=day, first_weekday=first_weekday)
        for goal in Goal.objects.all()
    ]
    queries = [one for one in checked if isinstance(one, GoalQuery)]
    found = {one.goal.pk: one for one in _progress_or_reasons(queries)}
    return [one if isinstance(one, Failed) else found[one.goal.pk] for one in checked]


def _query_or_reason(
    goal: Goal, metric: Metric | None, *, day: date, first_weekday: int
) -> GoalQuery | Failed:
    if metric is None:
        return Failed(goal=goal, name=goal.metric, reason=_("There is no such metric."))
    if goal.variant and goal.variant not in metric.variants:
        return Failed(goal=goal, name=metric.name, reason=_("The metric has no such variant."))
    if goal.period not in Period:
        return Failed(goal=goal, name=metric.name, reason=_("There is no such period."))
    try:
        parse_segment(goal.segment)
    except InvalidParameter as problem:
        return Failed(goal=goal, name=metric.name, reason=str(problem))
    return GoalQuery(goal=goal, metric=metric, day=day, first_weekday=first_weekday)


def _progress_or_reasons(queries: list[GoalQuery]) -> Iterable[Progress | Failed]:
    """All at once; where one of them cannot be computed, one after the other."""
    try:
        with transaction.atomic():
            return _progress(queries)
    except (ValueError, ArithmeticError, DataError):
        if len(queries) > 1:
            return [found for one in queries for found in _progress_or_reasons([one])]
    (one,) = queries
    reason = _("Its dates or its numbers are out of bounds.")
    return [Failed(goal=one.goal, name=one.metric.name, reason=reason)]


def check_goal(goal: Goal) -> None:
    """Raise ValidationError, by field, where a goal says something that cannot be computed."""
    problems: dict[str, StrOrPromise] = {}
    metric = all_metrics().get(goal.metric)
    if metric is None:
        problems["metric"] = _("There is no such metric.")
    elif goal.variant and goal.variant not in metric.variants:
        problems["variant"] = _("The metric has no such variant.")
    if goal.period not in Period:
        problems["period"] = _("There is no such period.")
    try:
        parse_segment(goal.segment)
    except InvalidParameter as problem:
        problems["segment"] = str(problem)
    for name in ("starts_on", "due_on"):
        if not FIRST_DAY <= (getattr(goal, name) or FIRST_DAY) <= LAST_DAY:
            problems[name] = _("The date must lie between 1900 and 2199.")
    if problems:
        raise ValidationError(problems)


def progress(goal: Goal, *, metric: Metric, day: date, first_weekday: int) -> Progress:
    """The goal as it stands at the end of `day`, or of its last day when that has passed."""
    query = GoalQuery(goal=goal, metric=metric, day=day, first_weekday=first_weekday)
    (found,) = _progress([query])
    return found


def _progress(queries: list[GoalQuery]) -> list[Progress]:
    """The goals as they stand, with as many statements for many goals as for one."""
    questions = {query for one in queries for query in (one.then, one.now)}
    keys = {key for one in queries for key in _metric_and_factors(one.metric)}
    prefetched = Prefetched(questions, keys=keys)
    kpi_readers = {query: KpiReader(query, prefetched=prefetched) for query in questions}
    _prepare(queries, kpi_readers, prefetched)
    return [
        Progress(
            goal=one.goal,
            metric=one.metric,
            segment=one.then.segment,
            then=kpi_readers[one.then].read(one.metric, one.goal.variant),
            now=kpi_readers[one.now].read(one.metric, one.goal.variant),
            day=one.day,
        )
        for one in queries
    ]


def _metric_and_factors(metric: Metric) -> Iterator[str]:
    """The keys of a metric and of all that it is made with."""
    yield metric.key
    for variant in metric.variants.values():
        for part in variant.factors:
            yield from _metric_and_factors(part.metric)


def _prepare(
    queries: list[GoalQuery], kpi_readers: dict[KpiQuery, KpiReader], prefetched: Prefetched
) -> None:
    """Read what no night wrote down: each measure once for all the goals of a segment."""
    wanted: dict[Segment | None, list[tuple[Definition, Window]]] = {}
    for one in queries:
        for query in (one.then, one.now):
            kpi_reader = kpi_readers[query]
            variant = kpi_reader.resolve_variant(one.metric, one.goal.variant)
            if kpi_reader.is_from_facts(one.metric, variant):
                requested = (one.metric, variant), query.window
                wanted.setdefault(query.segment, []).append(requested)
    for segment, definitions in wanted.items():
        prefetched.reader(segment).prepare_each(definitions)
