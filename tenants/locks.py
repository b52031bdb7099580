"""Advisory locks, spelled once: each is of a schema and a purpose.

PostgreSQL knows them by a number, which is made of both names; it lets go of a lock by itself when
the transaction or the connection that holds it ends, so a killed process blocks nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from tenants.names import PUBLIC

LOCK = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
LOCK_IN_TRANSACTION = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def name_of(*, purpose: str, schema_name: str = PUBLIC) -> str:
    """Return the name of a lock, which its number is made of."""
    return f"{schema_name} {purpose}"


def lock_in_transaction(*, purpose: str, schema_name: str = PUBLIC, using: str = "default") -> None:
    """Wait for a lock and hold it until the current transaction ends."""
    with connections[using].cursor() as cursor:
        cursor.execute(LOCK_IN_TRANSACTION, [name_of(purpose=purpose, schema_name=schema_name)])


@contextmanager
def held(*, purpose: str, schema_name: str = PUBLIC, using: str = "default") -> Iterator[None]:
    """Wait for a lock and hold it inside of the block, over any number of transactions."""
    connection, name = connections[using], name_of(purpose=purpose, schema_name=schema_name)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [name])
    try:
        yield
    finally:
        if connection.is_usable():  # with a lost connection the lock is gone already
            with connection.cursor() as cursor:
                cursor.execute(UNLOCK, [name])
