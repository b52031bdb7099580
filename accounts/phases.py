"""The phases of MRR, worked out once for a transaction that asks for them many times."""

from django.db import connection

# PostgreSQL looks for a name among the temporary tables first, so until this transaction ends
# every query for phases reads the table: the very rows of the view, of the same snapshot. (A view
# knows what it rests on by number, not by name; a function looks names up.)
TERMS = """
CREATE TEMPORARY TABLE accounts_termphase ON COMMIT DROP AS {terms}
"""
STATEMENTS = (
    "CREATE INDEX ON pg_temp.accounts_termphase (account_id, starts_on)",
    "ANALYZE pg_temp.accounts_termphase",
    "CREATE TEMPORARY TABLE accounts_mrrphase ON COMMIT DROP AS SELECT * FROM accounts_mrrphases()",
    "CREATE INDEX ON pg_temp.accounts_mrrphase (account_id, starts_on)",
    "ANALYZE pg_temp.accounts_mrrphase",
    "CREATE TEMPORARY TABLE accounts_customerspell ON COMMIT DROP AS"
    " SELECT * FROM accounts_customerspells()",
    "CREATE INDEX ON pg_temp.accounts_customerspell (account_id, starts_on)",
    "ANALYZE pg_temp.accounts_customerspell",
)


def work_out_from(terms: str) -> None:
    """Work the terms out by `terms`, a SELECT, in place of the view: its tables are shadowed."""
    with connection.cursor() as cursor:
        cursor.execute(TERMS.replace("{terms}", terms))


def materialise() -> None:
    """Let the rest of this transaction read the phases as they are now.

    Only for a transaction that sees one snapshot and changes no subscription. The view costs
    seconds over a large book, and a night reads it well over a hundred times.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.accounts_termphase') IS NULL")
        if cursor.fetchone()[0]:
            cursor.execute(TERMS.replace("{terms}", "TABLE accounts_termphase"))
        for statement in STATEMENTS:
            cursor.execute(statement)
