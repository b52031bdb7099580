"""Parts of the book: which of a measure's rows belong to a segment."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.countries import name_of
from accounts.models import MrrPhase
from accounts.models.membership import memberships
from metrics.catalogue.records import Measure
from metrics.windows.periods import Window

# The columns of an account whose segments every night writes down.
COUNTRY = "country"
NIGHTLY_DIMENSIONS = ("segment", "industry", COUNTRY, "owner_email")
DIMENSION_LABELS = {
    "segment": gettext_lazy("segment"),
    "industry": gettext_lazy("industry"),
    "country": gettext_lazy("country"),
    "owner_email": gettext_lazy("owner"),
    "plan": gettext_lazy("plan"),
    "feature": gettext_lazy("feature"),
    "touchpoint": gettext_lazy("touchpoint"),
    "channel": gettext_lazy("channel"),
    "goal": gettext_lazy("goal"),
    "source": gettext_lazy("source"),
    "team": gettext_lazy("team"),
    "priority": gettext_lazy("priority"),
    "step": gettext_lazy("step"),
    "language": gettext_lazy("language"),
    "theme": gettext_lazy("theme"),
}
COLUMN_NAMES = DIMENSION_LABELS | {"region": gettext_lazy("region"), "stage": gettext_lazy("stage")}


@dataclass(frozen=True)
class Segment:
    """The accounts with one value in one column, at the end of the day that is asked about; on a
    plan; the rows with a value of their own.

    Segments by a column of the account add up to the whole, together with what has no account.
    Those by plan and by feature may overlap.
    """

    # Dimensions of rows, not of their account: see `records.RowDimension`.
    OF_ROWS: ClassVar[tuple[str, ...]] = (
        *("feature", "touchpoint", "channel", "goal", "source", "team", "priority", "step"),
        *("language", "theme"),
    )

    column: str
    value: str

    OF_ACCOUNT: ClassVar[tuple[str, ...]] = (*NIGHTLY_DIMENSIONS, "region", "stage")
    COLUMNS: ClassVar[tuple[str, ...]] = (*OF_ACCOUNT, "plan", *OF_ROWS, "account")
    NO_ACCOUNT: ClassVar["Segment"]

    @property
    def overlaps(self) -> bool:
        return self.column in ("plan", "feature", "theme")

    @property
    def value_name(self) -> str:
        """The value as a page shows it."""
        if self == Segment.NO_ACCOUNT:
            return _("no account")
        value = name_of(self.value) if self.column == COUNTRY else self.value
        return value or _("nothing said")

    @property
    def name(self) -> str:
        """The column and the value, as a page shows them."""
        if self.column not in COLUMN_NAMES:
            return self.value_name
        parts = {"column": COLUMN_NAMES[self.column], "value": self.value_name}
        return _("%(column)s: %(value)s") % parts

    def __str__(self) -> str:
        return f"{self.column}:{self.value}"


Segment.NO_ACCOUNT = Segment("account", "none")


def within(measure: Measure, days: Window, segment: Segment | None) -> QuerySet[Any, Any]:
    """The rows of one kind of a measure that are of the segment."""
    if segment and segment.column in Segment.OF_ROWS:
        dimension = measure.dimensions.get(segment.column)
        return dimension.rows(days, segment.value) if dimension else measure.rows(days).none()
    return narrowed(measure.rows(days), measure, days, segment)


def expr_within(measure: Measure, days: Window, segment: Segment | None) -> Combinable:
    """What a row counts there, as an expression."""
    dimension = measure.dimensions.get(segment.column) if segment else None
    if measure.expr is None or (dimension and dimension.each):
        return Value(1)
    return measure.expr(days) if callable(measure.expr) else measure.expr


def account_of(measure: Measure) -> Combinable:
    """Whose a row is, as an expression."""
    if measure.account is None:
        return Cast(Value(None), output_field=BigIntegerField())
    return F(f"{measure.account}_id" if measure.account else "pk")


def narrowed(
    rows: QuerySet[Any, Any], measure: Measure, days: Window, segment: Segment | None
) -> QuerySet[Any, Any]:
    """Return the rows of a measure, or its excluded rows, that are of the segment."""
    if segment is None or segment.column in Segment.OF_ROWS:
        return rows
    if measure.account is None:
        return _without_account(rows, measure, segment)
    # By the column that rows are told to segments by, which may be worked out.
    whose = f"{measure.account}_id" if measure.account else "pk"
    if segment == Segment.NO_ACCOUNT:
        return rows.filter(**{f"{whose}__isnull": True})
    if segment.column == "plan":
        paying = MrrPhase.objects.on(days.day).filter(plan=segment.value)
        return rows.filter(**{f"{whose}__in": paying.values("account_id")})
    members = memberships(days.day).filter(**{segment.column: segment.value})
    return rows.filter(**{f"{whose}__in": members.values("account_id")})


def _without_account(
    rows: QuerySet[Any, Any], measure: Measure, segment: Segment
) -> QuerySet[Any, Any]:
    """Rows of the tenant itself; some of them say which segment they are for."""
    if segment == Segment.NO_ACCOUNT:
        return rows.filter(**{measure.segment: ""}) if measure.segment else rows
    if segment.column == "segment" and measure.segment:
        return rows.filter(**{measure.segment: segment.value})
    return rows.none()
