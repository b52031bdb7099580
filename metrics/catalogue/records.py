"""What a metric is: rows, and what each of them counts.

A record is frozen. The night totals its rows, the drill-down lists the same rows, and every page
prints what the record says of itself. A changed formula is a new variant, never an edit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import DirtyDay
from metrics.catalogue.sql import Sql
from metrics.windows.intervals import Estimate
from metrics.windows.periods import DAY, Window
from tenants.typing import AnyRows

STANDARD = _("standard")
# What a metric rests on, by the names under which late facts are marked.
Source = DirtyDay.Facts

Rows = Callable[[Window], AnyRows]
Named = Callable[[Window, str], AnyRows]
Values = Callable[[Window], Sequence[str] | AnyRows]


class Unit(StrEnum):
    MONEY = "money"
    PERCENT = "percent"
    COUNT = "count"
    DAYS = "days"
    MONTHS = "months"
    MINUTES = "minutes"
    RATIO = "ratio"
    SCORE = "score"
    SECONDS = "seconds"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True, kw_only=True)
class RowDimension:
    """A dimension of the rows themselves, not of their account: a feature, a touchpoint.

    `rows` returns the rows with one value, `values` the values that occur in a window; with `each`
    a row of one value counts 1, whatever it counts otherwise.
    """

    rows: Named
    values: Values
    each: bool = False


def dimension_of(rows: Rows, column: str) -> RowDimension:
    """Make the dimension of a column of the rows."""
    return RowDimension(
        rows=lambda window, value: rows(window).filter(**{column: value}),
        values=lambda window: names_in(rows(window), column),
    )


def names_in(rows: AnyRows, column: str) -> AnyRows:
    """Return the values of a column of some rows, each once; the empty one is not among them."""
    result = rows.exclude(**{column: ""}).order_by(column)
    return result.values_list(column, flat=True).distinct()


def whole_rows(rows: Rows, values: Values) -> RowDimension:
    """Make a dimension of which each value has all rows: a denominator that values share."""
    return RowDimension(rows=lambda window, value: rows(window), values=values)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Rows of a window, and what each of them counts.

    `expr` is an expression over a row (None: each counts 1); the measure's total is its sum, or
    its median with `median`. `account_path` leads from a row to its account ("" when the row is
    one, None when it has none); `columns` are what a drill-down shows of a row. `excluded` are rows
    that do not count, each annotated with `reason`. `union_with` are rows of another kind that add
    to the same total, their columns in the same order. `dimensions` are those of the rows, besides
    the columns of their account; `segment_path` leads to the segment of a row without an account.

    `compiled` is kept by `metrics.figures.totals`: the rows as parts of SQL, which takes longer to
    make than to run.
    """

    rows: Rows
    account_path: str | None
    columns: tuple[str, ...]
    expr: Combinable | Callable[[Window], Combinable] | None = None
    excluded: Rows | None = None
    union_with: "Measure | None" = None
    dimensions: Mapping[str, RowDimension] = field(default_factory=dict)
    segment_path: str = ""
    median: bool = False
    compiled: dict[bool, tuple[Any, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def union_members(self) -> "tuple[Measure, ...]":
        """The kinds of rows that are totalled together."""
        return (self, *self.union_with.union_members()) if self.union_with else (self,)


class Operator(StrEnum):
    """What another metric does to a quotient."""

    MULTIPLY = "multiply"
    DIVIDE = "divide"
    SUBTRACT = "subtract"


@dataclass(frozen=True, kw_only=True)
class Factor:
    """Another metric that a variant is made with."""

    operator: Operator
    metric: "Metric"
    variant: str


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to define a metric: numerator, perhaps over a denominator, times a scale.

    Then multiplied or divided by the `factors`, or less them, in their order: other metrics over
    the same window. `requires`: rows of which the tenant must have some, or else the value is
    unknown. `tenant_only`: known of the whole tenant and of no segment; `when_empty` says why.

    `interval`: the 95 % interval, where the number is an estimate from a sample.
    `subtract`: what is taken from the quotient (100 for a change in percent).
    """

    label: StrOrPromise
    formula: StrOrPromise
    numerator: Measure
    denominator: Measure | None = None
    scale: int | Fraction = 1
    subtract: int = 0
    when_empty: StrOrPromise = ""
    interval: Estimate | None = None
    factors: tuple[Factor, ...] = ()
    requires: Measure | None = None
    when_requirement_missing: StrOrPromise = ""
    tenant_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A key performance indicator of a tenant or a segment.

    `point_in_time`: taken at the end of the window's last day, whatever its period. `of_nights`:
    made of what nights have found, so that a night cannot say what it was at another time.
    """

    key: str
    name: StrOrPromise
    unit: Unit
    direction: Direction
    source: Source
    when_missing: StrOrPromise
    variants: Mapping[str, Variant]
    point_in_time: bool = False
    of_nights: bool = False

    @property
    def default_variant(self) -> str:
        """The first one, unless the tenant prefers another."""
        return next(iter(self.variants))


def total(*, formula: StrOrPromise, numerator: Measure, **options: Any) -> Metric:
    """A metric with one definition, which is a total; `options` are the metric's own."""
    only = Variant(label=STANDARD, formula=formula, numerator=numerator)
    return Metric(variants={"all": only}, **options)


def last_day_only(at_end: Window) -> Window:
    return at_end


def trailing_days(days: int) -> Callable[[Window], Window]:
    """So many days, the last one included."""
    return lambda at_end: replace(at_end, start=at_end.end - days * DAY)


@dataclass(frozen=True, kw_only=True)
class AccountMetric:
    """A metric of one account at the end of a day.

    Either a `variant` of a metric, its rows totalled by account `over` some days, or `values`,
    which yields (account_id, value) for the accounts that have one. For the others the value is
    `value_when_missing` (None: unknown). `slot` is its place in `AccountMetricValues.values`; it is
    never given to another.
    """

    key: str
    slot: int
    name: StrOrPromise
    formula: StrOrPromise
    unit: Unit
    direction: Direction
    source: Source
    when_missing: StrOrPromise
    values: Callable[[Window], AnyRows | Sql] | None = None
    variant: Variant | None = None
    over: Callable[[Window], Window] = last_day_only
    value_when_missing: int | None = None

    @classmethod
    def of(cls, metric: Metric, *, slot: int, **changes: Any) -> "AccountMetric":
        """Make the account metric of a metric's default variant; `changes` are its own fields.

        Key, name, formula, unit, direction and source are the metric's, so that they cannot drift.
        """
        variant = metric.variants[metric.default_variant]
        made_of = {} if "values" in changes else {"variant": variant}
        fields: dict[str, Any] = {
            "key": metric.key,
            "name": metric.name,
            "formula": variant.formula,
            "unit": metric.unit,
            "direction": metric.direction,
            "source": metric.source,
            "when_missing": metric.when_missing,
            **made_of,
        }
        return cls(slot=slot, **(fields | changes))
