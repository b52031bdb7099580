"""A tenant's metrics on a date: from the night where one was run, else from the facts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Q

from metrics.catalogue.own import all_metrics
from metrics.catalogue.records import Direction, Metric
from metrics.figures import time_limit
from metrics.figures.preferences import effective_variants
from metrics.figures.readers import Definition, FactReader
from metrics.figures.readings import Reading, comparison_windows, empty_reading
from metrics.figures.segments import Segment
from metrics.models import KpiSnapshot, Night
from metrics.windows.periods import Period, Window, window_for

Snapshot = tuple[str, str, str]  # key, variant, what it is compared as
ITSELF = KpiSnapshot.Compared.ITSELF


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A reading with the two that it is compared to."""

    reading: Reading
    previous: Reading
    year_before: Reading

    @property
    def metric(self) -> Metric:
        return self.reading.metric

    @property
    def change(self) -> Decimal | None:
        """The value less that of the period before, where both are known."""
        now, then = self.reading.value, self.previous.value
        return None if now is None or then is None else now - then

    @property
    def verdict(self) -> str:
        """Whether the change is for the better: "better", "worse" or "" (neither, or unknown)."""
        if not self.change or self.metric.direction == Direction.NEITHER:
            return ""
        rose = self.change > 0
        return "better" if rose == (self.metric.direction == Direction.HIGHER) else "worse"


@dataclass(frozen=True, kw_only=True)
class KpiQuery:
    """What is asked: everything but the metric."""

    day: date
    period: Period = Period.MONTH
    segment: Segment | None = None
    first_weekday: int = 1

    @property
    def window(self) -> Window:
        return window_for(period=self.period, day=self.day, first_weekday=self.first_weekday)

    @property
    def is_snapshotted(self) -> bool:
        """Whether nights write down what is asked for: the tenant, and some of its segments."""
        return self.segment is None or self.segment.is_nightly

    @property
    def place(self) -> tuple[date, str, str, str]:
        """Day, period and segment of the rows of `KpiSnapshot` that answer it."""
        segment = (self.segment.dimension, self.segment.value) if self.segment else ("", "")
        return self.day, str(self.period), *segment


class Prefetched:
    """What several queries need of the database, read with as few statements as for one."""

    def __init__(self, queries: Iterable[KpiQuery], *, keys: Iterable[str] | None = None) -> None:
        """`keys`: the metrics that will be asked for; None: any."""
        self.effective_variants, self.metrics = effective_variants(), all_metrics()
        self._readers: dict[Segment | None, FactReader] = {}
        query = [query for query in queries if query.is_snapshotted]
        days = {query.day for query in query}
        self.nights = {night.day: night for night in Night.objects.filter(day__in=days)}
        self._rows: dict[tuple[object, ...], dict[Snapshot, KpiSnapshot]] = {}
        places = {query.place for query in query if query.day in self.nights}
        if places:
            rows = KpiSnapshot.objects.filter(reduce(or_, map(_at, places)))
            self._store(rows if keys is None else rows.filter(key__in=keys))

    def _store(self, rows: Iterable[KpiSnapshot]) -> None:
        for row in rows:
            place = row.day, row.period, row.dimension, row.dimension_value
            self._rows.setdefault(place, {})[row.key, row.variant, row.compared] = row

    def rows(self, query: KpiQuery) -> dict[Snapshot, KpiSnapshot]:
        """What the night wrote down that answers a query."""
        return self._rows.get(query.place, {})

    def reader(self, segment: Segment | None) -> FactReader:
        """The reader of facts that all queries about a segment share."""
        return self._readers.setdefault(segment, FactReader(segment=segment))


def _at(place: tuple[date, str, str, str]) -> Q:
    return Q(**dict(zip(("day", "period", "dimension", "dimension_value"), place, strict=True)))


class KpiReader:
    """Answers queries about one date, reading what the night wrote down in one go."""

    def __init__(self, query: KpiQuery, *, prefetched: Prefetched | None = None) -> None:
        self.query = query
        found = prefetched or Prefetched([query])
        self.reader = found.reader(query.segment)
        self.effective_variants, self.metrics = found.effective_variants, found.metrics
        self.night = found.nights.get(query.day) if query.is_snapshotted else None
        self._stored = {} if self.night is None else found.rows(query)

    def all(self) -> list[Comparison]:
        """Every metric in its default variant. Raises FiguresTakeLong, as all that compares."""
        return self.compare_each((metric, "") for metric in self.metrics.values())

    def compare_each(self, definitions: Iterable[Definition]) -> list[Comparison]:
        """Compare metrics in the variants named; "": in the variant that the tenant prefers.

        What no night has stored is worked out with one statement for each measure, however many
        metrics and windows it is asked for.
        """
        resolved = [(one, self.resolve_variant(one, variant)) for one, variant in definitions]
        windows = list(comparison_windows(self.query.window))
        missing = [
            ((metric, variant), days)
            for metric, variant in resolved
            for name, days in windows
            if not self._is_stored(metric, variant, name)
        ]
        if not missing:
            return [self._compare(metric, variant) for metric, variant in resolved]
        with time_limit.limited([self.query.day], segment=self.query.segment):
            self.reader.prepare_each(missing)
            return [self._compare(metric, variant) for metric, variant in resolved]

    def compare(self, metric: Metric, variant: str = "") -> Comparison:
        """A metric over the window, the one before and the one a year before."""
        return self.compare_each([(metric, variant)])[0]

    def _compare(self, metric: Metric, variant: str) -> Comparison:
        found = {
            name: self._reading(metric, variant, name, days)
            for name, days in comparison_windows(self.query.window)
        }
        return Comparison(
            reading=found[""], previous=found["previous"], year_before=found["year_before"]
        )

    def resolve_variant(self, metric: Metric, variant: str = "") -> str:
        """The variant that is asked for, else the one that the tenant prefers."""
        return variant or self.effective_variants.get(metric.key, metric.default_variant)

    def read(self, metric: Metric, variant: str = "") -> Reading:
        """A metric over the window alone."""
        return self._reading(metric, self.resolve_variant(metric, variant), "", self.query.window)

    def is_from_facts(self, metric: Metric, variant: str) -> bool:
        """Whether `read` asks the facts, since no night says what they came to."""
        if self.night is None:
            return True
        return not self.query.segment and (metric.key, variant, "") not in self._stored

    def _reading(self, metric: Metric, variant: str, name: str, days: Window) -> Reading:
        snapshot = self._stored.get((metric.key, variant, name))
        if self.night and snapshot:
            found = replace(
                read_snapshot(snapshot, metric, days), computed_at=self.night.computed_at
            )
            parts = metric.variants[variant].factors
            return replace(
                found,
                factors=tuple(
                    self._reading(part.metric, part.variant, name, days) for part in parts
                ),
            )
        if self.night and self._has_no_rows(name):
            return replace(empty_reading(metric, variant, days), computed_at=self.night.computed_at)
        return self.read_from_facts(metric, variant, days)

    def _is_stored(self, metric: Metric, variant: str, name: str) -> bool:
        """Whether a night says what the metric came to over the window of that name."""
        return (metric.key, variant, name) in self._stored or self._has_no_rows(name)

    def _has_no_rows(self, name: str) -> bool:
        """Whether what is not stored is of a segment without rows: a night writes none of it down.

        One that is to be computed again may have lost what it wrote.
        """
        return bool(self.night and not self.night.stale and self.query.segment and name == ITSELF)

    def read_from_facts(self, metric: Metric, variant: str, days: Window | None = None) -> Reading:
        """The metric from the facts as they are at this moment, whatever a night wrote down."""
        query = days or self.query.window
        return self.reader.read(metric=metric, variant=variant, window=query)


def read_snapshot(row: KpiSnapshot, metric: Metric, days: Window) -> Reading:
    """A reading as a night wrote it down."""
    return Reading(
        metric=metric,
        variant=row.variant,
        window=days,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        n=row.n,
        low=row.low,
        high=row.high,
    )
