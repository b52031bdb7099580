"""The list of accounts with their health: filtered, sorted, and the same for any size of book."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Case, F, Q, QuerySet, When

from accounts.models import Account
from metrics.models import Band

SORTS = {
    "name": F("name").asc(),
    "score": F("now__score").asc(nulls_last=True),  # of those that have a colour
    "mrr": F("now__mrr").desc(nulls_last=True),
    "mrr_change": F("now__mrr_change").asc(nulls_last=True),
    "tenure": F("now__tenure").desc(nulls_last=True),
}

# Who has left, or is hardly known, is nobody to care for today: after those who can be judged.
JUDGED_FIRST = Case(When(now__band__gt="", then=0), default=1)


@dataclass(frozen=True, kw_only=True)
class BookQuery:
    """What the list is narrowed to; all of it stands in the address."""

    q: str = ""
    band: str = ""
    segment: str = ""
    sort: str = "score"

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "BookQuery":
        """From an address; what makes no sense there is passed over."""
        band, sort = parameters.get("band", ""), parameters.get("sort", "")
        return cls(
            q=parameters.get("q", "").replace("\0", "").strip()[:200],
            band=band if band in (*Band.values, "none") else "",
            segment=parameters.get("segment", "").replace("\0", ""),
            sort=sort if sort in SORTS else "score",
        )

    def address(self, **changes: str) -> str:
        """The query part of the address with something changed."""
        changed = replace(self, **changes)
        parts = {name: value for name, value in vars(changed).items() if value}
        return "?" + urlencode(parts)


def book_rows(query: BookQuery) -> QuerySet[Account]:
    """The accounts that a query asks for, with their latest figures beside them."""
    first = [JUDGED_FIRST] if query.sort == "score" else []
    rows = Account.objects.select_related("now").order_by(*first, SORTS[query.sort], "pk")
    if query.q:
        rows = rows.filter(Q(name__icontains=query.q) | Q(external_id__icontains=query.q))
    if query.band:
        rows = rows.filter(now__band="" if query.band == "none" else query.band)
    if query.segment:
        rows = rows.filter(segment=query.segment)
    return rows


def segments() -> list[str]:
    """The segments that occur, for the filter."""
    found = Account.objects.exclude(segment="").order_by("segment")
    return list(found.values_list("segment", flat=True).distinct()[:50])
