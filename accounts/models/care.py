"""What was done for a customer, and what the tenant itself measures of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dirty import marks_of
from accounts.history import with_history


@with_history
class Activity(models.Model):
    """Something that somebody did with a customer: a note, a call, a meeting."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        CALL = "call", _("call")
        MEETING = "meeting", _("meeting")
        MAIL = "mail", _("mail")
        INTERVIEW = "interview", _("interview")

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    account = models.ForeignKey(
        "Account", models.CASCADE, related_name="activities", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    author_email = models.EmailField(_("by"), blank=True)
    contact = models.ForeignKey(
        "Contact",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("with"),
    )
    text = models.TextField(_("text"), blank=True)
    sentiment = models.PositiveSmallIntegerField(
        _("sentiment"), null=True, blank=True, help_text=_("From 1, unhappy, to 5, happy.")
    )

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="activity_has_external_id"),
            models.CheckConstraint(
                condition=Q(sentiment=None) | Q(sentiment__range=(1, 5)), name="activity_sentiment"
            ),
        ]
        indexes = [models.Index(fields=["account", "at"], name="activity_account_at")]
        triggers = marks_of(facts="care", when="at", column="at")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


@with_history
class Measurement(models.Model):
    """A number that the tenant measures of an account on a day, under a key of its own."""

    account = models.ForeignKey(
        "Account", models.CASCADE, related_name="measurements", verbose_name=_("account")
    )
    key = models.CharField(_("key"), max_length=100)
    day = models.DateField(_("day"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        ordering = ["-day", "key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "key", "day"], name="measurement_once"),
            models.CheckConstraint(condition=~Q(key=""), name="measurement_has_key"),
        ]
        indexes = [models.Index(fields=["key", "day"], name="measurement_key_day")]
        triggers = marks_of(facts="care", when="day")

    def __str__(self) -> str:
        return f"{self.key} {self.day}"
