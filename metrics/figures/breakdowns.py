"""A metric broken down into the segments of one dimension, largest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import MrrPhase
from metrics.catalogue.records import Cut as RowsCut
from metrics.catalogue.records import Metric
from metrics.figures.dimensions import CUT_NAMES, CUTS, Segment
from metrics.figures.kpis import Book, thawed
from metrics.figures.readers import Reader, SegmentReader
from metrics.figures.readings import Reading
from metrics.models import KpiSnapshot

MOST_SEGMENTS = 20


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A segment of a metric; as a line of a table."""

    segment: Segment
    reading: Reading

    @property
    def name(self) -> str:
        return self.segment.value_name


def cuts_of(book: Book, metric: Metric, variant: str, column: str) -> list[Cut]:
    """The metric of every segment of one column, the largest first."""
    if column in CUTS:
        found = _kept(book, metric, variant, column) or _counted(book, metric, variant, column)
    else:
        found = [
            _alone(book, metric, variant, segment) for segment in _segments(book, metric, column)
        ]
    return sorted(found, key=lambda cut: (-cut.reading.n, cut.name))[:MOST_SEGMENTS]


def _kept(book: Book, metric: Metric, variant: str, column: str) -> list[Cut]:
    """As the night wrote them down, where there was one."""
    asked = book.question
    if book.night is None:
        return []
    rows = KpiSnapshot.objects.filter(
        day=asked.day,
        period=asked.period,
        key=metric.key,
        variant=variant,
        compared="",
        cut__in=(column, Segment.NO_ACCOUNT.column),
    )
    if not any(row.cut == column for row in rows):
        return []
    return [
        Cut(segment=Segment(row.cut, row.cut_value), reading=thawed(row, metric, asked.window))
        for row in rows
    ]


def _counted(book: Book, metric: Metric, variant: str, column: str) -> list[Cut]:
    found = SegmentReader().read(metric=metric, variant=variant, window=book.question.window)
    wanted = (column, Segment.NO_ACCOUNT.column)
    return [
        Cut(segment=segment, reading=reading)
        for segment, reading in found
        if segment and segment.column in wanted
    ]


def _segments(book: Book, metric: Metric, column: str) -> list[Segment]:
    """Which plans are paid, or which features are used, in the order of the alphabet."""
    days = book.question.window
    own = _own_cuts(metric)
    if column in own:
        names = own[column].values(days)
    else:
        plans = MrrPhase.objects.counted().on(days.day).order_by("plan")
        names = plans.values_list("plan", flat=True).distinct()
    return [Segment(column, name) for name in names[:MOST_SEGMENTS]]


def _alone(book: Book, metric: Metric, variant: str, segment: Segment) -> Cut:
    reader = Reader(segment=segment)
    reading = reader.read(metric=metric, variant=variant, window=book.question.window)
    return Cut(segment=segment, reading=reading)


def cut_names(metric: Metric) -> dict[str, Any]:
    """By what a metric can be cut."""
    own = _own_cuts(metric)
    return {
        name: label
        for name, label in CUT_NAMES.items()
        if name not in Segment.OF_ROWS or name in own
    }


def _own_cuts(metric: Metric) -> Mapping[str, RowsCut]:
    """By what its rows can be cut, as the default variant says."""
    return metric.variants[metric.default_variant].numerator.cuts
