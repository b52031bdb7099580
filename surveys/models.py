"""Surveys and answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dirty import marks_of
from accounts.history import with_history
from accounts.models import Account, Contact

# The scale of each kind, lowest and highest score.
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "css": (1, 10)}


class SurveyKind(models.TextChoices):
    NPS = "nps", _("NPS (0 to 10)")
    CSAT = "csat", _("CSAT (1 to 5)")
    CES = "ces", _("CES (1 to 7)")
    CSS = "css", _("CSS (1 to 10)")


@with_history
class Survey(models.Model):
    """A question that customers are asked again and again."""

    key = models.CharField(_("key"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=5, choices=SurveyKind.choices)
    imported = models.BooleanField(_("came with imported answers"), default=False)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="survey_has_key"),
            # What an answer's own kind is held against, by a key of both columns.
            models.UniqueConstraint(fields=["id", "kind"], name="survey_kind"),
        ]

    def __str__(self) -> str:
        return self.name


@with_history
class Response(models.Model):
    """One person's answer; without a score the question was seen and not answered."""

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="responses", verbose_name=_("survey")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=SurveyKind.choices)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    account = models.ForeignKey(
        Account,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("account"),
    )
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("contact"),
    )
    comment = models.TextField(_("comment"), blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    answered_at = models.DateTimeField(_("answered at"))
    invited_at = models.DateTimeField(_("invited at"), null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    touchpoint = models.CharField(_("touchpoint"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["-answered_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="response_has_external_id"),
            *[
                models.CheckConstraint(
                    condition=~Q(kind=kind) | Q(score=None) | Q(score__range=scale),
                    name=f"response_scale_{kind}",
                )
                for kind, scale in SCALES.items()
            ],
        ]
        indexes = [
            models.Index(fields=["kind", "answered_at"], name="response_kind_at"),
            models.Index(fields=["account", "answered_at"], name="response_account_at"),
        ]
        triggers = marks_of(facts="answers", when="answered_at", column="at")

    def __str__(self) -> str:
        return f"{self.external_id} {self.score}"
