"""The database engine.

django-tenants sets the search path before each cursor, but goes on when that fails: a cancelled
`SET` leaves the connection in the previous tenant's schema, and the next statement reads another
tenant's rows. Here the failure is raised. The tenant's role is put on in the same round trip.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper
from django_tenants.postgresql_backend.base import quote_schema_name
from psycopg.pq import TransactionStatus

from tenants.roles import role_of


class DatabaseWrapper(TenantsWrapper):
    """One connection, which always knows whose it is."""

    as_owner = False

    @contextmanager
    def owner(self) -> Iterator[None]:
        """Work as the owner of the schemas: for migrations and for opening tenants, only."""
        before, self.as_owner = self.as_owner, True
        try:
            yield
        finally:
            self.as_owner = before

    def _handle_search_path(self, cursor: Any = None) -> None:
        if not self.schema_name:
            raise ImproperlyConfigured("No schema was chosen for this connection.")
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            # Whatever comes now fails too, unless it is the rollback that must get through.
            return
        # A plain cursor of the driver: what keeps tenants apart is not part of a view's query
        # budget, and no execute wrapper can come between. Any error here is the caller's.
        with self.wrap_database_errors, self.connection.cursor() as raw:
            raw.execute(self._whose())

    def _whose(self) -> bytes:
        path = ",".join(quote_schema_name(name) for name in self._get_cursor_search_paths())
        return f"SET search_path = {path}; {self._role_statement()}".encode()

    def _role_statement(self) -> str:
        if self.as_owner:
            return "RESET ROLE"
        role = role_of(schema=self.schema_name)
        return f"SET ROLE {quote_schema_name(role)}"
