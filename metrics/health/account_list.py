"""The list of accounts with their health: filtered, sorted, and the same for any size of book."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Case, F, OrderBy, Q, QuerySet, When

from accounts.models import Account
from metrics.models import HealthStatus

# What the list can be sorted by; with a minus before it from the highest down.
SORTS = {
    "name": "name",
    "score": "now__score",  # of those that have a colour
    "score_change": "now__score_change",
    "mrr": "now__mrr",
    "mrr_change": "now__mrr_change",
    "tenure": "now__tenure",
    "nps": "now__nps",
    "last_seen": "now__last_seen",
}

# Who has left, or is hardly known, is nobody to care for today: after those who can be judged.
JUDGED_FIRST = Case(When(now__band__gt="", now__mrr__gt=0, then=0), default=1)


@dataclass(frozen=True, kw_only=True)
class AccountListQuery:
    """What the list is narrowed to; all of it stands in the address."""

    q: str = ""
    status: str = ""
    segment: str = ""
    owner: str = ""
    sort: str = "score"

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "AccountListQuery":
        """From an address; what makes no sense there is passed over."""
        status, sort = parameters.get("status", ""), parameters.get("sort", "")
        return cls(
            q=parameters.get("q", "").replace("\0", "").strip()[:200],
            status=status if status in (*HealthStatus.values, "none") else "",
            segment=parameters.get("segment", "").replace("\0", ""),
            owner=parameters.get("owner", "").replace("\0", ""),
            sort=sort if sort.removeprefix("-") in SORTS else "score",
        )

    def address(self, **changes: str) -> str:
        """The query part of the address with something changed."""
        changed = replace(self, **changes)
        parts = {name: value for name, value in vars(changed).items() if value}
        return "?" + urlencode(parts)


def listed_accounts(query: AccountListQuery) -> QuerySet[Account]:
    """The accounts that a query asks for, with their latest figures beside them."""
    name, down = query.sort.removeprefix("-"), query.sort.startswith("-")
    first = [JUDGED_FIRST] if name == "score" else []
    by = OrderBy(F(SORTS[name]), descending=down, nulls_last=True)
    rows = Account.objects.select_related("now").order_by(*first, by, "pk")
    if query.q:
        rows = rows.filter(Q(name__icontains=query.q) | Q(external_id__icontains=query.q))
    if query.status:
        rows = rows.filter(now__band="" if query.status == "none" else query.status)
    if query.owner:
        rows = rows.filter(owner_email=query.owner)
    if query.segment:
        rows = rows.filter(segment=query.segment)
    return rows


def owners() -> list[str]:
    """Whose accounts there are, for the filter."""
    found = Account.objects.exclude(owner_email="").order_by("owner_email")
    return list(found.values_list("owner_email", flat=True).distinct()[:50])


def segments() -> list[str]:
    """The segments that occur, for the filter."""
    found = Account.objects.exclude(segment="").order_by("segment")
    return list(found.values_list("segment", flat=True).distinct()[:50])
