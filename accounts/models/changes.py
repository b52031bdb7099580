"""What happens to a subscription on its way: its terms change, its terms come to an end."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dirty import marks, marks_of
from accounts.history import with_history
from accounts.models.subscriptions import Subscription

OF_CHANGES = """
SELECT s.account_id, rows.effective_on AS day
FROM {rows} rows JOIN accounts_subscription s ON s.id = rows.subscription_id
"""


@with_history
class SubscriptionChange(models.Model):
    """New terms of a subscription from a day on; what is empty stays as it was.

    A discount is one thing: where a change says anything about it, the whole of it is meant.
    """

    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="changes", verbose_name=_("subscription")
    )
    effective_on = models.DateField(_("effective on"))
    amount = models.DecimalField(
        _("amount"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    quantity = models.DecimalField(
        _("quantity"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    plan = models.CharField(_("plan"), max_length=200, blank=True)
    discount_percent = models.DecimalField(
        _("discount, %"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    discount_amount = models.DecimalField(
        _("discount per interval"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    discount_ends_on = models.DateField(_("discount ends on"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of a subscription")
        verbose_name_plural = _("changes of subscriptions")
        ordering = ["subscription", "effective_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "effective_on"], name="change_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="change_amount"
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gte=0), name="change_quantity"
            ),
            models.CheckConstraint(
                condition=Q(discount_percent=None) | Q(discount_percent__range=(0, 100)),
                name="change_discount_percent",
            ),
            models.CheckConstraint(
                condition=Q(discount_amount=None) | Q(discount_amount__gte=0),
                name="change_discount_amount",
            ),
        ]
        triggers = marks(
            facts="money",
            inserted=OF_CHANGES.format(rows="new_rows"),
            deleted=OF_CHANGES.format(rows="old_rows"),
            updated=OF_CHANGES.format(rows="(TABLE old_rows UNION ALL TABLE new_rows)"),
        )

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.effective_on}"


@with_history
class Renewal(models.Model):
    """The end of a subscription's term, and whether another one followed."""

    class Forecast(models.TextChoices):
        COMMIT = "commit", _("certain")
        LIKELY = "likely", _("likely")
        RISK = "risk", _("at risk")
        LOST = "lost", _("lost")

    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="renewals", verbose_name=_("subscription")
    )
    due_on = models.DateField(_("due on"))
    notice_by = models.DateField(_("notice by"), null=True, blank=True)
    auto_renew = models.BooleanField(_("renews by itself"), default=False)
    forecast = models.CharField(_("forecast"), max_length=10, choices=Forecast.choices, blank=True)
    renewed_on = models.DateField(_("renewed on"), null=True, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=18, decimal_places=4, null=True, blank=True
    )

    class Meta:
        verbose_name = _("renewal")
        verbose_name_plural = _("renewals")
        ordering = ["-due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "due_on"], name="renewal_once"),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="renewal_amount"
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="renewal_due")]
        triggers = marks_of(
            facts="care",
            when="least(due_on, renewed_on)",
            account="(SELECT account_id FROM accounts_subscription s WHERE s.id = subscription_id)",
        )

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.due_on}"
