"""The database engine.

django-tenants sets the search path before each cursor, but goes on when that fails: a cancelled
`SET` leaves the connection in the previous tenant's schema, and the next statement reads another
tenant's rows. Here the failure is raised. The tenant's role is put on in the same round trip, so
that the server takes on both or neither.

What was set is not remembered, for a rollback undoes it. From PostgreSQL 18 on the server tells
each change of the search path: while the last one that it told is the one that is wanted, nothing
is sent. A mark in the path, a schema that is not there, makes it this connection's and this role's.
See docs/decisions/0016.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper
from django_tenants.postgresql_backend.base import quote_schema_name
from psycopg.pq import TransactionStatus

from tenants.roles import role_of

if TYPE_CHECKING:
    from tenants.models import Tenant


class StrayCursor(RuntimeError):
    """A cursor that was opened for one tenant was used after the connection went to another."""


class DatabaseWrapper(TenantsWrapper):
    """One connection, which always knows whose it is."""

    as_owner = False
    times_changed = 0
    mark = ""
    _confirmed: tuple[int, bool, str] | None = None  # the change, for the owner, the path as told
    tenant: "Tenant"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(refuse_stray_cursor)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        # A pooler may tell a new connection what the last one has set.
        self.mark, self._confirmed = secrets.token_hex(8), None
        return super().get_new_connection(conn_params)

    def set_tenant(self, tenant: object, include_public: bool = True) -> None:
        self.times_changed += 1
        super().set_tenant(tenant, include_public)

    def _cursor(self, name: str | None = None) -> Any:
        cursor = super()._cursor(name)
        cursor.opened_at = self.times_changed
        return cursor

    @contextmanager
    def owner(self) -> Iterator[None]:
        """Work as the owner of the schemas: for migrations and for opening tenants, only."""
        before, self.as_owner = self.as_owner, True
        try:
            yield
        finally:
            self.as_owner = before

    def _handle_search_path(self, cursor: object = None) -> None:
        if not self.schema_name:
            raise ImproperlyConfigured("No schema was chosen for this connection.")
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            # Whatever comes now fails too, unless it is the rollback that must get through.
            return
        if self._confirmed == (self.times_changed, self.as_owner, self._told_path()):
            return
        # A plain cursor of the driver: what keeps tenants apart is not part of a view's query
        # budget, and no execute wrapper can come between. Any error here is the caller's.
        with self.wrap_database_errors, self.connection.cursor() as raw:
            raw.execute(self._whose())
        told = self._told_path()
        if self.mark in told:
            self._confirmed = (self.times_changed, self.as_owner, told)

    def _told_path(self) -> str:
        """The search path as the server last told it; nothing from one that does not."""
        return self.connection.info.parameter_status("search_path") or ""

    def _whose(self) -> bytes:
        mark = f"{'owner' if self.as_owner else 'role'}-{self.mark}"
        path = ",".join(map(quote_schema_name, [*self._get_cursor_search_paths(), mark]))
        return f"SET search_path = {path}; {self._role_statement()}".encode()

    def _role_statement(self) -> str:
        if self.as_owner:
            return "RESET ROLE"
        role = role_of(schema=self.schema_name)
        return f"SET ROLE {quote_schema_name(role)}"


def refuse_stray_cursor(
    execute: Callable[..., object], sql: str, params: object, many: bool, context: dict[str, Any]
) -> object:
    """The schema is set when a cursor is opened: an older one would read whatever is set now."""
    if context["cursor"].opened_at != context["connection"].times_changed:
        raise StrayCursor("Open a cursor anew after the tenant was changed.")
    return execute(sql, params, many, context)
