"""Events as they came, and what the nights have counted of them, day by day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.dirty import marks
from accounts.models import Account

# A mark is of a local day as the database knows the zone when the event comes; when the zone
# changes, all that has been counted is marked (`accounts.models.rules`).
DAYS = """
SELECT account_id, (occurred_at AT TIME ZONE timezone)::date AS day
FROM {rows}, accounts_countingrules GROUP BY 1, 2
"""


class Event(models.Model):
    """Something that a person did at a moment. It happened: it is never changed afterwards.

    So it has no history either; `imported_by` is what the undoing of an import goes by. Its local
    day is not stored: that depends on the tenant's time zone, which may change.
    """

    message_id = models.CharField(_("message id"), max_length=200, unique=True)
    occurred_at = models.DateTimeField(_("occurred at"))
    account = models.ForeignKey(
        Account,
        models.CASCADE,
        related_name="usage_events",
        verbose_name=_("account"),
        db_index=False,  # the one with the moment serves
    )
    user_id = models.CharField(_("person"), max_length=200)
    event = models.CharField(_("event"), max_length=200)
    feature = models.CharField(_("feature"), max_length=200, blank=True)
    session_id = models.CharField(_("session"), max_length=200, blank=True)
    properties = models.JSONField(_("properties"), default=dict, blank=True)
    imported_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-occurred_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(message_id=""), name="event_has_message_id"),
            models.CheckConstraint(condition=~Q(user_id=""), name="event_has_person"),
            models.CheckConstraint(condition=~Q(event=""), name="event_has_name"),
        ]
        indexes = [
            models.Index(fields=["account", "occurred_at"], name="event_account_at"),
            models.Index(fields=["occurred_at"], name="event_at"),
            models.Index(
                fields=["imported_by"],
                name="event_imported_by",
                condition=Q(imported_by__isnull=False),
            ),
        ]
        triggers = marks(
            facts="usage",
            inserted=DAYS.format(rows="new_rows"),
            deleted=DAYS.format(rows="old_rows"),
            updated=DAYS.format(rows="(TABLE old_rows UNION ALL TABLE new_rows) rows"),
            each_day=True,
        )

    def __str__(self) -> str:
        return f"{self.event} {self.occurred_at:%Y-%m-%d %H:%M}"


class Session(models.Model):
    """A stretch of one person's events without half an hour of silence.

    It belongs to the day it began. One event alone is a session of no length.
    """

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="sessions", verbose_name=_("account")
    )
    user_id = models.CharField(_("person"), max_length=200)
    day = models.DateField(_("day"))
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"))
    events = models.PositiveIntegerField(_("events"))

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user_id", "started_at"], name="session_once"
            )
        ]
        indexes = [models.Index(fields=["day", "account"], name="session_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"


class DailyUsage(models.Model):
    """How often a person did something on a day. It stays when the raw events are gone.

    `seconds` are those from each of the events to the same person's next one of the session.
    """

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="daily_usage", verbose_name=_("account")
    )
    user_id = models.CharField(_("person"), max_length=200)
    day = models.DateField(_("day"))
    event = models.CharField(_("event"), max_length=200)
    feature = models.CharField(_("feature"), max_length=200)
    events = models.PositiveIntegerField(_("events"))
    seconds = models.DecimalField(_("seconds"), max_digits=18, decimal_places=6, default=0)

    class Meta:
        verbose_name = _("daily usage")
        verbose_name_plural = _("daily usage")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "user_id", "event", "feature"], name="dailyusage_once"
            )
        ]
        indexes = [models.Index(fields=["day"], name="dailyusage_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day} {self.event}"
