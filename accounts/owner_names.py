"""Whom the names mean by which other programs know the owners of accounts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, Q

from accounts.models import Account, OwnerName, User

SHOWN = 200
APPLY = """
UPDATE accounts_account account SET owner_email = chosen.email
FROM unnest(%(names)s::text[], %(emails)s::text[]) AS chosen (name, email)
WHERE account.owner_name = chosen.name AND account.owner_email <> chosen.email
AND account.owner_email = coalesce(
    (SELECT email FROM accounts_ownername known WHERE known.name = chosen.name), '')
"""


@dataclass(frozen=True, kw_only=True)
class NamedOwner:
    """A name, the number of accounts that have it, and the address chosen for it, if any."""

    name: str
    accounts: int
    email: str


def named_owners() -> list[NamedOwner]:
    """The names that match no person or were matched by hand, those of most accounts first."""
    chosen = dict(OwnerName.objects.values_list("name", "email"))
    found = (
        Account.objects.exclude(owner_name="")
        .filter(Q(owner_email="") | Q(owner_name__in=OwnerName.objects.values("name")))
        .values_list("owner_name")
        .annotate(accounts=Count("pk"))
        .order_by("-accounts", "owner_name")[:SHOWN]
    )
    return [
        NamedOwner(name=name, accounts=count, email=chosen.get(name, "")) for name, count in found
    ]


def people() -> list[User]:
    """Who can be chosen."""
    return list(User.objects.filter(is_active=True).order_by("name", "email"))


@transaction.atomic
def choose(*, emails: Mapping[str, str]) -> None:
    """Say whom each name means, "" for nobody; its accounts get that owner.

    An account keeps an owner that it has by another way.
    """
    with connection.cursor() as cursor:
        cursor.execute(APPLY, {"names": [*emails], "emails": [*emails.values()]})
    OwnerName.objects.filter(name__in=[name for name in emails if not emails[name]]).delete()
    OwnerName.objects.bulk_create(
        [OwnerName(name=name, email=email) for name, email in emails.items() if email],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["email"],
    )
