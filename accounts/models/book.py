"""Which accounts of the book a question is about."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

if TYPE_CHECKING:
    from accounts.models.customers import Account  # noqa: F401


class AccountQuerySet(models.QuerySet["Account"]):
    def counted(self) -> Self:
        """The accounts that numbers are made of: test accounts are left out."""
        return self.filter(is_test=False)

    def known_on(self, day: date) -> Self:
        """Accounts that existed by then, as far as their own date and their subscriptions say.

        One without a date is always known: what is sold to it later must not change the past.
        """
        known = Q(created_on__lte=day) | Q(created_on=None)
        return self.filter(known | _of("Subscription", Q(started_on__lte=day)))

    def customers_on(self, day: date) -> Self:
        """Accounts that pay at the end of `day`, or have bought something lately."""
        # Not as EXISTS: of many accounts and days, each day's customers are looked up once.
        paying = apps.get_model("accounts", "CustomerSpell")._default_manager.filter(paid_on(day))
        return self.filter(pk__in=paying.values("account_id"))

    def not_customers_on(self, day: date) -> Self:
        return self.filter(~_of("CustomerSpell", paid_on(day)))

    def with_movement(self, movements: "QuerySet[models.Model]") -> Self:
        """Accounts that one of these movements is of."""
        # Not as EXISTS: asked of each account, the view of movements would be worked out each time.
        return self.filter(pk__in=movements.values("account_id"))


def paid_on(day: date) -> Q:
    """Of phases: those that hold at the end of `day`."""
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gt=day))


def _of(model: str, wanted: Q | None = None) -> Exists:
    # By name: the models of this package know each other.
    rows = apps.get_model("accounts", model)._default_manager.filter(account=OuterRef("pk"))
    return Exists(rows.filter(wanted) if wanted else rows)
