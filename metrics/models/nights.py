"""The days that are computed, and the numbers that another computation changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.bounds import ExcludedRow


class Night(models.Model):
    """A local day whose figures are computed, and whether facts of it changed since."""

    day = models.DateField(_("day"), unique=True)
    computed_at = models.DateTimeField(_("computed at"))
    stale = models.BooleanField(_("to be computed again"), default=False)
    # Rows that could not be computed, see `accounts.bounds.ExcludedRow`.
    excluded = models.JSONField(_("excluded rows"), default=list)

    class Meta:
        verbose_name = _("night")
        verbose_name_plural = _("nights")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def excluded_rows(self) -> list[ExcludedRow]:
        """The rows that this night could not compute, and why."""
        return [ExcludedRow(**row) for row in self.excluded]


class Revision(models.Model):
    """A number that was another one before its night was computed again.

    That happens when facts of the past were corrected: those changed between `since` and `at`.
    """

    day = models.DateField(_("day"))
    period = models.CharField(_("period"), max_length=12)
    key = models.CharField(_("metric"), max_length=60)
    variant = models.CharField(_("variant"), max_length=40)
    was = models.DecimalField(_("was"), max_digits=34, decimal_places=10, null=True)
    became = models.DecimalField(_("became"), max_digits=34, decimal_places=10, null=True)
    since = models.DateTimeField(_("computed first"))
    at = models.DateTimeField(_("computed again"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-at", "key"]
        indexes = [models.Index(fields=["key", "day"], name="revision_key_day")]

    def __str__(self) -> str:
        return f"{self.key} {self.day} {self.was} {self.became}"
