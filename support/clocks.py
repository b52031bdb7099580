"""What the events of tickets come to, worked out once for a transaction that asks many times."""

from django.db import connection

# As for the phases of MRR: until this transaction ends, temporary tables stand for the views.
STATEMENTS = """
CREATE TEMPORARY TABLE support_ticketclock ON COMMIT DROP AS SELECT * FROM support_ticketclocks();
CREATE INDEX ON pg_temp.support_ticketclock (opened_at);
CREATE INDEX ON pg_temp.support_ticketclock (solved_at);
ANALYZE pg_temp.support_ticketclock;
CREATE TEMPORARY TABLE support_openspell ON COMMIT DROP AS SELECT * FROM support_openspells();
ANALYZE pg_temp.support_openspell;
CREATE TEMPORARY TABLE support_promise ON COMMIT DROP AS SELECT * FROM support_promises();
CREATE INDEX ON pg_temp.support_promise (due_at);
ANALYZE pg_temp.support_promise
"""


def work_out_once() -> None:
    """Let the rest of this transaction read the clocks of tickets as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS)
