"""A metric broken down into the segments of one dimension, largest first."""

from collections.abc import Mapping
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise

from accounts.models import MrrPhase
from metrics.catalogue.records import Metric, RowDimension
from metrics.figures.dimensions import DIMENSIONS, NIGHTLY_DIMENSIONS, Grain
from metrics.figures.kpis import KpiReader, read_snapshot
from metrics.figures.readers import FactReader, SegmentReader
from metrics.figures.readings import Reading
from metrics.figures.segments import Segment
from metrics.models import KpiSnapshot

MOST_SEGMENTS = 20


@dataclass(frozen=True, kw_only=True)
class BreakdownRow:
    """A segment of a metric; as a line of a table."""

    segment: Segment
    reading: Reading

    @property
    def name(self) -> str:
        return self.segment.value_name


def breakdown_of(kpis: KpiReader, metric: Metric, variant: str, column: str) -> list[BreakdownRow]:
    """The metric of every segment of one column, the largest first."""
    if column in NIGHTLY_DIMENSIONS:
        found = _kept(kpis, metric, variant, column) or _counted(kpis, metric, variant, column)
    else:
        found = [
            _alone(kpis, metric, variant, segment) for segment in _segments(kpis, metric, column)
        ]
    return sorted(found, key=lambda one: (-one.reading.n, one.name))[:MOST_SEGMENTS]


def _kept(kpis: KpiReader, metric: Metric, variant: str, column: str) -> list[BreakdownRow]:
    """As the night wrote them down, where there was one."""
    query = kpis.query
    if kpis.night is None:
        return []
    rows = KpiSnapshot.objects.filter(
        day=query.day,
        period=query.period,
        key=metric.key,
        variant=variant,
        compared="",
        dimension__in=(column, Segment.NO_ACCOUNT.dimension),
    )
    if not any(row.dimension == column for row in rows):
        return []
    return [
        BreakdownRow(
            segment=Segment(row.dimension, row.dimension_value),
            reading=read_snapshot(row, metric, query.window),
        )
        for row in rows
    ]


def _counted(kpis: KpiReader, metric: Metric, variant: str, column: str) -> list[BreakdownRow]:
    found = SegmentReader().read(metric=metric, variant=variant, window=kpis.query.window)
    wanted = (column, Segment.NO_ACCOUNT.dimension)
    return [
        BreakdownRow(segment=segment, reading=reading)
        for segment, reading in found
        if segment and segment.dimension in wanted
    ]


def _segments(kpis: KpiReader, metric: Metric, column: str) -> list[Segment]:
    """Which plans are paid, or which features are used, in the order of the alphabet."""
    days = kpis.query.window
    own = _row_dimensions(metric)
    if column in own:
        names = own[column].values(days)
    else:
        plans = MrrPhase.objects.counted().on(days.day).order_by("plan")
        names = plans.values_list("plan", flat=True).distinct()
    return [Segment(column, name) for name in names[:MOST_SEGMENTS]]


def _alone(kpis: KpiReader, metric: Metric, variant: str, segment: Segment) -> BreakdownRow:
    reader = FactReader(segment=segment)
    reading = reader.read(metric=metric, variant=variant, window=kpis.query.window)
    return BreakdownRow(segment=segment, reading=reading)


def dimension_labels(metric: Metric) -> dict[str, StrOrPromise]:
    """Return the dimensions of a metric, each with its label."""
    own = _row_dimensions(metric)
    return {
        name: dimension.label
        for name, dimension in DIMENSIONS.items()
        if dimension.nightly or dimension.grain is Grain.PLAN or name in own
    }


def _row_dimensions(metric: Metric) -> Mapping[str, RowDimension]:
    """Return the dimensions of the rows of its default variant."""
    return metric.variants[metric.default_variant].numerator.dimensions
