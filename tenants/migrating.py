"""Bring every schema up to date, and only those that are not.

The state of all schemas is read in one query from their own migration tables, so that a run with
nothing to do takes moments with hundreds of tenants. A schema is migrated, and its views,
functions and triggers are created anew, in one transaction: one that fails is reported and left
as it was; the others are migrated, and the next run goes on where this one stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateOneSchema
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tenants import locks, roles, schema_objects, template
from tenants.context import as_owner
from tenants.models import Tenant
from tenants.names import PUBLIC, TEMPLATE

Migration = tuple[str, str]
MIGRATION = "migration"  # the lock that a run holds


@dataclass
class Outcome:
    """What one run did."""

    migrated: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def migrate_all(*, tell: Callable[[str], None]) -> Outcome:
    """Migrate the public schema first, then the template and every tenant that needs it.

    Of two that are started together, the second waits, and finds nothing left to do.
    """
    with as_owner(PUBLIC), locks.held(purpose=MIGRATION):
        return _migrate_all(tell=tell)


def _migrate_all(*, tell: Callable[[str], None]) -> Outcome:
    outcome = Outcome()
    wanted = wanted_migrations()
    with as_owner(PUBLIC):
        for schema in (PUBLIC, TEMPLATE):
            prepare_schema(schema=schema)
        applied = applied_migrations(schemas=[PUBLIC, TEMPLATE])
    for schema in (PUBLIC, TEMPLATE):
        _migrate(schema=schema, missing=wanted - applied[schema], outcome=outcome, tell=tell)
    if outcome.failed:
        return outcome
    template.remember(fingerprint=template.fingerprint(migrations=wanted))
    schemas = list(Tenant.objects.order_by("schema_name").values_list("schema_name", flat=True))
    with as_owner(PUBLIC):
        applied = applied_migrations(schemas=schemas)
    for schema in schemas:
        _migrate(schema=schema, missing=wanted - applied[schema], outcome=outcome, tell=tell)
    return outcome


def prepare_schema(*, schema: str) -> None:
    """Make sure that a schema and its role exist."""
    roles.ensure_role(schema=schema)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))


def migrate_schema(*, schema: str, missing: frozenset[Migration] | None = None) -> None:
    """Apply what is missing (by default whatever is) in one schema, all of it or nothing.

    Its role is given the new tables.
    """
    with as_owner(schema), transaction.atomic():
        _check_references_at_once()
        schema_objects.drop_outdated(schema=schema)
        if missing is None or any(app != schema_objects.RECORDED_AS for app, _name in missing):
            call_command(MigrateOneSchema(), database="default", interactive=False, verbosity=0)
        schema_objects.create(schema=schema)
        roles.grant_schema(schema=schema)


def _check_references_at_once() -> None:
    """Let no reference wait for the commit to be checked: its table could not be altered."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def wanted_migrations() -> frozenset[Migration]:
    """Every migration that the code knows, and the objects that are created after them."""
    objects = (schema_objects.RECORDED_AS, schema_objects.fingerprint())
    return frozenset(MigrationLoader(None).graph.nodes) | {objects}


def applied_migrations(*, schemas: list[str]) -> dict[str, frozenset[Migration]]:
    """What each schema has behind it, read from all of them in one statement."""
    having = _with_migration_table(schemas=schemas)
    applied: dict[str, set[Migration]] = {schema: set() for schema in schemas}
    if having:
        one = sql.SQL("SELECT {name}, app, name FROM {schema}.django_migrations")
        parts = [one.format(name=s, schema=sql.Identifier(s)) for s in having]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ALL ").join(parts))
            for schema, app, name in cursor.fetchall():
                applied[schema].add((app, name))
    return {schema: frozenset(found) for schema, found in applied.items()}


def _with_migration_table(*, schemas: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname FROM pg_tables"
            " WHERE tablename = 'django_migrations' AND schemaname = ANY(%s)",
            [schemas],
        )
        return [row[0] for row in cursor.fetchall()]


def _migrate(
    *,
    schema: str,
    missing: frozenset[Migration],
    outcome: Outcome,
    tell: Callable[[str], None],
) -> None:
    if not missing:
        outcome.current.append(schema)
        return
    try:
        migrate_schema(schema=schema, missing=missing)
    except Exception as problem:  # a migration may raise anything, and the others must go on
        outcome.failed[schema] = str(problem).strip() or type(problem).__name__
        tell(f"{schema}: failed: {outcome.failed[schema]}")
    else:
        outcome.migrated.append(schema)
        tell(f"{schema}: migrated")
