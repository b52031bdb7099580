"""Monthly recurring revenue, worked out from the subscriptions.

Two views hold the rules, so that every reader, whatever day it asks for, gets them from one
place: `MrrPhase` (a stretch of days with one monthly amount) and `LiveMovement` (the change of an
account's MRR on one day). `MrrMovement` is what the nights have written down of the latter.
"""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.book import paid_on
from accounts.models.customers import Account


class MrrPhaseQuerySet(models.QuerySet["MrrPhase"]):
    def on(self, day: date) -> Self:
        return self.filter(paid_on(day))

    def counted(self) -> Self:
        return self.filter(account__is_test=False)


class MrrPhase(models.Model):
    """Days over which a subscription pays the same: [starts_on, ends_on). A view.

    `mrr` is amount x quantity, less the discount of those days, per month (a year / 12, a week
    x 52 / 12, a day x 365 / 12), in the subscription's currency, to ten decimals. Trials, pauses
    and free plans have no phase.
    """

    pk = models.CompositePrimaryKey("subscription_id", "starts_on")
    subscription = models.ForeignKey(
        "Subscription", models.DO_NOTHING, db_constraint=False, related_name="phases"
    )
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, related_name="phases"
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True)
    mrr = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10)

    objects = MrrPhaseQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "accounts_mrrphase"

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.starts_on} {self.mrr}"


class MovementQuerySet(models.QuerySet["Movement"]):
    def within(self, start: date, end: date) -> Self:
        """Movements of the days [start, end)."""
        return self.filter(day__gte=start, day__lt=end)

    def counted(self) -> Self:
        return self.filter(account__is_test=False)


class Movement(models.Model):
    """The change of one account's MRR on one day, in one class."""

    class Kind(models.TextChoices):
        NEW = "new", _("new")
        EXPANSION = "expansion", _("expansion")
        CONTRACTION = "contraction", _("contraction")
        CHURN = "churn", _("churn")
        REACTIVATION = "reactivation", _("reactivation")

    account = models.ForeignKey(Account, models.CASCADE, verbose_name=_("account"))
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=24, decimal_places=10)
    mrr_after = models.DecimalField(_("MRR afterwards"), max_digits=24, decimal_places=10)

    objects = MovementQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.kind} {self.amount}"


class LiveMovement(Movement):
    """Movements as the subscriptions say at this moment. A view."""

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, related_name="live_movements"
    )

    class Meta:
        managed = False
        db_table = "accounts_livemovement"


class MrrMovement(Movement):
    """Movements as the nights wrote them down; opening MRR plus these is closing MRR."""

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, models.CASCADE, related_name="movements")

    class Meta:
        verbose_name = _("MRR movement")
        verbose_name_plural = _("MRR movements")
        indexes = [models.Index(fields=["day", "kind"], name="movement_day")]


class DirtyDay(models.Model):
    """From `day` on, or on that day, facts of an account have changed since they were counted.

    Rows are only ever added by writers and removed by the night, so neither waits for the other.
    """

    class Facts(models.TextChoices):
        MONEY = "money", _("money")
        USAGE = "usage", _("usage")

    account_id = models.BigIntegerField()
    day = models.DateField()
    facts = models.CharField(max_length=10, choices=Facts.choices, default=Facts.MONEY)

    class Meta:
        indexes = [models.Index(fields=["facts", "account_id"], name="dirtyday_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.facts}"
