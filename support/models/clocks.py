"""What the events of tickets and incidents come to: views. See `support.clocks`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from support.models.facts import Incident, Ticket


class AsKnown(models.Model):
    """A row that holds as long as its ticket said the same of itself: [since, until)."""

    account = models.ForeignKey(Account, models.DO_NOTHING, db_constraint=False, related_name="+")
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"), null=True)
    priority = models.CharField(_("priority"), max_length=10, choices=Ticket.Priority.choices)
    team = models.CharField(_("team"), max_length=100)
    closed_as = models.CharField(_("closed as"), max_length=10, choices=Ticket.ClosedAs.choices)

    class Meta:
        abstract = True


class TicketClock(AsKnown):
    """A ticket with its first reply and the first time that it was solved. A view.

    Seconds leave out the time in which the ticket waited for the customer; `business_…` count
    business hours alone. From `unknown_from` to `unknown_until` it is solved by its status alone.
    """

    pk = models.CompositePrimaryKey("ticket_id", "since")
    ticket = models.ForeignKey(
        Ticket, models.DO_NOTHING, db_constraint=False, related_name="clocks"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Ticket.Kind.choices)
    opened_at = models.DateTimeField(_("opened at"))
    replied_at = models.DateTimeField(_("answered at"), null=True)
    response_seconds = models.DecimalField(_("seconds"), max_digits=20, decimal_places=6, null=True)
    business_response_seconds = models.DecimalField(
        _("seconds"), max_digits=20, decimal_places=6, null=True
    )
    solved_at = models.DateTimeField(_("solved at"), null=True)
    reopened_at = models.DateTimeField(_("opened again at"), null=True)
    soon_reopened_at = models.DateTimeField(_("opened again at"), null=True)
    replies = models.IntegerField(_("replies"))
    handed_over = models.BooleanField(_("handed over"))
    unknown_from = models.DateTimeField(_("from"), null=True)
    unknown_until = models.DateTimeField(_("until"), null=True)

    class Meta:
        managed = False
        db_table = "support_ticketclock"

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class TicketSolving(AsKnown):
    """Each time that a ticket was solved, and when it was opened again. A view.

    `soon_reopened_at` is the first time that the ticket, solved at any time, was opened again
    within the days that the rules allow.
    """

    pk = models.CompositePrimaryKey("ticket_id", "since", "solved_at")
    ticket = models.ForeignKey(
        Ticket, models.DO_NOTHING, db_constraint=False, related_name="solvings"
    )
    opened_at = models.DateTimeField(_("opened at"))
    solved_at = models.DateTimeField(_("solved at"))
    reopened_at = models.DateTimeField(_("opened again at"), null=True)
    previous_solved_at = models.DateTimeField(_("solved at"), null=True)
    next_solved_at = models.DateTimeField(_("solved at"), null=True)
    soon_reopened_at = models.DateTimeField(_("opened again at"), null=True)
    replies = models.IntegerField(_("replies"))
    handed_over = models.BooleanField(_("handed over"))
    resolution_seconds = models.DecimalField(_("seconds"), max_digits=20, decimal_places=6)
    business_resolution_seconds = models.DecimalField(_("seconds"), max_digits=20, decimal_places=6)

    class Meta:
        managed = False
        db_table = "support_ticketsolving"

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.solved_at}"


class OpenSpell(AsKnown):
    """A stretch of time in which a ticket was open: [starts_at, ends_at). A view."""

    pk = models.CompositePrimaryKey("ticket_id", "since", "starts_at")
    ticket = models.ForeignKey(
        Ticket, models.DO_NOTHING, db_constraint=False, related_name="open_spells"
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        managed = False
        db_table = "support_openspell"

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.starts_at}"


class SlaTimer(AsKnown):
    """What was promised for a ticket: when it fell due, and when it was kept. A view."""

    class Kind(models.TextChoices):
        RESPONSE = "response", _("first reply")
        RESOLUTION = "resolution", _("solution")

    pk = models.CompositePrimaryKey("ticket_id", "since", "kind")
    ticket = models.ForeignKey(
        Ticket, models.DO_NOTHING, db_constraint=False, related_name="promises"
    )
    kind = models.CharField(_("promise"), max_length=10, choices=Kind.choices)
    due_at = models.DateTimeField(_("due at"))
    kept_at = models.DateTimeField(_("kept at"), null=True)
    unknown = models.BooleanField()

    class Meta:
        managed = False
        db_table = "support_slatimer"

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"


class Downtime(models.Model):
    """A stretch of an incident, [starts_at, ends_at), and which share of it no other tells."""

    pk = models.CompositePrimaryKey("incident_id", "starts_at")
    incident = models.ForeignKey(
        Incident, models.DO_NOTHING, db_constraint=False, related_name="downtimes"
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)
    share = models.DecimalField(max_digits=60, decimal_places=30)

    class Meta:
        managed = False
        db_table = "support_downtime"

    def __str__(self) -> str:
        return f"{self.incident_id} {self.starts_at}"
