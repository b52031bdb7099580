"""Every metric over every period that ends on a day, of the tenant and of its segments.

And, of the tenant, over the periods it is compared to. Totals are made in the database, one answer
for all segments each; their number depends on the catalogue alone.
"""

from collections.abc import Iterator
from datetime import date

from metrics.catalogue import METRICS
from metrics.models import KpiSnapshot
from metrics.periods import Period, Window, window
from metrics.reading import Reader, Reading, SegmentReader, compared
from metrics.segments import Segment

BATCH = 5_000


def snapshot(*, day: date, first_weekday: int) -> None:
    """Replace the KPIs of `day`."""
    KpiSnapshot.objects.filter(day=day).delete()
    rows = _snapshots(day=day, first_weekday=first_weekday)
    KpiSnapshot.objects.bulk_create(rows, batch_size=BATCH)


def _snapshots(*, day: date, first_weekday: int) -> Iterator[KpiSnapshot]:
    tenant, segments = Reader(), SegmentReader()
    for period in Period:
        asked = window(period=period, day=day, first_weekday=first_weekday)
        for name, days in compared(asked.written_down()):
            for segment, reading in _readings(tenant if name else segments, days):
                yield _record(reading, day=day, compared_as=name, segment=segment)


def _readings(
    reader: Reader | SegmentReader, days: Window
) -> Iterator[tuple[Segment | None, Reading]]:
    for metric in METRICS.values():
        for variant in metric.variants:
            if isinstance(reader, SegmentReader):
                yield from reader.read(metric=metric, variant=variant, window=days)
            else:
                yield None, reader.read(metric=metric, variant=variant, window=days)


def _record(
    reading: Reading, *, day: date, compared_as: str, segment: Segment | None
) -> KpiSnapshot:
    return KpiSnapshot(
        day=day,
        period=reading.window.period,
        key=reading.metric.key,
        variant=reading.variant,
        compared=compared_as,
        cut=segment.column if segment else "",
        cut_value=segment.value if segment else "",
        start=reading.window.start,
        end=reading.window.end,
        value=reading.value,
        numerator=reading.numerator,
        denominator=reading.denominator,
        n=reading.n,
        low=reading.low,
        high=reading.high,
    )
