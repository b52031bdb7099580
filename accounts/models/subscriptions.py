"""What an account pays for, and from when to when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.dirty import marks
from accounts.history import with_history
from accounts.models.sales import require_rate

OLD = "SELECT account_id, started_on AS day FROM old_rows"
NEW = "SELECT account_id, started_on AS day FROM new_rows"
# An end that moves leaves everything before the earlier of the two ends as it was; so does the day
# on which it was called off.
CHANGED = """
SELECT n.account_id, CASE
    WHEN (to_jsonb(o) - '{ended_on,cancelled_on,renews_on,churn_reason,attributes}'::text[])
       = (to_jsonb(n) - '{ended_on,cancelled_on,renews_on,churn_reason,attributes}'::text[])
    THEN least(
        CASE WHEN o.ended_on IS DISTINCT FROM n.ended_on
             THEN least(o.ended_on, n.ended_on) END,
        CASE WHEN o.cancelled_on IS DISTINCT FROM n.cancelled_on
             THEN least(o.cancelled_on, n.cancelled_on) END)
    ELSE least(o.started_on, n.started_on) END AS day
FROM old_rows o JOIN new_rows n USING (id)
WHERE to_jsonb(o) - '{renews_on,churn_reason,attributes}'::text[]
   <> to_jsonb(n) - '{renews_on,churn_reason,attributes}'::text[]
UNION ALL
SELECT o.account_id, least(o.started_on, n.started_on)
FROM old_rows o JOIN new_rows n USING (id) WHERE o.account_id <> n.account_id
"""


@with_history
class Subscription(models.Model):
    """A recurring price that an account agreed to. All ends are exclusive."""

    class Interval(models.TextChoices):
        DAY = "day", _("day")
        WEEK = "week", _("week")
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        HALF_YEAR = "half_year", _("half-year")
        YEAR = "year", _("year")

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    account = models.ForeignKey(
        "Account", models.CASCADE, related_name="subscriptions", verbose_name=_("account")
    )
    plan = models.CharField(_("plan"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(
        _("amount"), max_digits=18, decimal_places=4, help_text=_("Per interval and unit, no tax.")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4, default=1)
    interval = models.CharField(_("interval"), max_length=10, choices=Interval.choices)
    interval_count = models.PositiveSmallIntegerField(_("intervals at a time"), default=1)
    started_on = models.DateField(_("started on"))
    trial_ends_on = models.DateField(_("trial ends on"), null=True, blank=True)
    ended_on = models.DateField(
        _("ended on"), null=True, blank=True, help_text=_("The first day no longer served.")
    )
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    paused_from = models.DateField(_("paused from"), null=True, blank=True)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    discount_percent = models.DecimalField(
        _("discount, %"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    discount_amount = models.DecimalField(
        _("discount per interval"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    discount_ends_on = models.DateField(_("discount ends on"), null=True, blank=True)
    renews_on = models.DateField(_("renews on"), null=True, blank=True)
    churn_reason = models.CharField(_("reason for leaving"), max_length=300, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-started_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(external_id=""), name="subscription_has_external_id"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="subscription_amount"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="subscription_quantity"),
            models.CheckConstraint(
                condition=Q(interval_count__gte=1), name="subscription_interval_count"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="subscription_currency"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="subscription_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(paused_until=None)
                | Q(paused_from__isnull=False, paused_until__gte=F("paused_from")),
                name="subscription_pause",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent=None) | Q(discount_percent__range=(0, 100)),
                name="subscription_discount_percent",
            ),
            models.CheckConstraint(
                condition=Q(discount_amount=None) | Q(discount_amount__gte=0),
                name="subscription_discount_amount",
            ),
        ]
        triggers = marks(facts="money", inserted=NEW, deleted=OLD, updated=CHANGED)

    def __str__(self) -> str:
        return f"{self.plan} ({self.external_id})"

    def clean(self) -> None:
        require_rate(currency=self.currency, day=self.started_on)
