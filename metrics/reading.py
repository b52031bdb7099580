"""Read a metric: from what a night wrote down, or from the facts at this moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from metrics.catalogue.records import Measure, Metric, Variant
from metrics.intervals import Interval
from metrics.periods import Period, Window, window
from metrics.segments import Segment
from metrics.totals import NOTHING, Total, Totals

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

UNKNOWN_WORTH = _(
    "There are amounts whose worth in the reporting currency is not known: an exchange rate is "
    "missing. The rows that are left out name them."
)


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
        if self.value is not None:
            return ""
        return UNKNOWN_WORTH if self.numerator is None else self.definition.when_empty

    @property
    def frozen(self) -> bool:
        """As a night wrote it down; else from the facts at this moment."""
        return self.computed_at is not None

    @property
    def days(self) -> Window:
        """The days that its rows are of: the last one, for a point-in-time metric."""
        return at_end(self.window) if self.metric.point_in_time else self.window


class Reader:
    """Totals rows, each measure and window once, however many metrics ask for it."""

    def __init__(self, *, segment: Segment | None = None) -> None:
        self.segment = segment
        self._totals: dict[tuple[int, Window], Total] = {}
        self._questions = Totals()

    def read(self, *, metric: Metric, variant: str, window: Window) -> Reading:
        """The metric over the window, from the facts."""
        definition = metric.variants[variant]
        days = at_end(window) if metric.point_in_time else window
        below = self._total(definition.denominator, days) if definition.denominator else None
        return reading_of(
            metric=metric,
            variant=variant,
            window=window,
            top=self._total(definition.numerator, days),
            below=below,
        )

    def _total(self, measure: Measure, days: Window) -> Total:
        key = (id(measure), days)
        if key not in self._totals:
            self._totals[key] = self._questions.total(measure, days, segment=self.segment)
        return self._totals[key]


class SegmentReader:
    """The same for the tenant and all of its segments at once."""

    def __init__(self) -> None:
        self._totals: dict[tuple[int, Window], dict[Segment | None, Total]] = {}
        self._questions = Totals()

    def read(
        self, *, metric: Metric, variant: str, window: Window
    ) -> Iterator[tuple[Segment | None, Reading]]:
        """Each segment that has rows in the numerator or the denominator, the tenant under None."""
        definition = metric.variants[variant]
        days = at_end(window) if metric.point_in_time else window
        tops = self._of(definition.numerator, days)
        belows = self._of(definition.denominator, days) if definition.denominator else {}
        for segment in {**tops, **belows}:
            below = belows.get(segment, NOTHING) if definition.denominator else None
            yield (
                segment,
                reading_of(
                    metric=metric,
                    variant=variant,
                    window=window,
                    top=tops.get(segment, NOTHING),
                    below=below,
                ),
            )

    def _of(self, measure: Measure, days: Window) -> dict[Segment | None, Total]:
        key = (id(measure), days)
        if key not in self._totals:
            self._totals[key] = self._questions.by_segment(measure, days)
        return self._totals[key]


def reading_of(
    *, metric: Metric, variant: str, window: Window, top: Total, below: Total | None
) -> Reading:
    """The number that two totals make."""
    definition = metric.variants[variant]
    numerator = _known(top)
    denominator = _known(below) if below else None
    low, high = _interval(definition, top, denominator)
    return Reading(
        metric=metric,
        variant=variant,
        window=window,
        value=_value(definition, numerator, denominator),
        numerator=numerator,
        denominator=denominator,
        n=below.n if below else top.n,
        low=low,
        high=high,
    )


def at_end(days: Window) -> Window:
    """The window of a point-in-time metric: its last day."""
    last = window(period=Period.DAY, day=days.day)
    return Window(period=Period.DAY, start=last.start, end=last.end, frozen=days.frozen)


def _known(found: Total) -> Decimal | None:
    return None if found.unknown else Decimal(found.total)


def _value(
    definition: Variant, numerator: Decimal | None, denominator: Decimal | None
) -> Decimal | None:
    if numerator is None:
        return None
    scale = Fraction(definition.scale)
    if definition.denominator is None:
        return numerator * scale.numerator / scale.denominator - definition.less
    if not denominator:
        return None
    return numerator * scale.numerator / (denominator * scale.denominator) - definition.less


def _interval(definition: Variant, top: Total, denominator: Decimal | None) -> Interval:
    if definition.interval is None or not denominator:
        return None, None
    low, high = definition.interval(Decimal(top.total), Decimal(top.squares), denominator)
    scale = int(definition.scale)
    return None if low is None else low * scale, None if high is None else high * scale


def compared(days: Window) -> Iterator[tuple[str, Window]]:
    """The window itself and the two it is compared to, by the names they are kept under."""
    yield "", days
    yield "previous", days.previous()
    yield "year_before", days.year_before()
