"""Every metric over every period that ends on a day, and over the periods it is compared to.

Totals are made in the database, one small answer each; their number depends on the catalogue
alone.
"""

from collections.abc import Iterator
from datetime import date

from metrics.catalogue import METRICS
from metrics.models import KpiSnapshot
from metrics.periods import Period, window
from metrics.reading import Reader, Reading, compared


def snapshot(*, day: date, first_weekday: int) -> None:
    """Replace the KPIs of `day`."""
    KpiSnapshot.objects.filter(day=day).delete()
    KpiSnapshot.objects.bulk_create(_snapshots(day=day, first_weekday=first_weekday))


def _snapshots(*, day: date, first_weekday: int) -> Iterator[KpiSnapshot]:
    reader = Reader()
    for period in Period:
        asked = window(period=period, day=day, first_weekday=first_weekday)
        for name, days in compared(asked.written_down()):
            for metric in METRICS.values():
                for variant in metric.variants:
                    reading = reader.read(metric=metric, variant=variant, window=days)
                    yield _record(reading, day=day, compared_as=name)


def _record(reading: Reading, *, day: date, compared_as: str) -> KpiSnapshot:
    return KpiSnapshot(
        day=day,
        period=reading.window.period,
        key=reading.metric.key,
        variant=reading.variant,
        compared=compared_as,
        start=reading.window.start,
        end=reading.window.end,
        value=reading.value,
        numerator=reading.numerator,
        denominator=reading.denominator,
        n=reading.n,
        low=reading.low,
        high=reading.high,
    )
