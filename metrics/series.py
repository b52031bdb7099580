"""A metric over time: a reading for every period of a span of days."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from metrics.catalogue.records import Metric
from metrics.kpis import thawed
from metrics.models import KpiSnapshot, Night
from metrics.periods import DAY, Period, Window, window
from metrics.reading import Reader, Reading
from metrics.segments import Segment

MOST = 400


@dataclass(frozen=True, kw_only=True)
class Span:
    """The periods from the one that contains `first` to the one that contains `last`."""

    first: date
    last: date
    period: Period
    segment: Segment | None = None
    first_weekday: int = 1

    def windows(self) -> Iterator[Window]:
        """Each period whole, but for the last one, which is cut off at `last`."""
        day = self.first
        while day <= self.last:
            begun = window(period=self.period, day=day, first_weekday=self.first_weekday)
            whole = begun.whole()
            yield whole if whole.day <= self.last else begun.ending(self.last)
            day = whole.end


def series(*, metric: Metric, variant: str, span: Span) -> list[Reading]:
    """A reading for each period: as a night wrote it down on its last day, else from the facts."""
    kept = _kept(metric, variant, span)
    reader = Reader(segment=span.segment)
    reader.prepare([(metric, variant)], [days for days in span.windows() if days.day not in kept])
    return [
        kept.get(days.day) or reader.read(metric=metric, variant=variant, window=days)
        for days in span.windows()
    ]


def _kept(metric: Metric, variant: str, span: Span) -> dict[date, Reading]:
    """What nights wrote down on the last days of the periods, read in one go."""
    windows = {days.day: days for days in span.windows()}
    nights: dict[date, datetime] = dict(
        Night.objects.filter(day__in=windows).values_list("day", "computed_at")
    )
    segment = span.segment
    rows = KpiSnapshot.objects.filter(
        key=metric.key,
        variant=variant,
        period=span.period,
        day__in=nights,
        compared="",
        cut=segment.column if segment else "",
        cut_value=segment.value if segment else "",
    )
    return {
        row.day: replace(thawed(row, metric, windows[row.day]), computed_at=nights[row.day])
        for row in rows
    }


def back(last: date, *, period: Period, periods: int, first_weekday: int = 1) -> date:
    """The first day of the period so many periods before the one that contains `last`."""
    days = window(period=period, day=last, first_weekday=first_weekday)
    for _one in range(periods - 1):
        days = days.ending(days.eve)
    return days.day if period in (Period.DAY, Period.TRAILING_30D) else days.start


def length(span: Span) -> int:
    """About how many readings a span asks for, without making them."""
    each = {Period.WEEK: 7, Period.MONTH: 28, Period.QUARTER: 90, Period.YEAR: 365}
    return (span.last - span.first) // DAY // each.get(span.period, 1) + 1
