"""Parts of the book: which of a measure's rows belong to a segment."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.models import MrrPhase
from metrics.catalogue.records import Measure
from metrics.periods import Window

# The columns of an account whose segments every night writes down.
CUTS = ("segment", "industry", "country", "owner_email")


@dataclass(frozen=True)
class Segment:
    """The accounts with one value in one column; on a plan; the rows of one feature.

    Segments by a column of the account add up to the whole, together with what has no account.
    Those by plan and by feature may overlap.
    """

    column: str
    value: str

    OF_ACCOUNT: ClassVar[tuple[str, ...]] = (*CUTS, "region", "stage")
    COLUMNS: ClassVar[tuple[str, ...]] = (*OF_ACCOUNT, "plan", "feature", "account")
    NO_ACCOUNT: ClassVar["Segment"]

    @property
    def overlaps(self) -> bool:
        return self.column in ("plan", "feature")

    def __str__(self) -> str:
        return f"{self.column}:{self.value}"


Segment.NO_ACCOUNT = Segment("account", "none")


def within(measure: Measure, days: Window, segment: Segment | None) -> QuerySet[Any, Any]:
    """The rows of one kind of a measure that are of the segment."""
    if segment and segment.column == "feature":
        found = measure.of_feature
        return found(days, segment.value) if found else measure.rows(days).none()
    return narrowed(measure.rows(days), measure, days, segment)


def narrowed(
    rows: QuerySet[Any, Any], measure: Measure, days: Window, segment: Segment | None
) -> QuerySet[Any, Any]:
    """Rows of a measure, also those that are left out, cut down to those of the segment."""
    if segment is None or segment.column == "feature":
        return rows
    if segment == Segment.NO_ACCOUNT:
        return rows.filter(**{f"{measure.account or 'pk'}__isnull": True})
    if segment.column == "plan":
        paying = MrrPhase.objects.on(days.day).filter(subscription__plan=segment.value)
        return rows.filter(**{f"{measure.account or 'pk'}__in": paying.values("account_id")})
    path = f"{measure.account}__{segment.column}" if measure.account else segment.column
    return rows.filter(**{path: segment.value})
