"""What a tenant chooses where the field disagrees: its rules of counting."""

import pgtrigger
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.dirty import marks_on_update
from accounts.history import with_history
from tenants.models import Tenant

# Another rule is another past: every night is computed again, from the first on.
EVERYTHING = """
SELECT account.id AS account_id, '0001-01-01'::date AS day
FROM old_rows o JOIN new_rows n USING (id), accounts_account account
WHERE o IS DISTINCT FROM n
"""
# Events of every account fall on other days then: see `usage.rollup`.
MOVED_ZONE = """
SELECT NULL::bigint AS account_id, NULL::date AS day
FROM old_rows o JOIN new_rows n USING (id) WHERE o.timezone <> n.timezone
"""
SOLD = ("Subscription", "Purchase")
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


def names(label: StrOrPromise, help_text: StrOrPromise) -> "ArrayField[list[str], list[str]]":
    return ArrayField(
        models.CharField(max_length=200),
        verbose_name=label,
        help_text=help_text,
        default=list,
        blank=True,
    )


def days(
    label: StrOrPromise, default: int, help_text: StrOrPromise = ""
) -> "models.PositiveSmallIntegerField[int, int]":
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        help_text=help_text,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
    )


@with_history
class CountingRules(models.Model):
    """The one row of choices that the figures are made by. The database reads it by itself."""

    class CustomersBy(models.TextChoices):
        AUTO = "auto", _("subscriptions, or purchases where there are none")
        SUBSCRIPTIONS = "subscriptions", _("subscriptions")
        PURCHASES = "purchases", _("purchases")

    class ChurnAt(models.TextChoices):
        PERIOD_END = "period_end", _("when the service ends")
        CANCELLATION = "cancellation", _("when it is cancelled")

    class Discounts(models.TextChoices):
        ALL = "all", _("all that are active")
        FOREVER = "forever", _("lasting ones alone")
        NONE = "none", _("none")

    class FullyDiscounted(models.TextChoices):
        NOT_CUSTOMER = "not_customer", _("no customer meanwhile")
        CUSTOMER = "customer", _("a customer who pays 0 meanwhile")

    class FeatureBase(models.TextChoices):
        AUTO = "auto", _("customers, or all accounts where there are none")
        CUSTOMERS = "customers", _("customers")
        ACCOUNTS = "accounts", _("all accounts")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    customers_by = models.CharField(
        _("a customer is known by"),
        max_length=13,
        choices=CustomersBy.choices,
        default=CustomersBy.AUTO,
    )
    bought_within_days = days(
        _("days that a purchase makes a customer"),
        90,
        _("Where customers are known by purchases."),
    )
    churn_at = models.CharField(
        _("a subscription is lost"),
        max_length=12,
        choices=ChurnAt.choices,
        default=ChurnAt.PERIOD_END,
    )
    discounts = models.CharField(
        _("discounts that are taken off MRR"),
        max_length=7,
        choices=Discounts.choices,
        default=Discounts.ALL,
    )
    fully_discounted = models.CharField(
        _("an account whose whole price is discounted is"),
        max_length=12,
        choices=FullyDiscounted.choices,
        default=FullyDiscounted.NOT_CUSTOMER,
        help_text=_("By the discounts that are taken off MRR."),
    )
    gross_margin = models.DecimalField(
        _("gross margin, %"),
        max_digits=5,
        decimal_places=2,
        default=100,
        validators=PERCENT,
        help_text=_("Of revenue, for the lifetime value of subscriptions."),
    )
    onboarding_days = days(_("days to finish onboarding"), 30)
    onboarding_steps = names(
        _("steps of onboarding"),
        _("In their order, the last one last. Empty: in the order in which accounts reach them."),
    )
    activity_events = names(_("events that count as activity"), _("Empty: every event."))
    key_features = names(_("key features"), _("Empty: every feature in use."))
    feature_base = models.CharField(
        _("who could use a feature"),
        max_length=9,
        choices=FeatureBase.choices,
        default=FeatureBase.AUTO,
    )
    target_days_a_week = days(_("active days a week that are hoped for"), 1)
    target_days_a_month = days(_("active days in 30 days that are hoped for"), 1)
    fcr_most_replies = models.PositiveSmallIntegerField(
        _("most replies of a first contact"), default=1
    )
    fcr_reopen_days = days(_("days in which a ticket must not be opened again"), 7)
    fcr_without_reply = models.BooleanField(
        _("solved without a reply is a first contact"), default=True
    )
    fcr_handover_is_contact = models.BooleanField(
        _("a hand-over to another team is a second contact"), default=False
    )
    fcr_with_abandoned = models.BooleanField(_("abandoned and spam tickets count"), default=False)
    business_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        verbose_name=_("business days"),
        default=list,
        blank=True,
        help_text=_("1 is Monday, 7 is Sunday. Empty: Monday to Friday."),
    )
    business_from = models.TimeField(_("business hours from"), default="09:00")
    business_until = models.TimeField(_("business hours until"), default="17:00")
    holidays = ArrayField(
        models.DateField(),
        verbose_name=_("holidays"),
        default=list,
        blank=True,
        help_text=_("Days without business hours, as 2026-12-25."),
    )

    week_starts_on = models.PositiveSmallIntegerField(
        _("first day of the week"),
        null=True,
        blank=True,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        help_text=_("Empty: as it was set when the tenant was opened."),
    )
    preferred_variants = models.JSONField(
        _("variants that are shown first"), default=dict, blank=True
    )
    # The tenant's own, where the database can see it; see `sync_timezone`.
    timezone = models.CharField(max_length=64, default="UTC", editable=False)

    class Meta:
        verbose_name = _("rules of counting")
        verbose_name_plural = _("rules of counting")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="countingrules_one_row"),
            models.CheckConstraint(
                condition=Q(business_from__lt=models.F("business_until")),
                name="countingrules_hours",
            ),
            models.CheckConstraint(
                condition=Q(week_starts_on=None) | Q(week_starts_on__range=(1, 7)),
                name="countingrules_week",
            ),
            models.CheckConstraint(
                condition=Q(gross_margin__range=(0, 100)), name="countingrules_margin"
            ),
        ]
        triggers = [
            *marks_on_update(facts="rules", updated=EVERYTHING),
            *marks_on_update(facts="usage", updated=MOVED_ZONE, name="update_zone"),
            pgtrigger.Protect(name="always_there", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


def sync_timezone(*, tenant: Tenant) -> None:
    """Let the database know the tenant's time zone; another zone is another past."""
    moved = CountingRules.objects.exclude(timezone=tenant.timezone)
    moved.update(timezone=tenant.timezone)


def customers_known_by(rules: CountingRules | None = None) -> CountingRules.CustomersBy:
    """Subscriptions or purchases: as the tenant has chosen, or by which of them it has."""
    by = CountingRules.CustomersBy
    chosen = by((rules or CountingRules.objects.get()).customers_by)
    if chosen != by.AUTO:
        return chosen
    has_any = {name: apps.get_model("accounts", name).objects.exists() for name in SOLD}
    only_purchases = has_any["Purchase"] and not has_any["Subscription"]
    return by.PURCHASES if only_purchases else by.SUBSCRIPTIONS


def first_weekday(tenant: Tenant) -> int:
    """The day on which weeks begin, 1 for Monday: as the tenant has chosen, or was opened."""
    return CountingRules.objects.get().week_starts_on or tenant.first_weekday
