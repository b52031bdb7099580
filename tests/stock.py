"""What a `SET` that fails does, to our backend and to the one that it is built on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django_tenants.postgresql_backend.base import DatabaseWrapper as StockWrapper


def stock_connection() -> Any:
    """A connection of django-tenants' own backend to the database of this test."""
    settings = connections["default"].settings_dict | {"CONN_HEALTH_CHECKS": False}
    return StockWrapper(settings, alias="default")


def name_of_account(connection: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_account WHERE id = 1")
        return str(cursor.fetchone()[0])


@contextmanager
def sets_are_cancelled(connection: Any) -> Iterator[None]:
    """The server cancels each statement that sets the schema, and no other.

    The statement is sent with a request to cancel itself: what it answers is its own.
    """
    connection.ensure_connection()
    driver = connection.connection
    factory = driver.cursor_factory

    class Cancelled(factory):  # type: ignore[misc, valid-type]  # whichever Django chose
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            text = query.decode() if isinstance(query, bytes) else str(query)
            if text.startswith("SET search_path"):
                query = f"RESET ROLE; SELECT pg_cancel_backend(pg_backend_pid()); {text}"
            return super().execute(query, *args, **options)

    driver.cursor_factory = Cancelled
    try:
        yield
    finally:
        driver.cursor_factory = factory
