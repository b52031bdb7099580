"""The facts of this floor: tickets, what happened to them, incidents."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.kinds import register
from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import CONTACT_OF_ACCOUNT, EXTERNAL_ID, account
from accounts.models import Contact
from support.models import Incident, Ticket, TicketEntry

STATUSES = tuple(Ticket.Status.values)


def ends(column: str, *, after: str) -> Rule:
    return Rule(column=column, code="before_start", violated_when=f"{{{column}}} < {{{after}}}")


TICKETS = Kind(
    name="tickets",
    label=_("Tickets"),
    model=Ticket,
    columns=(
        EXTERNAL_ID,
        account(required=True),
        Column(
            name="contact_external_id",
            field="contact",
            max_length=200,
            references=Contact,
            aliases=("contact", "contact id", "requester", "requester id", "submitter id"),
        ),
        Column(
            name="subject",
            required=True,
            max_length=500,
            aliases=("title", "summary", "temat", "tytuł", "موضوع", "الموضوع"),
        ),
        Column(
            name="status", required=True, max_length=10, choices=STATUSES, aliases=("state", "stan")
        ),
        Column(
            name="priority",
            max_length=10,
            choices=tuple(Ticket.Priority.values),
            aliases=("urgency", "severity"),
        ),
        Column(
            name="kind",
            max_length=10,
            choices=tuple(Ticket.Kind.values),
            aliases=("type", "typ"),
        ),
        Column(name="channel", max_length=40, aliases=("via", "source", "origin")),
        Column(
            name="opened_at",
            type=Type.MOMENT,
            required=True,
            aliases=(
                *("created at", "created", "date", "opened", "open", "date time opened"),
                *("submitted", "requested", "reported", "utworzono", "data utworzenia"),
            ),
        ),
        Column(
            name="solved_at", type=Type.MOMENT, aliases=("resolved at", "solved", "resolution date")
        ),
        Column(name="closed_at", type=Type.MOMENT, aliases=("closed", "date time closed", "close")),
        Column(name="closed_as", max_length=10, choices=tuple(Ticket.ClosedAs.values)),
        Column(name="merged_into", max_length=200, references=Ticket, aliases=("merged",)),
        Column(name="team", max_length=100, aliases=("group", "queue", "department")),
        Column(name="tags", max_length=500, aliases=("labels", "etykiety")),
        Column(
            name="assignee_email",
            type=Type.EMAIL,
            max_length=254,
            aliases=("assignee", "agent", "assigned to", "owner", "agent email"),
        ),
    ),
    rules=(
        ends("solved_at", after="opened_at"),
        ends("closed_at", after="opened_at"),
        CONTACT_OF_ACCOUNT,
    ),
)
TICKET_EVENTS = Kind(
    name="ticket_events",
    label=_("Ticket events"),
    model=TicketEntry,
    columns=(
        EXTERNAL_ID,
        Column(
            name="ticket_external_id",
            field="ticket",
            required=True,
            max_length=200,
            references=Ticket,
            aliases=("ticket", "ticket id"),
        ),
        Column(name="at", type=Type.MOMENT, required=True, aliases=("created at", "time", "date")),
        Column(
            name="kind",
            required=True,
            max_length=10,
            choices=tuple(TicketEntry.Kind.values),
            aliases=("type",),
        ),
        Column(
            name="author", required=True, max_length=10, choices=tuple(TicketEntry.Author.values)
        ),
        Column(name="public", type=Type.TRUTH, when_empty="true"),
        Column(name="status", max_length=10, choices=STATUSES),
        Column(name="assignee_email", type=Type.EMAIL, max_length=254, aliases=("assignee",)),
        Column(name="team", max_length=100, aliases=("group",)),
        Column(name="body", max_length=20000, aliases=("text", "comment")),
    ),
    rules=(
        Rule(
            column="status",
            code="no_status",
            violated_when="{kind} = 'status' AND coalesce({status}, '') = ''",
        ),
    ),
)
INCIDENTS = Kind(
    name="incidents",
    label=_("Incidents"),
    model=Incident,
    columns=(
        EXTERNAL_ID,
        Column(name="started_at", type=Type.MOMENT, required=True, aliases=("from", "start")),
        Column(name="ended_at", type=Type.MOMENT, aliases=("until", "end")),
        Column(name="title", max_length=300, aliases=("name", "summary")),
        Column(name="minutes_down", type=Type.AMOUNT, aliases=("minutes", "downtime")),
    ),
    rules=(ends("ended_at", after="started_at"),),
)

register(TICKETS, TICKET_EVENTS, INCIDENTS)
