from support.models.clocks import Downtime, OpenSpell, Promise, TicketClock, TicketSolving
from support.models.facts import Incident, SlaTarget, Ticket, TicketEntry

__all__ = [
    "Downtime",
    "Incident",
    "OpenSpell",
    "Promise",
    "SlaTarget",
    "Ticket",
    "TicketClock",
    "TicketEntry",
    "TicketSolving",
]
