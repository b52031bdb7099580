"""What each account comes to at the end of a day: one wide row."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account


class AccountMetricValues(models.Model):
    """Every measure of one account at the end of one day: one wide row.

    `values` has a slot per account-grain metric (`metrics.catalogue.ACCOUNT_METRICS`), NULL where
    nothing is known. A slot is never given to another metric.
    """

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, models.CASCADE, related_name="measures")
    day = models.DateField(_("day"))
    values = ArrayField(models.DecimalField(max_digits=24, decimal_places=10, null=True))

    class Meta:
        verbose_name = _("measures")
        verbose_name_plural = _("measures")
        indexes = [models.Index(fields=["day"], name="measures_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"
