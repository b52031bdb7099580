"""What a metric is: rows, and a way to total them.

A record is frozen. The night totals its rows, the drill-down lists the same rows, and every page
prints what the record says of itself. A changed formula is a new variant, never an edit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.db.models.expressions import BaseExpression, Combinable
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.sql import Sql
from metrics.intervals import Estimate
from metrics.periods import Window

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STANDARD = _("standard")

Rows = Callable[[Window], QuerySet[Any, Any]]


class Unit(StrEnum):
    MONEY = "money"
    PERCENT = "percent"
    COUNT = "count"
    MONTHS = "months"
    RATIO = "ratio"
    SCORE = "score"
    SECONDS = "seconds"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Rows of a window, and the expression that totals them.

    `account` is the path from a row to its account ("" when the row is one); `columns` are what a
    drill-down shows of a row; `left_out` are rows that do not count, each annotated with `reason`.
    `squares` totals the squares of what the rows count, where an interval needs them.
    """

    rows: Rows
    total: BaseExpression | Combinable
    account: str
    columns: tuple[str, ...]
    left_out: Rows | None = None
    squares: BaseExpression | Combinable | None = None


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to define a metric: numerator, perhaps over a denominator, times a scale.

    `interval`: the 95 % interval, where the number is an estimate from a sample.
    """

    label: "StrOrPromise"
    formula: "StrOrPromise"
    numerator: Measure
    denominator: Measure | None = None
    scale: int = 1
    when_empty: "StrOrPromise" = ""
    interval: Estimate | None = None


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A key performance indicator of a tenant or a segment.

    `point_in_time`: taken at the end of the window's last day, whatever its period.
    """

    key: str
    name: "StrOrPromise"
    unit: Unit
    direction: Direction
    source: "StrOrPromise"
    silence: "StrOrPromise"
    variants: Mapping[str, Variant]
    point_in_time: bool = False

    @property
    def default_variant(self) -> str:
        """The first one, unless the tenant prefers another."""
        return next(iter(self.variants))


def total(*, formula: "StrOrPromise", numerator: Measure, **options: Any) -> Metric:
    """A metric with one definition, which is a total; `options` are the metric's own."""
    only = Variant(label=STANDARD, formula=formula, numerator=numerator)
    return Metric(variants={"all": only}, **options)


@dataclass(frozen=True, kw_only=True)
class AccountMetric:
    """A measure of one account at the end of a day.

    `values` yields (account_id, value) for the accounts that have one; for the others the value is
    `when_silent` (None: unknown). `slot` is its place in `AccountMeasures.values`, for ever.
    """

    key: str
    slot: int
    name: "StrOrPromise"
    formula: "StrOrPromise"
    unit: Unit
    direction: Direction
    silence: "StrOrPromise"
    values: Callable[[Window], QuerySet[Any, Any] | Sql]
    when_silent: int | None = None
