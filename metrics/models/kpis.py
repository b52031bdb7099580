"""The KPIs of a day, as a night found them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KpiSnapshot(models.Model):
    """One metric over one window, as a night found it; with the windows it is compared to."""

    class Compared(models.TextChoices):
        ITSELF = "", _("this period")
        PREVIOUS = "previous", _("previous period")
        YEAR_BEFORE = "year_before", _("a year before")

    day = models.DateField(_("day"))
    period = models.CharField(_("period"), max_length=12)
    key = models.CharField(_("metric"), max_length=60)
    variant = models.CharField(_("variant"), max_length=40)
    compared = models.CharField(
        _("compared with"), max_length=12, choices=Compared.choices, blank=True
    )
    # Of a segment, by column and value; of the whole tenant where both are empty. Segments are
    # written down for the period itself; what they are compared to is read from the facts.
    dimension = models.CharField(_("segment by"), max_length=20, blank=True)
    dimension_value = models.CharField(_("segment"), max_length=320, blank=True)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    value = models.DecimalField(_("value"), max_digits=34, decimal_places=10, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=34, decimal_places=10, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=34, decimal_places=10, null=True)
    n = models.BigIntegerField(_("n"))
    low = models.DecimalField(_("lower bound"), max_digits=34, decimal_places=10, null=True)
    high = models.DecimalField(_("upper bound"), max_digits=34, decimal_places=10, null=True)

    class Meta:
        verbose_name = _("KPI")
        verbose_name_plural = _("KPIs")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "day",
                    "period",
                    "key",
                    "variant",
                    "dimension",
                    "dimension_value",
                    "compared",
                ],
                name="kpi_once",
            )
        ]
        indexes = [models.Index(fields=["key", "variant", "period", "day"], name="kpi_series")]

    def __str__(self) -> str:
        return f"{self.key} {self.variant} {self.period} {self.day}"
