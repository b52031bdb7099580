from support.models.clocks import Downtime, OpenSpell, SlaTimer, TicketClock, TicketSolving
from support.models.facts import Incident, SlaTarget, Ticket, TicketEntry

__all__ = [
    "Downtime",
    "Incident",
    "OpenSpell",
    "SlaTarget",
    "SlaTimer",
    "Ticket",
    "TicketClock",
    "TicketEntry",
    "TicketSolving",
]
