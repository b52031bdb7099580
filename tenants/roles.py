"""The second wall: a database role per tenant that can touch nothing but its own schema.

The application logs in as the owner and puts on a tenant's role with its schema
(`tenants.backend`). Wrong code then gets "permission denied" where it would have got rows.
"""

from contextlib import suppress
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from psycopg import sql

from tenants import locks
from tenants.names import PUBLIC

# A tenant's code reads nothing of the public schema, the public role nothing of a tenant's.
TABLE_RIGHTS = sql.SQL("SELECT, INSERT, UPDATE, DELETE")
SEQUENCE_RIGHTS = sql.SQL("USAGE, SELECT")
GRANTS = (
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT {rows} ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT {numbers} ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
)
DEFAULT_GRANTS = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rows} ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {numbers} ON SEQUENCES TO {role}",
)


def role_of(*, schema: str) -> str:
    """The role of a schema. Roles belong to the whole server, so they begin with a prefix."""
    name = f"{settings.TENANT_ROLE_PREFIX}_t_{schema}"
    # PostgreSQL cuts names at 63 bytes; two long ones must not become one.
    return name if len(name) <= 63 else f"{name[:46]}_{sha256(name.encode()).hexdigest()[:16]}"


def ensure_role(*, schema: str) -> None:
    """Create the role of a schema, once, and let the application's login put it on."""
    role = sql.Identifier(role_of(schema=schema))
    # Two tenants opened at once must not both create.
    locks.lock_in_transaction(purpose="create role")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role_of(schema=schema)])
        if cursor.fetchone() is None:
            # The lock reaches no further than this database, a role belongs to the whole server:
            # one that another database creates at this moment is as good.
            with suppress(IntegrityError), transaction.atomic():
                cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(role))
        # NOINHERIT on the login means: no right of the tenant's without SET ROLE.
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))


def grant_schema(*, schema: str) -> None:
    """Give a schema's role the rows of its tables, now and of tables that come later."""
    _grant(GRANTS + DEFAULT_GRANTS, schema=schema, role=role_of(schema=schema))


def grant_public_to(*, schema: str) -> None:
    """Operators, who live in the platform's schema, look after the public tables."""
    _grant(GRANTS, schema=PUBLIC, role=role_of(schema=schema))


def _grant(statements: tuple[str, ...], *, schema: str, role: str) -> None:
    words = {
        "schema": sql.Identifier(schema),
        "role": sql.Identifier(role),
        "rows": TABLE_RIGHTS,
        "numbers": SEQUENCE_RIGHTS,
    }
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(**words))
