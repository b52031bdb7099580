"""What a metric is: rows, and what each of them counts.

A record is frozen. The night totals its rows, the drill-down lists the same rows, and every page
prints what the record says of itself. A changed formula is a new variant, never an edit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from accounts.models import DirtyDay
from metrics.catalogue.sql import Sql
from metrics.windows.intervals import Estimate
from metrics.windows.periods import DAY, Window

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STANDARD = _("standard")
# What a metric rests on, by the names under which late facts are marked.
Source = DirtyDay.Facts

Rows = Callable[[Window], QuerySet[Any, Any]]
Named = Callable[[Window, str], QuerySet[Any, Any]]


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
class Cut:
    """By what rows can be cut that is their own, not their account's: a feature, a touchpoint.

    `rows` are those with one value, `values` the values there are; `each` says that they then
    count 1 each, whatever they count otherwise.
    """

    rows: Named
    values: Callable[[Window], Sequence[str] | QuerySet[Any, Any]]
    each: bool = False


def by_column(rows: Rows, column: str) -> Cut:
    """Cut by a column of the rows."""
    return Cut(
        rows=lambda window, value: rows(window).filter(**{column: value}),
        values=lambda window: names_in(rows(window), column),
    )


def names_in(rows: QuerySet[Any, Any], column: str) -> QuerySet[Any, Any]:
    """The values of a column of some rows, each once."""
    said = rows.exclude(**{column: ""}).order_by(column)
    names: QuerySet[Any, Any] = said.values_list(column, flat=True).distinct()
    return names


def uncut(rows: Rows, values: Callable[[Window], Any]) -> Cut:
    """All rows whatever the value: the denominator of which each value has its share."""
    return Cut(rows=lambda window, value: rows(window), values=values)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Rows of a window, and what each of them counts.

    `worth` is an expression over a row (None: each counts 1); the measure's total is its sum.
    `account` is the path from a row to its account ("" when the row is one, None when it has none);
    `columns` are what a
    drill-down shows of a row; `left_out` are rows that do not count, each annotated with `reason`.
    `plus` are rows of another kind that add to the same total, their columns in the same order.
    `cuts` are by what its rows can be cut besides the columns of their account; `segment` is the
    path to the segment that a row without an account is of. `middle`: the total is not the sum of
    what the rows count but the middle of it, the median.

    `compiled` is kept by `metrics.figures.totals`: the rows as SQL, which takes longer to make
    than to run.
    """

    rows: Rows
    account: str | None
    columns: tuple[str, ...]
    worth: Combinable | Callable[[Window], Combinable] | None = None
    left_out: Rows | None = None
    plus: "Measure | None" = None
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    segment: str = ""
    middle: bool = False
    compiled: dict[bool, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def kinds(self) -> "tuple[Measure, ...]":
        """The kinds of rows that are totalled together."""
        return (self, *self.plus.kinds()) if self.plus else (self,)


class How(StrEnum):
    """What another metric does to a quotient."""

    TIMES = "times"
    OVER = "over"
    LESS = "less"


@dataclass(frozen=True, kw_only=True)
class Part:
    """Another metric that a variant is made with."""

    how: How
    metric: "Metric"
    variant: str


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to define a metric: numerator, perhaps over a denominator, times a scale.

    Then, one after the other, times, over or less the `parts`: other metrics over the same window.
    `given`: rows of which the tenant must have some, or else nothing is known. `tenant_only`: it
    is known of the whole tenant and of no part of it; `when_empty` says why.

    `interval`: the 95 % interval, where the number is an estimate from a sample.
    `less`: what is taken from the quotient (100 for a change in percent).
    """

    label: "StrOrPromise"
    formula: "StrOrPromise"
    numerator: Measure
    denominator: Measure | None = None
    scale: int | Fraction = 1
    less: int = 0
    when_empty: "StrOrPromise" = ""
    interval: Estimate | None = None
    parts: tuple[Part, ...] = ()
    given: Measure | None = None
    when_not_given: "StrOrPromise" = ""
    tenant_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A key performance indicator of a tenant or a segment.

    `point_in_time`: taken at the end of the window's last day, whatever its period. `of_nights`:
    made of what nights have found, so that a night cannot say what it was at another time.
    """

    key: str
    name: "StrOrPromise"
    unit: Unit
    direction: Direction
    source: Source
    silence: "StrOrPromise"
    variants: Mapping[str, Variant]
    point_in_time: bool = False
    of_nights: bool = False

    @property
    def default_variant(self) -> str:
        """The first one, unless the tenant prefers another."""
        return next(iter(self.variants))


def total(*, formula: "StrOrPromise", numerator: Measure, **options: Any) -> Metric:
    """A metric with one definition, which is a total; `options` are the metric's own."""
    only = Variant(label=STANDARD, formula=formula, numerator=numerator)
    return Metric(variants={"all": only}, **options)


def the_day(at_end: Window) -> Window:
    return at_end


def trailing(days: int) -> Callable[[Window], Window]:
    """So many days, the last one included."""
    return lambda at_end: replace(at_end, start=at_end.end - days * DAY)


@dataclass(frozen=True, kw_only=True)
class AccountMetric:
    """A measure of one account at the end of a day.

    Either a `variant` of a metric, its rows totalled by account `over` some days, or `values`,
    which yields (account_id, value) for the accounts that have one. For the others the value is
    `when_silent` (None: unknown). `slot` is its place in `AccountMeasures.values`, for ever.
    """

    key: str
    slot: int
    name: "StrOrPromise"
    formula: "StrOrPromise"
    unit: Unit
    direction: Direction
    source: Source
    silence: "StrOrPromise"
    values: Callable[[Window], QuerySet[Any, Any] | Sql] | None = None
    variant: Variant | None = None
    over: Callable[[Window], Window] = the_day
    when_silent: int | None = None
