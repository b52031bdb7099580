"""What metrics are to come to."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.history import with_history


@with_history
class Goal(models.Model):
    """A metric that is to come to a target by a date.

    `period`: over which days the metric is taken, at the start and now.
    """

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    metric = models.CharField(_("metric"), max_length=60)
    variant = models.CharField(_("variant"), max_length=40, blank=True)
    period = models.CharField(_("period"), max_length=12, default="trailing_30d")
    segment = models.CharField(
        _("segment"), max_length=340, blank=True, help_text=_("As segment:Retail; empty: all.")
    )
    target = models.DecimalField(_("target"), max_digits=24, decimal_places=6)
    starts_on = models.DateField(_("from"))
    due_on = models.DateField(_("due on"))
    owner_email = models.EmailField(_("owner"), blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="goal_has_external_id"),
            models.CheckConstraint(
                condition=Q(due_on__gt=models.F("starts_on")),
                name="goal_ends_after_start",
                violation_error_message=_("The end is before the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.target} {self.due_on}"
