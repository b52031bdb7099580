"""ANALYZE what was written in bulk, as the owner of the tables: a tenant's role may not.

Until PostgreSQL has looked at a table it plans for a few rows, and its own round (autovacuum) comes
a minute or more after a load. Only committed rows are looked at, never in the transaction that
wrote them: there one user writes.
"""

from django.db import connection, transaction
from psycopg import sql

from tenants.context import as_owner

CHANGED_ROWS = 500  # fewer leave the plans as they are
CHANGED_SHARE = 0.1  # of the rows that the table had when it was last looked at
# What this connection wrote is counted once it is told to count, and before the next statement.
FLUSH = "SELECT pg_stat_force_next_flush()"
CHANGED = """
SELECT changed.relname
FROM pg_stat_all_tables changed JOIN pg_class ON pg_class.oid = changed.relid
WHERE changed.schemaname = %(schema)s AND changed.n_mod_since_analyze >= %(rows)s
  AND changed.n_mod_since_analyze >= %(share)s * pg_class.reltuples
ORDER BY 1
"""


def analyze_after_commit(*, schema_name: str) -> None:
    """Analyze what changed much in a schema once the current transaction, if any, is committed."""
    transaction.on_commit(lambda: _analyze_changed(schema_name=schema_name), robust=True)


def _analyze_changed(*, schema_name: str) -> None:
    with as_owner(schema_name), connection.cursor() as cursor:
        cursor.execute(FLUSH)
        cursor.execute(
            CHANGED, {"schema": schema_name, "rows": CHANGED_ROWS, "share": CHANGED_SHARE}
        )
        tables = [sql.Identifier(schema_name, table) for (table,) in cursor.fetchall()]
        if tables:
            # Somebody else who looks at a table at this moment is as good. As text: what records
            # who made a change reads the statements that pass.
            analyze = sql.SQL("ANALYZE (SKIP_LOCKED) {}").format(sql.SQL(", ").join(tables))
            cursor.execute(analyze.as_string(cursor.connection))
