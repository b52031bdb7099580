"""Views, functions and triggers of a schema are what the files and the models say, no more."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from tenants import migrating, schema_objects, triggers
from tenants.context import as_owner

CREATES = re.compile(r"(?:--.*\n)*CREATE (?:VIEW|FUNCTION|TRIGGER) (?P<name>\w+)", re.MULTILINE)
DEFINITIONS = """
SELECT 'view', c.relname, pg_get_viewdef(c.oid) FROM pg_class c
 WHERE c.relkind = 'v' AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
 WHERE p.pronamespace = current_schema()::regnamespace
UNION ALL
SELECT 'trigger', t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""


def definitions() -> dict[tuple[str, str], str]:
    """What the current schema has, as PostgreSQL tells it."""
    with connection.cursor() as cursor:
        cursor.execute(DEFINITIONS)
        return {(kind, name): text for kind, name, text in cursor.fetchall()}


def declared() -> list[tuple[Path, str]]:
    return [
        (Path(config.path), name)
        for config in apps.get_app_configs()
        for name in getattr(config, "sql_objects", ())
    ]


@pytest.mark.django_db
def test_a_tenant_has_exactly_what_the_files_and_the_models_say() -> None:
    with as_owner("acme"):
        before = definitions()
        triggers.drop_outdated(wanted=[])
        schema_objects.create(schema="acme")
        assert definitions() == before
        assert len([kind for kind, _name in before if kind == "view"]) == 13
        assert len([kind for kind, _name in before if kind == "trigger"]) > 100


def test_each_file_is_declared_and_creates_the_one_object_of_its_name() -> None:
    files = set(Path(settings.BASE_DIR).glob("*/sql/*.sql"))
    assert files == {folder / "sql" / f"{name}.sql" for folder, name in declared()}
    for path in files:
        found = [match["name"] for match in CREATES.finditer(path.read_text())]
        assert found == [path.stem]


@pytest.mark.django_db
def test_a_declared_trigger_that_is_as_it_should_be_is_left_alone() -> None:
    query = "SELECT tgname, oid FROM pg_trigger WHERE tgrelid = 'accounts_contact'::regclass"
    with as_owner("acme"), connection.cursor() as cursor:
        cursor.execute(query)
        before = cursor.fetchall()
        schema_objects.create(schema="acme")
        cursor.execute(query)
        assert cursor.fetchall() == before


def test_a_schema_with_others_is_behind_and_gets_those_of_the_code(own_database: str) -> None:
    with as_owner("globex"):
        before = definitions()
        with connection.cursor() as cursor:
            cursor.execute("CREATE VIEW accounts_former AS SELECT * FROM accounts_mrrphase")
            cursor.execute("CREATE FUNCTION accounts_former() RETURNS int RETURN 1")
            cursor.execute(
                "CREATE OR REPLACE VIEW accounts_mrrphase AS SELECT NULL::bigint AS "
                "subscription_id, NULL::bigint AS account_id, NULL::date AS starts_on, "
                "NULL::date AS ends_on, ''::text AS plan, NULL::numeric AS mrr"
            )
            cursor.execute(
                "UPDATE django_migrations SET name = 'former' WHERE app = %s",
                [schema_objects.RECORDED_AS],
            )
        assert definitions() != before
    assert migrating.migrate_all(tell=print).migrated == ["globex"]
    with as_owner("globex"):
        assert definitions() == before
    assert migrating.migrate_all(tell=print).migrated == []


def test_no_migration_carries_a_copy() -> None:
    pattern = re.compile(r"CREATE (OR REPLACE )?(VIEW|FUNCTION|TRIGGER)|AddTrigger\(")
    texts = {path: path.read_text() for path in Path(settings.BASE_DIR).glob("*/migrations/*.py")}
    assert [path for path, text in texts.items() if pattern.search(text)] == []
