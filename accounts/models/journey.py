"""The way to becoming a customer who knows what to do: visits and leads, steps of onboarding."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dirty import marks_of
from accounts.history import with_history


@with_history
class FunnelStep(models.Model):
    """A visitor who came, left a name, or did what was hoped for."""

    class Stage(models.TextChoices):
        VISIT = "visit", _("visit")
        LEAD = "lead", _("lead")
        CONVERSION = "conversion", _("conversion")

    visitor_id = models.CharField(_("visitor"), max_length=200)
    goal = models.CharField(_("goal"), max_length=100)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    occurred_at = models.DateTimeField(_("occurred at"))
    source = models.CharField(_("source"), max_length=100, blank=True)
    account = models.ForeignKey(
        "Account",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="funnel_steps",
        verbose_name=_("account"),
    )

    class Meta:
        verbose_name = _("step of the funnel")
        verbose_name_plural = _("steps of the funnel")
        ordering = ["-occurred_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visitor_id", "goal", "stage", "occurred_at"], name="funnelstep_once"
            ),
            models.CheckConstraint(condition=~Q(visitor_id=""), name="funnelstep_has_visitor"),
            models.CheckConstraint(condition=~Q(goal=""), name="funnelstep_has_goal"),
        ]
        indexes = [models.Index(fields=["occurred_at"], name="funnelstep_at")]
        triggers = marks_of(facts="journey", when="occurred_at", column="at")

    def __str__(self) -> str:
        return f"{self.visitor_id} {self.stage} {self.goal}"


@with_history
class OnboardingStep(models.Model):
    """A step of its onboarding that an account has reached."""

    account = models.ForeignKey(
        "Account", models.CASCADE, related_name="onboarding_steps", verbose_name=_("account")
    )
    step = models.CharField(_("step"), max_length=100)
    reached_at = models.DateTimeField(_("reached at"))

    class Meta:
        verbose_name = _("onboarding step")
        verbose_name_plural = _("onboarding steps")
        ordering = ["account", "reached_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "step"], name="onboardingstep_once"),
            models.CheckConstraint(condition=~Q(step=""), name="onboardingstep_has_name"),
        ]
        indexes = [models.Index(fields=["reached_at"], name="onboardingstep_at")]
        triggers = marks_of(facts="journey", when="reached_at", column="at")

    def __str__(self) -> str:
        return f"{self.account_id} {self.step}"
