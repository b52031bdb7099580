"""Monthly recurring revenue, worked out from the subscriptions.

Two views hold the rules, so that every reader, whatever day it asks for, gets them from one
place: `MrrPhase` (a stretch of days with one monthly amount) and `LiveMovement` (the change of an
account's MRR on one day). `MrrMovement` is what the nights have written down of the latter.
"""

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.book import paid_on
from accounts.models.customers import Account

Phase = TypeVar("Phase", bound=models.Model)


class PhaseQuerySet(models.QuerySet[Phase]):
    def on(self, day: date) -> Self:
        return self.filter(paid_on(day))

    def counted(self) -> Self:
        return self.filter(account__is_test=False)


class TermPhaseQuerySet(PhaseQuerySet["TermPhase"]):
    pass


class MrrPhaseQuerySet(PhaseQuerySet["MrrPhase"]):
    pass


class TermPhase(models.Model):
    """Days over which a subscription's terms are the same: [starts_on, ends_on). A view.

    `mrr` is amount x quantity, less the discount of those days, per month (a year / 12, a week
    x 52 / 12, a day x 365 / 12), in the tenant's reporting currency, to ten decimals; `forever`
    takes off only a discount that never ends, `listed` none. Trials, pauses and free plans have
    no phase.
    """

    pk = models.CompositePrimaryKey("subscription_id", "starts_on")
    subscription = models.ForeignKey(
        "Subscription", models.DO_NOTHING, db_constraint=False, related_name="terms"
    )
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, related_name="terms"
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True)
    mrr = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10)
    forever = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10)
    listed = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10)
    quantity = models.PositiveIntegerField(_("quantity"))

    objects = TermPhaseQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "accounts_termphase"

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.starts_on} {self.mrr}"


class MrrPhase(models.Model):
    """The phases that pay something. A view."""

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


class CustomerSpell(models.Model):
    """Days over which an account is a customer without a gap: [starts_on, ends_on). A view."""

    pk = models.CompositePrimaryKey("account_id", "starts_on")
    account = models.ForeignKey(
        Account, models.DO_NOTHING, db_constraint=False, related_name="spells"
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True)

    class Meta:
        managed = False
        db_table = "accounts_customerspell"

    def __str__(self) -> str:
        return f"{self.account_id} {self.starts_on}"


class DirtyDay(models.Model):
    """From `day` on, or on that day, facts of an account have changed since they were counted.

    A fact that happened at a moment is marked with the moment (`at`): what local day that was is
    for the night to say. Rows are only ever added by writers and removed by the night, so neither
    waits for the other.
    """

    class Facts(models.TextChoices):
        MONEY = "money", _("subscriptions")
        USAGE = "usage", _("events")
        ANSWERS = "answers", _("survey answers")
        SALES = "sales", _("purchases and costs")
        CARE = "care", _("activities and renewals")

    account_id = models.BigIntegerField(null=True)
    day = models.DateField(null=True)
    at = models.DateTimeField(null=True)
    facts = models.CharField(max_length=10, choices=Facts.choices, default=Facts.MONEY)

    class Meta:
        indexes = [models.Index(fields=["facts", "account_id"], name="dirtyday_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.facts}"
