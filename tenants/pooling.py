"""Refuse to run behind a pooler that gives each transaction another server connection.

The tenant is a setting of the connection. A pooler in transaction mode hands the connection with
that setting to somebody else: most reads then see the wrong tenant.
"""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from psycopg import pq

from tenants.typing import Options

PATIENCE = 3.0  # seconds for each answer: a pooler without a free connection keeps one waiting
# So many connections are held while looking for a meeting. A pooler that takes turns could keep
# that many idle ones apart from the first; by default it hands out the one that was used last.
OTHERS = 10
WHO = b"SELECT pg_backend_pid(), coalesce(inet_client_port(), 0)"


class TransactionPooling(ImproperlyConfigured):
    """The database is reached through a pooler in transaction mode."""


def refuse_transaction_pooling() -> None:
    """Raise TransactionPooling if a connection of ours may lose its server connection to another.

    Says nothing when the database cannot be reached: that has its own, clearer, error.
    """
    with ExitStack() as stack:
        try:
            one = stack.enter_context(_connected())
        except psycopg.OperationalError:
            return
        if not _is_direct(one) and _can_lose_its_own(one):
            raise TransactionPooling(
                "The database answers through a pooler in transaction mode, which would mix "
                "tenants, or through one with no connection to spare. "
                "Use session mode, or connect without the pooler."
            )


@contextmanager
def _connected() -> Iterator[psycopg.Connection]:
    parameters: Options = connections["ledger"].get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    parameters["connect_timeout"] = int(PATIENCE)
    connection = psycopg.connect(**parameters, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


class _Refused(RuntimeError):
    """The server, or what stands before it, answered no."""


class _Late(_Refused):
    """It did not answer in time."""


def _is_direct(connection: psycopg.Connection) -> bool:
    """Whether the server sees the very port that we speak from: nothing stands between."""
    try:
        _, seen = _ask(connection, WHO)
    except _Refused:
        return False
    with socket.socket(fileno=socket.dup(connection.fileno())) as ours:
        name = ours.getsockname()
    return isinstance(name, tuple) and name[1] == seen


def _can_lose_its_own(one: psycopg.Connection) -> bool:
    """While others hold a transaction each, `one` must keep the server connection that it used.

    A connection of one's own answers at once: who has to wait for it does not own it.
    """
    try:
        own, _ = _ask(one, WHO)
        with ExitStack() as others:
            for _number in range(OTHERS):
                taken = _taken_by_another(others)
                if taken == own or _ask(one, WHO)[0] != own:
                    return True
                if taken is None:
                    return False
    except _Refused:
        return True
    return False


def _taken_by_another(others: ExitStack) -> int | None:
    """The server connection that one more transaction holds; None when there are no more."""
    try:
        return _ask(others.enter_context(_connected()), b"BEGIN; " + WHO)[0]
    except (_Late, psycopg.OperationalError):
        return None


def _ask(connection: psycopg.Connection, statements: bytes) -> tuple[int, ...]:
    """The one row of the last of `statements`, which must come within PATIENCE.

    The driver waits for ever, and PostgreSQL's own timeouts do not run in a pooler's queue.
    """
    raw = connection.pgconn
    try:
        raw.send_query(statements)
        raw.flush()
        last = _result(raw, until=time.monotonic() + PATIENCE)
    except psycopg.OperationalError as problem:
        raise _Refused(str(problem)) from problem
    if last is None or last.status != pq.ExecStatus.TUPLES_OK:
        raise _Refused("no rows")
    return tuple(int(last.get_value(0, column) or 0) for column in range(last.nfields))


def _result(raw: pq.abc.PGconn, *, until: float) -> pq.abc.PGresult | None:
    """The last result before the server is ready again."""
    last = None
    while True:
        while raw.is_busy():
            if not select.select([raw.socket], [], [], max(0.0, until - time.monotonic()))[0]:
                raise _Late("nothing in time")
            raw.consume_input()
        result = raw.get_result()
        if result is None:
            return last
        last = result
