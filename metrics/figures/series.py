"""A metric over time: a reading for every period of a span of days."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from metrics.catalogue.records import Metric
from metrics.figures import revisions, time_limit
from metrics.figures.kpis import KpiQuery, KpiReader, read_snapshot
from metrics.figures.readers import Definition, FactReader
from metrics.figures.readings import Reading, comparison_windows, empty_reading, missing_reading
from metrics.figures.segments import Segment
from metrics.figures.time_limit import FiguresTakeLong
from metrics.models import KpiSnapshot, Night
from metrics.windows.day_parameters import own_zone
from metrics.windows.periods import DAY, Period, Window, window_for

MOST = 400
# About how many days lie between two points; of other periods each day is one.
DAYS_OF = {
    Period.WEEK: 7,
    Period.MONTH: 28,
    Period.QUARTER: 90,
    Period.YEAR: 365,
    Period.TRAILING_12M: 28,
}


@dataclass(frozen=True, kw_only=True)
class Span:
    """The periods from the one that contains `first` to the one that contains `last`.

    The last twelve months are taken at the end of each month.
    """

    first: date
    last: date
    period: Period
    segment: Segment | None = None
    first_weekday: int = 1

    def windows(self) -> Iterator[Window]:
        """Each period whole, but for the last one, which is cut off at `last`."""
        day = self.first
        while day <= self.last:
            begun = window_for(period=self.period, day=day, first_weekday=self.first_weekday)
            whole = begun.whole()
            yield whole if whole.day <= self.last else begun.ending(self.last)
            day = whole.end


def series(
    *, metric: Metric, variant: str, span: Span, behind: date | None = None
) -> list[Reading]:
    """A reading for each period: as a night wrote it down on its last day, else from the facts.

    `behind` is the first day whose facts the night of the span's last day has not seen. From then
    on facts would tell another story than that night, so only what nights wrote down is given.
    So it is where a page cannot wait for the facts (see `time_limit`).
    """
    (points,) = series_of_each([(metric, variant)], span=span, behind=behind)
    return points


def series_of_each(
    definitions: list[Definition], *, span: Span, behind: date | None = None
) -> list[list[Reading]]:
    """The series of each definition; what is read from the facts is read once for all of them."""
    windows = list(span.windows())
    found = [_stored(metric, variant, span, behind) for metric, variant in definitions]
    missing = [
        (number, days)
        for number, stored in enumerate(found)
        for days in windows
        if days.day not in stored and not _after(days, behind)
    ]
    for number, reading in _from_facts(definitions, missing, segment=span.segment):
        found[number][reading.window.day] = reading
    return [
        [points.get(days.day) or _to_come(metric, variant, days, behind) for days in windows]
        for (metric, variant), points in zip(definitions, found, strict=True)
    ]


def _stored(metric: Metric, variant: str, span: Span, behind: date | None) -> dict[date, Reading]:
    if behind:
        return _compared(metric, variant, span) | _kept(metric, variant, span)
    return _seen(_kept(metric, variant, span), metric)


def _to_come(metric: Metric, variant: str, days: Window, behind: date | None) -> Reading:
    late = _after(days, behind)
    return replace(missing_reading(metric, variant, days), withheld=late, awaited=not late)


def _from_facts(
    definitions: list[Definition], missing: list[tuple[int, Window]], *, segment: Segment | None
) -> list[tuple[int, Reading]]:
    """What is missing, by the number of its definition; nothing where a page cannot wait for it."""
    if not missing:
        return []
    reader, days = FactReader(segment=segment), [window.day for _number, window in missing]
    try:
        with time_limit.limited(days, segment=segment):
            reader.prepare_each((definitions[number], window) for number, window in missing)
            return [
                (number, reader.read(metric=metric, variant=variant, window=window))
                for number, window in missing
                for metric, variant in [definitions[number]]
            ]
    except FiguresTakeLong:
        time_limit.wait_for(days)
        return []


def pending(*, metric: Metric, variant: str, span: Span, zone: str) -> date | None:
    """The first day whose facts the night of the span's last day has not seen, if there is one.

    What `series` takes as `behind`, so that points, tile and list show what that night found.
    """
    query = KpiQuery(
        day=span.last, period=span.period, segment=span.segment, first_weekday=span.first_weekday
    )
    return revisions.pending(KpiReader(query).compare(metric, variant).reading, zone=zone)


def _seen(stored: dict[date, Reading], metric: Metric) -> dict[date, Reading]:
    """Without the nights that have not seen all facts, where others are read from the facts."""
    changed = revisions.first_day_of(metric.source, zone=own_zone())
    return {day: one for day, one in stored.items() if changed is None or day < changed}


def _after(days: Window, behind: date | None) -> bool:
    return behind is not None and days.day >= behind


def _kept(metric: Metric, variant: str, span: Span) -> dict[date, Reading]:
    """What nights wrote down on the last days of the periods, read in one go.

    A night that is to be computed again is no witness, but for the one that is asked about.
    """
    windows = {days.day: days for days in span.windows()}
    current = Q(stale=False) | Q(day=span.last)
    nights: dict[date, datetime] = dict(
        Night.objects.filter(current, day__in=windows).values_list("day", "computed_at")
    )
    rows = _snapshots(metric, variant, span).filter(day__in=nights, compared="")
    return {
        row.day: replace(read_snapshot(row, metric, windows[row.day]), computed_at=nights[row.day])
        for row in rows
    }


def _compared(metric: Metric, variant: str, span: Span) -> dict[date, Reading]:
    """What the night of the last day wrote down of the periods that it compared with.

    Of its own period too, where it wrote nothing down: a segment had no rows then.
    """
    night = Night.objects.filter(day=span.last).first()
    if night is None:
        return {}
    last = list(span.windows())[-1]
    windows = {name: days for name, days in comparison_windows(last) if name}
    rows = _snapshots(metric, variant, span).filter(day=span.last).exclude(compared="")
    found = {
        windows[row.compared].day: read_snapshot(row, metric, windows[row.compared]) for row in rows
    }
    found[last.day] = empty_reading(metric, variant, last)
    return {day: replace(one, computed_at=night.computed_at) for day, one in found.items()}


def _snapshots(metric: Metric, variant: str, span: Span) -> QuerySet[KpiSnapshot]:
    segment = span.segment
    return KpiSnapshot.objects.filter(
        key=metric.key,
        variant=variant,
        period=span.period,
        dimension=segment.dimension if segment else "",
        dimension_value=segment.value if segment else "",
    )


def back(last: date, *, period: Period, periods: int, first_weekday: int = 1) -> date:
    """The first day of the period so many periods before the one that contains `last`.

    Of the last twelve months, the first day of the month so many months before.
    """
    step = Period.MONTH if period == Period.TRAILING_12M else period
    days = window_for(period=step, day=last, first_weekday=first_weekday)
    for _one in range(periods - 1):
        days = days.ending(days.eve)
    return days.day if period in (Period.DAY, Period.TRAILING_30D) else days.start


def length(span: Span) -> int:
    """About how many readings a span asks for, without making them."""
    return (span.last - span.first) // DAY // DAYS_OF.get(span.period, 1) + 1
