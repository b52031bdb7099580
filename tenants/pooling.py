"""Refuse to run behind a pooler that gives each transaction another server connection.

The tenant is a setting of the connection. A pooler in transaction mode hands the connection with
that setting to somebody else: most reads then see the wrong tenant.
"""

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import connections


class TransactionPooling(ImproperlyConfigured):
    """The database is reached through a pooler in transaction mode."""


def refuse_transaction_pooling() -> None:
    """Raise TransactionPooling if two connections of ours can meet on one of the server's.

    Says nothing when the database cannot be reached: that has its own, clearer, error.
    """
    if _shares_connections():
        raise TransactionPooling(
            "The database answers through a pooler in transaction mode, which would mix tenants. "
            "Use session mode, or connect without the pooler."
        )


def _shares_connections() -> bool:
    parameters = connections["ledger"].get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    try:
        with (
            psycopg.connect(**parameters, autocommit=True) as one,
            psycopg.connect(**parameters, autocommit=True) as other,
        ):
            return _meet(one, other)
    except psycopg.OperationalError:
        return False


def _meet(one: psycopg.Connection, other: psycopg.Connection) -> bool:
    """While `other` holds the server connection that `one` just used, `one` must keep its own."""
    first = _server_process(one)
    with other.transaction():
        busy = _server_process(other)
        return busy == first or _server_process(one) != first


def _server_process(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return int(row[0]) if row else 0
