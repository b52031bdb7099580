"""Read a metric: from what a night wrote down, or from the facts at this moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, QuerySet

from metrics.catalogue.records import Measure, Metric, Variant
from metrics.intervals import Interval
from metrics.periods import Period, Window, window

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A number with everything it must say of itself.

    `value` is numerator x scale / denominator; None comes with a `reason`. `computed_at` is when
    the night was run; None: worked out from the facts just now.
    """

    metric: Metric
    variant: str
    window: Window
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    low: Decimal | None = None
    high: Decimal | None = None
    computed_at: datetime | None = None

    @property
    def definition(self) -> Variant:
        return self.metric.variants[self.variant]

    @property
    def reason(self) -> "StrOrPromise":
        """Why there is no value; empty when there is one."""
        return "" if self.value is not None else self.definition.when_empty

    @property
    def frozen(self) -> bool:
        """As a night wrote it down; else from the facts at this moment."""
        return self.computed_at is not None

    @property
    def days(self) -> Window:
        """The days that its rows are of: the last one, for a point-in-time metric."""
        return at_end(self.window) if self.metric.point_in_time else self.window


@dataclass(frozen=True)
class Segment:
    """A part of the book: the accounts with one value in one column."""

    column: str
    value: str

    COLUMNS = ("segment", "industry", "country", "region", "owner_email", "stage")


class Total(NamedTuple):
    """What rows add up to, how many they are, and the sum of the squares where it is wanted."""

    total: Decimal
    n: int
    squares: Decimal


class Reader:
    """Totals rows, each measure and window once, however many metrics ask for it."""

    def __init__(self, *, segment: Segment | None = None) -> None:
        self.segment = segment
        self._totals: dict[tuple[int, Window], Total] = {}

    def read(self, *, metric: Metric, variant: str, window: Window) -> Reading:
        """The metric over the window, from the facts."""
        definition = metric.variants[variant]
        days = at_end(window) if metric.point_in_time else window
        top = self._total(definition.numerator, days)
        below = self._total(definition.denominator, days) if definition.denominator else None
        denominator = below.total if below else None
        low, high = _interval(definition, top, denominator)
        return Reading(
            metric=metric,
            variant=variant,
            window=window,
            value=_value(definition, top.total, denominator),
            numerator=top.total,
            denominator=denominator,
            n=below.n if below else top.n,
            low=low,
            high=high,
        )

    def rows(self, measure: Measure, days: Window) -> QuerySet[Any, Any]:
        """The rows behind a number, of the reader's segment."""
        return within(measure.rows(days), measure, self.segment)

    def _total(self, measure: Measure, days: Window) -> Total:
        key = (id(measure), days)
        if key not in self._totals:
            asked = {"total": measure.total, "n": Count("*")}
            if measure.squares is not None:
                asked["squares"] = measure.squares
            found = self.rows(measure, days).aggregate(**asked)
            squares = Decimal(found.get("squares", 0))
            self._totals[key] = Total(Decimal(found["total"]), found["n"], squares)
        return self._totals[key]


def at_end(days: Window) -> Window:
    """The window of a point-in-time metric: its last day."""
    last = window(period=Period.DAY, day=days.day)
    return Window(period=Period.DAY, start=last.start, end=last.end, frozen=days.frozen)


def within(
    rows: QuerySet[Any, Any], measure: Measure, segment: Segment | None
) -> QuerySet[Any, Any]:
    if segment is None:
        return rows
    path = f"{measure.account}__{segment.column}" if measure.account else segment.column
    return rows.filter(**{path: segment.value})


def _value(definition: Variant, numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
    if definition.denominator is None:
        return numerator * definition.scale
    return numerator * definition.scale / denominator if denominator else None


def _interval(definition: Variant, top: Total, denominator: Decimal | None) -> Interval:
    if definition.interval is None or not denominator:
        return None, None
    low, high = definition.interval(top.total, top.squares, denominator)
    scale = definition.scale
    return None if low is None else low * scale, None if high is None else high * scale


def compared(days: Window) -> Iterator[tuple[str, Window]]:
    """The window itself and the two it is compared to, by the names they are kept under."""
    yield "", days
    yield "previous", days.previous()
    yield "year_before", days.year_before()
