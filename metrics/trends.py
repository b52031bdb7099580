"""What a page draws: a metric over time, and cut into segments, ready for a chart and its table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import MrrPhase
from metrics.catalogue import METRICS
from metrics.catalogue.records import Cut as RowsCut
from metrics.catalogue.records import Metric
from metrics.kpis import Book, Question, thawed
from metrics.models import KpiSnapshot
from metrics.preferences import variant_for
from metrics.reading import Reader, Reading, SegmentReader
from metrics.segments import CUT_NAMES, CUTS, Segment
from metrics.series import Span, back, series
from tenants import formats

PERIODS = 13
MOST_SEGMENTS = 20
MOVEMENTS = ("new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")
LOSSES = ("contraction_mrr", "churned_mrr")


def span_of(asked: Question, *, periods: int = PERIODS) -> Span:
    """So many periods up to the one that is asked about."""
    first = back(asked.day, period=asked.period, periods=periods, first_weekday=asked.first_weekday)
    return Span(
        first=first,
        last=asked.day,
        period=asked.period,
        segment=asked.segment,
        first_weekday=asked.first_weekday,
    )


def trend(
    metric: Metric, variant: str, asked: Question, *, behind: date | None = None
) -> list[Reading]:
    """The metric over the last periods, the one that is asked about at the end."""
    return series(metric=metric, variant=variant, span=span_of(asked), behind=behind)


def chart_of(readings: list[Reading], *, name: str) -> dict[str, Any]:
    """What the chart of one line is drawn from."""
    return {
        "type": "line",
        "labels": [formats.day(one.window.day) for one in readings],
        "sets": [{"label": name, "data": [_plain(one.value) for one in readings]}],
    }


@dataclass(frozen=True, kw_only=True)
class Month:
    """A period of the revenue page: what there was, what moved, what there is."""

    closing: Reading
    moves: list[Reading]

    @property
    def opening(self) -> Any:
        """The MRR before: opening and movements make closing. None where the closing is."""
        if self.closing.value is None:
            return None
        return self.closing.value - sum(sign_of(one) * (one.value or 0) for one in self.moves)


def sign_of(reading: Reading) -> int:
    """Losses are positive numbers in the catalogue, and go down from the opening."""
    return -1 if reading.metric.key in LOSSES else 1


def months(asked: Question, *, behind: date | None = None) -> list[Month]:
    """MRR and its movements, period by period, the latest last."""
    span = span_of(asked)
    mrr = METRICS["mrr"]
    closing = series(metric=mrr, variant=variant_for(mrr), span=span, behind=behind)
    moved = [
        series(metric=METRICS[key], variant="all", span=span, behind=behind) for key in MOVEMENTS
    ]
    lines = zip(closing, *moved, strict=True)
    return [Month(closing=first, moves=list(others)) for first, *others in lines]


def chart_of_months(lines: list[Month]) -> dict[str, Any]:
    """Movements as bars upon each other, losses below the line."""
    names = [METRICS[key].name for key in MOVEMENTS]
    return {
        "type": "bar",
        "labels": [formats.day(line.closing.window.day) for line in lines],
        "sets": [
            {
                "label": str(name),
                "kind": MOVEMENTS[place],
                "data": [
                    _plain(sign_of(line.moves[place]) * (line.moves[place].value or 0))
                    for line in lines
                ],
            }
            for place, name in enumerate(names)
        ],
    }


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


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)
