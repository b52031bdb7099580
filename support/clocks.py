"""What the events of tickets come to, worked out once for a transaction that asks many times."""

from collections.abc import Iterator

from django.db import connection

# Each reads those before it.
VIEWS = {
    "support_ticketimage": ("support_ticketimages", ("ticket_id",)),
    "support_ticketstate": ("support_ticketstates", ("ticket_id",)),
    "support_ticketstatus": ("support_ticketstatuses", ("ticket_id",)),
    "support_ticketreply": ("support_ticketreplies", ("ticket_id",)),
    "support_ticketsolving": ("support_ticketsolvings", ("solved_at", "opened_at")),
    "support_ticketclock": ("support_ticketclocks", ("opened_at", "replied_at")),
    "support_openspell": ("support_openspells", ()),
    "support_slatimer": ("support_slatimers", ("due_at",)),
    "support_downtime": ("support_downtimes", ("incident_id",)),
}


def materialise() -> None:
    """Let the rest of this transaction read the clocks of tickets as they are now.

    As for the phases of MRR: until it ends, temporary tables stand for the views.
    """
    with connection.cursor() as cursor:
        for view, (function, columns) in VIEWS.items():
            for statement in _statements(view, function, columns):
                cursor.execute(statement)


def _statements(view: str, function: str, columns: tuple[str, ...]) -> Iterator[str]:
    yield f"CREATE TEMPORARY TABLE {view} ON COMMIT DROP AS SELECT * FROM {function}()"
    for column in columns:
        yield f"CREATE INDEX ON pg_temp.{view} ({column})"
    yield f"ANALYZE pg_temp.{view}"
