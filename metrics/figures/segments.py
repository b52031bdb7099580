"""Segments: the accounts, or rows, with one value in one dimension; which rows are in one."""

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import BigIntegerField, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.countries import name_of
from accounts.models import MrrPhase
from accounts.models.membership import memberships
from metrics.catalogue.records import Measure
from metrics.figures.dimensions import DIMENSIONS, Grain
from metrics.windows.periods import Window
from tenants.typing import AnyRows

COUNTRY = "country"
# The dimension of rows without an account, with one value.
ACCOUNT = "account"
SEGMENT_DIMENSIONS = (*DIMENSIONS, ACCOUNT)


@dataclass(frozen=True)
class Segment:
    """The accounts with one value in one dimension, at the end of the day that is asked about; on
    a plan; the rows with a value of their own.

    Segments by a column of the account add up to the whole, together with what has no account.
    Those of a dimension that overlaps may not.
    """

    dimension: str
    value: str

    NO_ACCOUNT: ClassVar["Segment"]

    @property
    def grain(self) -> Grain:
        """What the dimension is a property of; of accounts, where rows have none."""
        return DIMENSIONS[self.dimension].grain if self != Segment.NO_ACCOUNT else Grain.ACCOUNT

    @property
    def is_nightly(self) -> bool:
        """Whether nights store its figures."""
        return self == Segment.NO_ACCOUNT or DIMENSIONS[self.dimension].nightly

    @property
    def overlaps(self) -> bool:
        return self != Segment.NO_ACCOUNT and DIMENSIONS[self.dimension].overlaps

    @property
    def value_name(self) -> str:
        """The value as a page shows it."""
        if self == Segment.NO_ACCOUNT:
            return _("no account")
        value = name_of(self.value) if self.dimension == COUNTRY else self.value
        return value or _("nothing said")

    @property
    def name(self) -> str:
        """The dimension and the value, as a page shows them."""
        if self == Segment.NO_ACCOUNT:
            return self.value_name
        parts = {"column": DIMENSIONS[self.dimension].label, "value": self.value_name}
        return _("%(column)s: %(value)s") % parts

    def __str__(self) -> str:
        return f"{self.dimension}:{self.value}"


Segment.NO_ACCOUNT = Segment(ACCOUNT, "none")


def rows_in_segment(measure: Measure, days: Window, segment: Segment | None) -> AnyRows:
    """The rows of one kind of a measure that are of the segment."""
    if segment and segment.grain is Grain.ROW:
        dimension = measure.dimensions.get(segment.dimension)
        return dimension.rows(days, segment.value) if dimension else measure.rows(days).none()
    return filter_by_segment(measure.rows(days), measure, days, segment)


def value_expression(measure: Measure, days: Window, segment: Segment | None) -> Combinable:
    """What a row counts there, as an expression."""
    dimension = measure.dimensions.get(segment.dimension) if segment else None
    if measure.expr is None or (dimension and dimension.each):
        return Value(1)
    return measure.expr(days) if callable(measure.expr) else measure.expr


def account_id_expression(measure: Measure) -> Combinable:
    """Whose a row is, as an expression."""
    if measure.account_path is None:
        return Cast(Value(None), output_field=BigIntegerField())
    return F(f"{measure.account_path}_id" if measure.account_path else "pk")


def filter_by_segment(
    rows: AnyRows, measure: Measure, days: Window, segment: Segment | None
) -> AnyRows:
    """Return the rows of a measure, or its excluded rows, that are of the segment."""
    if segment is None or segment.grain is Grain.ROW:
        return rows
    if measure.account_path is None:
        return _without_account(rows, measure, segment)
    # By the column that rows are told to segments by, which may be worked out.
    whose = f"{measure.account_path}_id" if measure.account_path else "pk"
    if segment == Segment.NO_ACCOUNT:
        return rows.filter(**{f"{whose}__isnull": True})
    if segment.grain is Grain.PLAN:
        paying = MrrPhase.objects.on(days.day).filter(plan=segment.value)
        return rows.filter(**{f"{whose}__in": paying.values("account_id")})
    members = memberships(days.day).filter(**{segment.dimension: segment.value})
    return rows.filter(**{f"{whose}__in": members.values("account_id")})


def _without_account(rows: AnyRows, measure: Measure, segment: Segment) -> AnyRows:
    """Rows of the tenant itself; some of them say which segment they are for."""
    if segment == Segment.NO_ACCOUNT:
        return rows.filter(**{measure.segment_path: ""}) if measure.segment_path else rows
    if segment.dimension == "segment" and measure.segment_path:
        return rows.filter(**{measure.segment_path: segment.value})
    return rows.none()
