"""Money beside the subscriptions: what is sold once, what it costs, what currencies are worth."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dirty import marks, marks_of
from accounts.history import with_history

CURRENCY = r"^[A-Z]{3}$"


@with_history
class Purchase(models.Model):
    """Something sold once: no part of recurring revenue."""

    class Kind(models.TextChoices):
        UPSELL = "upsell", _("upsell")
        CROSS_SELL = "cross_sell", _("cross-sell")
        ADD_ON = "add_on", _("add-on")
        ONE_OFF = "one_off", _("one-off sale")

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    account = models.ForeignKey(
        "Account", models.CASCADE, related_name="purchases", verbose_name=_("account")
    )
    occurred_on = models.DateField(_("sold on"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ONE_OFF)
    description = models.CharField(_("description"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        ordering = ["-occurred_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="purchase_has_external_id"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="purchase_amount"),
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="purchase_currency"),
        ]
        indexes = [models.Index(fields=["occurred_on"], name="purchase_day")]
        triggers = marks_of(facts="sales", when="occurred_on")

    def __str__(self) -> str:
        return f"{self.external_id} {self.occurred_on}"

    def clean(self) -> None:
        require_rate(currency=self.currency, day=self.occurred_on)


@with_history
class Cost(models.Model):
    """What a month cost the tenant, in one category."""

    class Category(models.TextChoices):
        CS_PAYROLL = "cs_payroll", _("customer success: payroll")
        CS_PROGRAMMES = "cs_programmes", _("customer success: programmes")
        CS_SERVICES = "cs_services", _("customer success: services")
        CS_TRAINING = "cs_training", _("customer success: training")
        CUSTOMER_MARKETING = "customer_marketing", _("customer marketing")
        SALES = "sales", _("sales")
        MARKETING = "marketing", _("marketing")

    month = models.DateField(_("month"), help_text=_("Its first day."))
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    segment = models.CharField(_("segment"), max_length=100, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ["-month", "category", "segment"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "category", "segment", "currency"], name="cost_once_a_month"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="cost_first_of_month"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_amount"),
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="cost_currency"),
        ]
        triggers = marks_of(facts="sales", when="month", account="NULL::bigint")

    def __str__(self) -> str:
        return f"{self.category} {self.month:%Y-%m}"

    def clean(self) -> None:
        require_rate(currency=self.currency, day=self.month)


# What a rate changes: the money of whoever pays in that currency, from its day on.
OF_RATES = """
SELECT s.account_id, greatest(rows.day, s.started_on) AS day
FROM {rows} rows JOIN accounts_subscription s ON s.currency = rows.currency
"""


@with_history
class Rate(models.Model):
    """What one unit of a currency is worth in the reporting currency, from a day on.

    The reporting currency itself has a row too, of 1 and from the beginning of time: so money
    without a rate is unknown, and never taken for the reporting currency.
    """

    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("from"))
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-day"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_positive"),
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="rate_currency"),
        ]
        triggers = marks(
            facts="money",
            inserted=OF_RATES.format(rows="new_rows"),
            deleted=OF_RATES.format(rows="old_rows"),
            updated=OF_RATES.format(rows="(TABLE old_rows UNION ALL TABLE new_rows)"),
        )

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"


def require_rate(*, currency: str, day: date | None) -> None:
    """Raise ValidationError where money of that currency and day would be of an unknown worth."""
    if day and not Rate.objects.filter(currency=currency, day__lte=day).exists():
        result = _("There is no exchange rate of %(currency)s by %(day)s. Add it first.")
        raise ValidationError({"currency": result % {"currency": currency, "day": day}})
