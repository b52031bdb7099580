"""A reading: a number with everything that it must say of itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts import rates
from metrics.catalogue.records import Metric, Operator, Variant
from metrics.figures.totals import ZERO_TOTAL, Total, empty_total
from metrics.windows.intervals import Interval
from metrics.windows.periods import Period, Window, window_for

UNKNOWN_RATES = _(
    "The worth of some amounts is not known, for want of an exchange rate: %(rates)s."
)
BEING_CALCULATED = _("It is being calculated.")
TO_BE_RECALCULATED = _("Data has changed since; the figure will be recalculated.")


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
    factors: tuple["Reading", ...] = ()
    withheld: bool = False  # until the night is computed again
    awaited: bool = False  # of a job that computes it now

    @property
    def definition(self) -> Variant:
        return self.metric.variants[self.variant]

    @property
    def is_to_come(self) -> bool:
        """Whether there is no figure because one is yet to be computed."""
        return self.withheld or self.awaited

    @property
    def reason(self) -> StrOrPromise:
        """Why there is no value; empty when there is one."""
        if self.value is not None:
            return ""
        if self.withheld:
            return TO_BE_RECALCULATED
        if self.awaited:
            return BEING_CALCULATED
        definition = self.definition
        if self.numerator is None and not self.n:
            return definition.when_requirement_missing or definition.when_empty
        if self.numerator is None or (self.denominator is None and definition.denominator):
            return UNKNOWN_RATES % {"rates": ", ".join(rates.missing())}
        lacking = [part.reason for part in self.factors if part.reason]
        if lacking and (self.denominator or not definition.denominator):
            return lacking[0]
        return definition.when_empty

    @property
    def quotient(self) -> Decimal | None:
        """Numerator over denominator, before the other metrics that it is made with."""
        return _value(self.definition, self.numerator, self.denominator)

    @property
    def factor_readings(self) -> list[tuple[Operator, "Reading"]]:
        """The other metrics, each with what it does to the quotient."""
        return [
            (factor.operator, reading)
            for factor, reading in zip(self.definition.factors, self.factors, strict=False)
        ]

    @property
    def from_snapshot(self) -> bool:
        """As a night wrote it down; else from the facts at this moment."""
        return self.computed_at is not None

    @property
    def days(self) -> Window:
        """The days that its rows are of: the last one, for a point-in-time metric."""
        return at_end(self.window) if self.metric.point_in_time else self.window


def missing_reading(metric: Metric, variant: str, window: Window) -> Reading:
    """The metric where the tenant has none of the facts that it is made of."""
    return Reading(
        metric=metric,
        variant=variant,
        window=window,
        value=None,
        numerator=None,
        denominator=None,
        n=0,
    )


def empty_reading(metric: Metric, variant: str, window: Window) -> Reading:
    """The metric where it has no rows at all."""
    definition = metric.variants[variant]
    if definition.requires or definition.tenant_only:
        return missing_reading(metric, variant, window)
    return reading_of(
        metric=metric,
        variant=variant,
        window=window,
        numerator_total=empty_total(definition.numerator),
        denominator_total=ZERO_TOTAL if definition.denominator else None,
        factors=tuple(
            empty_reading(part.metric, part.variant, window) for part in definition.factors
        ),
    )


def reading_of(
    *,
    metric: Metric,
    variant: str,
    window: Window,
    numerator_total: Total,
    denominator_total: Total | None,
    factors: tuple[Reading, ...] = (),
) -> Reading:
    """The number that two totals make, and what else it is made with."""
    definition = metric.variants[variant]
    numerator = _known(numerator_total)
    denominator = _known(denominator_total) if denominator_total else None
    low, high = _interval(definition, numerator_total, denominator)
    return Reading(
        metric=metric,
        variant=variant,
        window=window,
        value=_with_factors(definition, _value(definition, numerator, denominator), factors),
        numerator=numerator,
        denominator=denominator,
        n=denominator_total.n if denominator_total else numerator_total.n,
        low=low,
        high=high,
        factors=factors,
    )


def at_end(days: Window) -> Window:
    """The window of a point-in-time metric: its last day."""
    last = window_for(period=Period.DAY, day=days.day)
    return Window(
        period=Period.DAY, start=last.start, end=last.end, movements_stored=days.movements_stored
    )


def _known(found: Total) -> Decimal | None:
    return None if found.unknown or found.total is None else Decimal(found.total)


def _value(
    definition: Variant, numerator: Decimal | None, denominator: Decimal | None
) -> Decimal | None:
    if numerator is None:
        return None
    scale = Fraction(definition.scale)
    if definition.denominator is None:
        return numerator * scale.numerator / scale.denominator - definition.subtract
    if not denominator:
        return None
    return numerator * scale.numerator / (denominator * scale.denominator) - definition.subtract


def _with_factors(
    definition: Variant, value: Decimal | None, factors: tuple[Reading, ...]
) -> Decimal | None:
    """Return the quotient multiplied or divided by, or less, the other metrics, in their order."""
    for factor, reading in zip(definition.factors, factors, strict=True):
        other = reading.value
        if value is None or other is None or (factor.operator == Operator.DIVIDE and not other):
            return None
        value = {
            Operator.MULTIPLY: lambda a, b: a * b,
            Operator.DIVIDE: lambda a, b: a / b,
            Operator.SUBTRACT: lambda a, b: a - b,
        }[factor.operator](value, other)
    return value


def _interval(definition: Variant, numerator_total: Total, denominator: Decimal | None) -> Interval:
    if definition.interval is None or not denominator:
        return None, None
    low, high = definition.interval(
        Decimal(numerator_total.total or 0), Decimal(numerator_total.squares), denominator
    )
    scale = int(definition.scale)
    return None if low is None else low * scale, None if high is None else high * scale


def comparison_windows(days: Window) -> Iterator[tuple[str, Window]]:
    """The window itself and the two it is compared to, by the names they are kept under."""
    yield "", days
    yield "previous", days.previous()
    yield "year_before", days.year_before()
