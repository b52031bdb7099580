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
from accounts.table_functions import rows_of

Phase = TypeVar("Phase", bound=models.Model)


class PhaseQuerySet(models.QuerySet[Phase]):
    def on(self, day: date) -> Self:
        return self.filter(paid_on(day))

    def counted(self) -> Self:
        return self.filter(account__is_test=False)


class TermPhaseQuerySet(PhaseQuerySet["TermPhase"]):
    pass


class MrrPhaseQuerySet(PhaseQuerySet["MrrPhase"]):
    def paying(self) -> Self:
        """Without those that are wholly discounted; an unknown amount is one that is paid."""
        return self.filter(models.Q(mrr__gt=0) | models.Q(mrr=None))


class TermPhase(models.Model):
    """Days over which a subscription's terms are the same: [starts_on, ends_on). A view.

    `mrr` is amount x quantity, less the discount of those days, per month (a year / 12, a week
    x 52 / 12, a day x 365 / 12), in the tenant's reporting currency, to ten decimals; `forever`
    takes off only a discount that never ends, `listed` none. NULL where no rate of the currency
    is known. Trials and pauses have no phase; one of a free plan has 0 for all three.

    `amount` is the price of one unit and interval in the subscription's own currency, before any
    discount; all of it is converted at the rate of the day `priced_on`.
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
    mrr = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10, null=True)
    forever = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10, null=True)
    listed = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10, null=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4)
    plan = models.CharField(_("plan"), max_length=200)
    cancelled_on = models.DateField(_("cancelled on"), null=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    percent = models.DecimalField(_("discount, %"), max_digits=7, decimal_places=4, null=True)
    discount = models.DecimalField(
        _("discount per interval"), max_digits=18, decimal_places=4, null=True
    )
    discount_ends_on = models.DateField(_("discount ends on"), null=True)
    priced_on = models.DateField(_("terms last changed on"))

    objects = TermPhaseQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "accounts_termphase"

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.starts_on} {self.mrr}"


class MrrPhase(models.Model):
    """The phases that pay something, by the tenant's `CountingRules`. A view.

    The rules say which discounts are taken off, whether a phase ends when it is cancelled, and
    whether one that is wholly discounted is a customer's: then its `mrr` is 0.
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
    plan = models.CharField(_("plan"), max_length=200)
    mrr = models.DecimalField(_("MRR"), max_digits=24, decimal_places=10, null=True)

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
    """The change of one account's MRR on one day, in one class.

    The amount is NULL where money of an unknown worth (a rate is missing) came or went; while
    somebody pays such money and goes on paying, the change is told as an expansion.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("new")
        EXPANSION = "expansion", _("expansion")
        CONTRACTION = "contraction", _("contraction")
        CHURN = "churn", _("churn")
        REACTIVATION = "reactivation", _("reactivation")

    account = models.ForeignKey(Account, models.CASCADE, verbose_name=_("account"))
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=24, decimal_places=10, null=True)
    mrr_after = models.DecimalField(
        _("MRR afterwards"), max_digits=24, decimal_places=10, null=True
    )

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
    """Days over which an account is a customer without a gap: [starts_on, ends_on). A view.

    It pays for a subscription; or, where customers are known by what they buy, it bought something
    within so many days.
    """

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


class Lifetime(models.Model):
    """How long an account has been a customer by a day, and how long it may still be expected to.

    Rows of a function of the day: see `lifetimes`. `days` run from the first payment to the last
    day as a customer, or to the day asked about; `expected` are those to come, by Kaplan and
    Meier's estimate over the whole book, and 0 for one that has left.
    """

    account = models.OneToOneField(
        Account, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    first_paid = models.DateField(_("first paid on"))
    left_on = models.DateField(_("left on"), null=True)
    days = models.IntegerField(_("days"))
    expected = models.DecimalField(_("expected days"), max_digits=24, decimal_places=10)

    class Meta:
        managed = False
        db_table = "accounts_lifetimes"

    def __str__(self) -> str:
        return f"{self.account_id} {self.days}"


def lifetimes(day: date) -> models.QuerySet[Lifetime, Lifetime]:
    """Every account that has been a customer by the end of `day`; test accounts are left out."""
    return rows_of(Lifetime, models.Value(day, output_field=models.DateField()))


class RenewalTerm(models.Model):
    """A renewal as it stands at the end of a day: a row of a function of the day.

    `renewed`: it was renewed by then; or it renews by itself, and the account is served beyond the
    due day, by this subscription or by one that began after it and by the day after the due day.
    `mrr_due` is what the subscription paid a month until the due day, 0 where nothing;
    `mrr_renewed` what is paid from then on, no more than before. Both by the rules' discounts, and
    at one rate: that of the day on which the terms that were due last changed. NULL without a rate.
    """

    renewal = models.OneToOneField(
        "Renewal", models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    account = models.ForeignKey(Account, models.DO_NOTHING, db_constraint=False, related_name="+")
    subscription = models.ForeignKey(
        "Subscription", models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    due_on = models.DateField(_("due on"))
    renewed_on = models.DateField(_("renewed on"), null=True)
    auto_renew = models.BooleanField(_("renews by itself"))
    renewed = models.BooleanField(_("renewed"))
    mrr_due = models.DecimalField(_("MRR due"), max_digits=24, decimal_places=10, null=True)
    mrr_renewed = models.DecimalField(_("MRR renewed"), max_digits=24, decimal_places=10, null=True)

    class Meta:
        managed = False
        db_table = "accounts_renewalterms"

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.due_on}"


def renewal_terms(day: date) -> models.QuerySet[RenewalTerm, RenewalTerm]:
    """Every renewal as it stands at the end of `day`."""
    return rows_of(RenewalTerm, models.Value(day, output_field=models.DateField()))


class DirtyDay(models.Model):
    """From `day` on, or on that day, facts of an account have changed since they were counted.

    A fact that happened at a moment is marked with the moment (`at`): what local day that was is
    for the night to say. Without account and day, all facts of the kind are to be counted again.
    Rows are only ever added by writers and removed by the night, so neither
    waits for the other.
    """

    class Facts(models.TextChoices):
        MONEY = "money", _("subscriptions")
        USAGE = "usage", _("events")
        ANSWERS = "answers", _("survey answers")
        SALES = "sales", _("purchases and costs")
        CARE = "care", _("activities and renewals")
        JOURNEY = "journey", _("leads and onboarding")
        SUPPORT = "support", _("tickets and incidents")
        RULES = "rules", _("rules of counting")

    account_id = models.BigIntegerField(null=True)
    day = models.DateField(null=True)
    at = models.DateTimeField(null=True)
    facts = models.CharField(max_length=10, choices=Facts.choices, default=Facts.MONEY)

    class Meta:
        indexes = [models.Index(fields=["facts", "account_id"], name="dirtyday_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.facts}"
