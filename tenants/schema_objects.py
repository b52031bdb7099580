"""Views, functions and triggers of a schema: made from what the code says now, after migrations.

An app declares its own in `sql_objects` of its configuration, in the order in which they rest on
each other; `<app>/sql/<name>.sql` holds the statement that creates each. Triggers that models
declare are built in `tenants.triggers`. A row in `django_migrations` says by a fingerprint which
of them a schema has, so that whoever looks for schemas that are behind finds these as well.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tenants import triggers
from tenants.names import PUBLIC

RECORDED_AS = "schema_objects"

# Functions of extensions and libraries do not begin with the name of an app.
FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = current_schema()::regnamespace AND p.proname ~ %s
"""
VIEWS = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v'
"""
TRIGGERS = """
SELECT quote_ident(t.tgname), t.tgrelid::regclass::text
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.pronamespace = current_schema()::regnamespace AND p.proname ~ %s AND NOT t.tgisinternal
"""


def statements(*, schema: str) -> Iterator[str]:
    """Yield the statements that create the objects of a schema, in their order."""
    for config in _apps_of(schema):
        for name in getattr(config, "sql_objects", ()):
            yield (Path(config.path) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


@cache
def fingerprint() -> str:
    """Hash what every schema gets, those of the public schema included."""
    digest = sha256()
    for schema in (PUBLIC, ""):
        for statement in statements(schema=schema):
            digest.update(statement.encode())
        for trigger in triggers.declared(apps=_apps_of(schema)):
            digest.update(trigger.fingerprint.encode())
    return digest.hexdigest()


def drop_outdated(*, schema: str) -> None:
    """Make way for migrations: drop all but the declared triggers that are as they should be.

    A view would keep the columns that it shows from being altered, and a trigger that writes
    down a table's former columns would fail.
    """
    names = "|".join(one.label for one in _apps_of(schema) if hasattr(one, "sql_objects"))
    if names:
        _drop_triggers(of_functions=f"^({names})_")
        _drop(kind="VIEW", query=VIEWS)
        _drop(kind="FUNCTION", query=FUNCTIONS, parameters=[f"^({names})_"])
    triggers.drop_outdated(wanted=triggers.declared(apps=_apps_of(schema)))


def create(*, schema: str) -> None:
    """Create whatever `drop_outdated` dropped or what is new, and record the fingerprint."""
    drop_outdated(schema=schema)
    if schema == PUBLIC:
        triggers.create_ignore()
    with connection.cursor() as cursor:
        for statement in statements(schema=schema):
            cursor.execute(statement)
    triggers.create_missing(wanted=triggers.declared(apps=_apps_of(schema)))
    recorded = MigrationRecorder(connection).migration_qs
    recorded.filter(app=RECORDED_AS).delete()
    recorded.create(app=RECORDED_AS, name=fingerprint())


def _drop_triggers(*, of_functions: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [of_functions])
        for name, table in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name} ON {table}")


def _drop(*, kind: str, query: str, parameters: list[str] | None = None) -> None:
    """Drop what the query lists, in one statement: they rest on each other."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found = ", ".join(name for (name,) in cursor.fetchall())
        if found:
            cursor.execute(f"DROP {kind} {found}")


def _apps_of(schema: str) -> list[AppConfig]:
    names = settings.SHARED_APPS if schema == PUBLIC else settings.TENANT_APPS
    configs = {config.name: config for config in apps.get_app_configs()}
    return [configs[name] for name in names if name in configs]
