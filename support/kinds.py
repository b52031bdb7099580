"""The facts of this floor: tickets, what happened to them, incidents."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.kinds import register
from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import EXTERNAL_ID, account
from accounts.models import Contact
from support.models import Incident, Ticket, TicketEntry

STATUSES = tuple(Ticket.Status.values)


def ends(column: str, *, after: str) -> Rule:
    return Rule(column=column, code="before_start", broken=f"{{{column}}} < {{{after}}}")


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
            longest=200,
            points_to=Contact,
            also=("contact", "contact id", "requester", "requester id", "submitter id"),
        ),
        Column(
            name="subject",
            required=True,
            longest=500,
            also=("title", "summary", "temat", "tytuł", "موضوع", "الموضوع"),
        ),
        Column(name="status", required=True, longest=10, choices=STATUSES, also=("state", "stan")),
        Column(
            name="priority",
            longest=10,
            choices=tuple(Ticket.Priority.values),
            also=("urgency", "severity"),
        ),
        Column(
            name="kind",
            longest=10,
            choices=tuple(Ticket.Kind.values),
            also=("type", "typ"),
        ),
        Column(name="channel", longest=40, also=("via", "source", "origin")),
        Column(
            name="opened_at",
            holds=Type.MOMENT,
            required=True,
            also=(
                *("created at", "created", "date", "opened", "open", "date time opened"),
                *("submitted", "requested", "reported", "utworzono", "data utworzenia"),
            ),
        ),
        Column(
            name="solved_at", holds=Type.MOMENT, also=("resolved at", "solved", "resolution date")
        ),
        Column(name="closed_at", holds=Type.MOMENT, also=("closed", "date time closed", "close")),
        Column(name="closed_as", longest=10, choices=tuple(Ticket.ClosedAs.values)),
        Column(name="merged_into", longest=200, points_to=Ticket, also=("merged",)),
        Column(name="team", longest=100, also=("group", "queue", "department")),
        Column(name="tags", longest=500, also=("labels", "etykiety")),
        Column(
            name="assignee_email",
            holds=Type.EMAIL,
            longest=254,
            also=("assignee", "agent", "assigned to", "owner", "agent email"),
        ),
    ),
    rules=(
        ends("solved_at", after="opened_at"),
        ends("closed_at", after="opened_at"),
        Rule(
            column="contact_external_id",
            code="other_account",
            broken="{contact} IS NOT NULL AND {account} <> (SELECT account_id"
            " FROM accounts_contact person WHERE person.id = {contact})",
        ),
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
            longest=200,
            points_to=Ticket,
            also=("ticket", "ticket id"),
        ),
        Column(name="at", holds=Type.MOMENT, required=True, also=("created at", "time", "date")),
        Column(
            name="kind",
            required=True,
            longest=10,
            choices=tuple(TicketEntry.Kind.values),
            also=("type",),
        ),
        Column(name="author", required=True, longest=10, choices=tuple(TicketEntry.Author.values)),
        Column(name="public", holds=Type.TRUTH, when_empty="true"),
        Column(name="status", longest=10, choices=STATUSES),
        Column(name="assignee_email", holds=Type.EMAIL, longest=254, also=("assignee",)),
        Column(name="team", longest=100, also=("group",)),
        Column(name="body", longest=20000, also=("text", "comment")),
    ),
    rules=(
        Rule(
            column="status",
            code="no_status",
            broken="{kind} = 'status' AND coalesce({status}, '') = ''",
        ),
    ),
)
INCIDENTS = Kind(
    name="incidents",
    label=_("Incidents"),
    model=Incident,
    columns=(
        EXTERNAL_ID,
        Column(name="started_at", holds=Type.MOMENT, required=True, also=("from", "start")),
        Column(name="ended_at", holds=Type.MOMENT, also=("until", "end")),
        Column(name="title", longest=300, also=("name", "summary")),
        Column(name="minutes_down", holds=Type.AMOUNT, also=("minutes", "downtime")),
    ),
    rules=(ends("ended_at", after="started_at"),),
)

register(TICKETS, TICKET_EVENTS, INCIDENTS)
