"""Tickets, what happened to them, and incidents."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.dirty import marks, marks_of
from accounts.history import with_history
from accounts.models import Account, Contact

OPENED = "SELECT account_id, opened_at AS at FROM {rows}"
# How a ticket ends says nothing of the days before it did; anything else may change all of them.
CHANGED = """
SELECT n.account_id, CASE
    WHEN (to_jsonb(o) - '{solved_at,closed_at,closed_as,status,assignee_email}'::text[])
       = (to_jsonb(n) - '{solved_at,closed_at,closed_as,status,assignee_email}'::text[])
    THEN coalesce(least(o.solved_at, n.solved_at, o.closed_at, n.closed_at), n.opened_at)
    ELSE least(o.opened_at, n.opened_at) END AS at
FROM old_rows o JOIN new_rows n USING (id) WHERE o IS DISTINCT FROM n
UNION ALL
SELECT o.account_id, o.opened_at
FROM old_rows o JOIN new_rows n USING (id) WHERE o.account_id <> n.account_id
"""
# A promise is a rule of counting: another one is another past.
OF_ALL = "SELECT id AS account_id, '0001-01-01'::date AS day FROM accounts_account"
OF_TICKET = "(SELECT account_id FROM support_ticket t WHERE t.id = ticket_id)"


@with_history
class Ticket(models.Model):
    """Something that a customer asked for."""

    class Status(models.TextChoices):
        NEW = "new", _("new")
        OPEN = "open", _("open")
        PENDING = "pending", _("waiting for the customer")
        ON_HOLD = "on_hold", _("on hold")
        SOLVED = "solved", _("solved")
        CLOSED = "closed", _("closed")

    class Priority(models.TextChoices):
        LOW = "low", _("low")
        NORMAL = "normal", _("normal")
        HIGH = "high", _("high")
        URGENT = "urgent", _("urgent")

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        INCIDENT = "incident", _("incident")
        PROBLEM = "problem", _("problem")
        TASK = "task", _("task")
        DEFECT = "defect", _("defect")

    class ClosedAs(models.TextChoices):
        SOLVED = "solved", _("solved")
        SPAM = "spam", _("spam")
        ABANDONED = "abandoned", _("abandoned")
        MERGED = "merged", _("merged into another")

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="tickets", verbose_name=_("account")
    )
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("contact"),
    )
    subject = models.CharField(_("subject"), max_length=500)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.QUESTION)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    solved_at = models.DateTimeField(_("solved at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_as = models.CharField(
        _("closed as"), max_length=10, choices=ClosedAs.choices, blank=True
    )
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    team = models.CharField(_("team"), max_length=100, blank=True)
    tags = models.CharField(_("tags"), max_length=500, blank=True)
    assignee_email = models.EmailField(_("assigned to"), blank=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-opened_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="ticket_has_external_id"),
            models.CheckConstraint(condition=~Q(subject=""), name="ticket_has_subject"),
            models.CheckConstraint(
                condition=Q(solved_at=None) | Q(solved_at__gte=F("opened_at")),
                name="ticket_solved_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="ticket_closed_after_opening",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], name="ticket_opened"),
            models.Index(fields=["account", "opened_at"], name="ticket_account_opened"),
        ]
        triggers = marks(
            facts="support",
            when="at",
            inserted=OPENED.format(rows="new_rows"),
            deleted=OPENED.format(rows="old_rows"),
            updated=CHANGED,
        )

    def __str__(self) -> str:
        return f"{self.subject} ({self.external_id})"


@with_history
class TicketEntry(models.Model):
    """A message, a change of status or an assignment."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("message")
        STATUS = "status", _("change of status")
        ASSIGNMENT = "assignment", _("assignment")

    class Author(models.TextChoices):
        AGENT = "agent", _("agent")
        CUSTOMER = "customer", _("customer")
        SYSTEM = "system", _("system")

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="entries", verbose_name=_("ticket")
    )
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    author = models.CharField(_("author"), max_length=10, choices=Author.choices)
    public = models.BooleanField(_("seen by the customer"), default=True)
    status = models.CharField(_("status"), max_length=10, choices=Ticket.Status.choices, blank=True)
    assignee_email = models.EmailField(_("assigned to"), blank=True)
    team = models.CharField(_("team"), max_length=100, blank=True)
    body = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("ticket event")
        verbose_name_plural = _("ticket events")
        ordering = ["ticket", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(external_id=""), name="ticketentry_has_external_id"
            ),
            models.CheckConstraint(
                condition=~Q(kind="status") | ~Q(status=""), name="ticketentry_says_status"
            ),
        ]
        indexes = [models.Index(fields=["ticket", "at"], name="ticketentry_ticket_at")]
        triggers = marks_of(facts="support", when="at", column="at", account=OF_TICKET)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


@with_history
class SlaTarget(models.Model):
    """What is promised for tickets of a priority: in how many minutes they are answered, solved."""

    priority = models.CharField(
        _("priority"), max_length=10, choices=Ticket.Priority.choices, unique=True
    )
    first_response_minutes = models.PositiveIntegerField(
        _("minutes to the first reply"), null=True, blank=True
    )
    resolution_minutes = models.PositiveIntegerField(
        _("minutes to the solution"), null=True, blank=True
    )
    in_business_hours = models.BooleanField(_("only business hours are counted"), default=False)

    class Meta:
        verbose_name = _("promise of support")
        verbose_name_plural = _("promises of support")
        ordering = ["priority"]
        triggers = marks(
            facts="rules",
            inserted=OF_ALL,
            deleted=OF_ALL,
            updated=OF_ALL,
        )

    def __str__(self) -> str:
        return self.get_priority_display()


@with_history
class Incident(models.Model):
    """A stretch of time in which the product did not work."""

    external_id = models.CharField(_("external id"), max_length=200, unique=True)
    title = models.CharField(_("title"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    minutes_down = models.DecimalField(
        _("minutes down"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Empty: all the time from its start to its end."),
    )

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-started_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(external_id=""), name="incident_has_external_id"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="incident_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(minutes_down=None) | Q(minutes_down__gte=0), name="incident_minutes"
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="incident_started")]
        triggers = marks_of(facts="support", when="started_at", column="at", account="NULL::bigint")

    def __str__(self) -> str:
        return f"{self.title or self.external_id} {self.started_at:%Y-%m-%d %H:%M}"
