"""Every metric over every period that ends on a day, of the tenant and of its segments.

And, of the tenant, over the periods it is compared to, which earlier nights may have stored. Totals
are made in the database, one answer for all segments each; their number depends on the catalogue
alone.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.db import connection
from psycopg import sql

from metrics.catalogue.own import all_metrics
from metrics.figures.readers import Definition, SegmentReader
from metrics.figures.readings import Reading, comparison_windows
from metrics.figures.segments import Segment
from metrics.models import KpiSnapshot
from metrics.pipeline.comparisons import ComparisonReader
from metrics.windows.periods import Period, Window, window_for

LARGEST = Decimal(10) ** 24  # what is as much does not fit into the columns
COLUMNS = (
    *(
        "day",
        "period",
        "key",
        "variant",
        "compared",
        "dimension",
        "dimension_value",
        "start",
        "end",
    ),
    *("value", "numerator", "denominator", "n", "low", "high"),
)
INTO = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
    table=sql.Identifier(KpiSnapshot._meta.db_table),
    columns=sql.SQL(", ").join(map(sql.Identifier, COLUMNS)),
)


def snapshot(*, day: date, first_weekday: int, keys: Collection[str] | None = None) -> None:
    """Replace the KPIs of `day`; with `keys`, only those metrics are computed."""
    KpiSnapshot.objects.filter(day=day).delete()
    definitions = [
        (metric, name)
        for metric in all_metrics().values()
        if keys is None or metric.key in keys
        for name in metric.variants
    ]
    rows = list(records(day=day, first_weekday=first_weekday, definitions=definitions))
    # The driver's own COPY: its errors are made Django's, as those of any statement are.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(INTO) as copy:
        for row in rows:
            copy.write_row(row)


def records(
    *, day: date, first_weekday: int, definitions: list[Definition]
) -> Iterator[tuple[object, ...]]:
    """The values of `COLUMNS` for every period that ends on `day`, and what it is compared to."""
    comparisons, segments = ComparisonReader(), SegmentReader()
    windows = [
        window_for(period=period, day=day, first_weekday=first_weekday).with_stored_movements()
        for period in Period
    ]
    # What is made of nights cannot be said of another day than theirs.
    lasting = [(metric, name) for metric, name in definitions if not metric.of_nights]
    segments.prepare(definitions, windows)
    others = [days for query in windows for name, days in comparison_windows(query) if name]
    comparisons.prepare(lasting, others)
    for query in windows:
        for name, days in comparison_windows(query):
            wanted = lasting if name else definitions
            for segment, reading in _readings(comparisons if name else segments, days, wanted):
                yield _record(reading, day=day, compared_as=name, segment=segment)


def _readings(
    reader: ComparisonReader | SegmentReader, days: Window, definitions: Iterable[Definition]
) -> Iterator[tuple[Segment | None, Reading]]:
    for metric, variant in definitions:
        if isinstance(reader, SegmentReader):
            yield from reader.read(metric=metric, variant=variant, window=days)
        else:
            yield None, reader.read(metric=metric, variant=variant, window=days)


def _record(
    reading: Reading, *, day: date, compared_as: str, segment: Segment | None
) -> tuple[object, ...]:
    """The values of `COLUMNS`."""
    return (
        day,
        str(reading.window.period),
        reading.metric.key,
        reading.variant,
        compared_as,
        segment.dimension if segment else "",
        segment.value if segment else "",
        reading.window.start,
        reading.window.end,
        _fitting(reading.value),
        _fitting(reading.numerator),
        _fitting(reading.denominator),
        reading.n,
        _fitting(reading.low),
        _fitting(reading.high),
    )


def _fitting(value: Decimal | None) -> Decimal | None:
    """The value where its column holds it; a ratio of absurd amounts is unknown beyond."""
    return value if value is not None and abs(value) < LARGEST else None
