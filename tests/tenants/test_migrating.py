"""Every schema is brought up to date, and only those that are not."""

import re
import threading
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from tenants import locks, migrating
from tenants.context import as_owner
from tenants.opening import open_tenant
from tests.databases import ROOT


def forget_one(schema: str) -> None:
    """As if metrics had never come to this schema."""
    with as_owner(schema), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'metrics'")
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename LIKE 'metrics_%%'",
            [schema],
        )
        tables = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute(f"DROP TABLE {tables} CASCADE")


def of_metrics() -> list[tuple[str, str]]:
    return sorted(one for one in migrating.wanted_migrations() if one[0] == "metrics")


def test_what_is_current_is_passed_over(own_database: str) -> None:
    outcome = migrating.migrate_all(tell=print)
    assert (outcome.migrated, outcome.failed) == ([], {})
    assert {"public", "tenant_template", "acme", "globex", "platform"} == set(outcome.current)


def test_one_that_is_behind_is_migrated_alone(own_database: str) -> None:
    forget_one("globex")
    assert migrating.migrate_all(tell=print).migrated == ["globex"]
    with as_owner("globex"):
        recorder = MigrationRecorder(connection)
        assert set(of_metrics()) <= set(recorder.applied_migrations())


@pytest.mark.long
def test_one_that_fails_is_reported_and_the_next_run_goes_on_with_it(own_database: str) -> None:
    for schema in ("acme", "globex"):
        forget_one(schema)
    with as_owner("acme"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE metrics_healthmodel (in_the_way integer)")
    outcome = migrating.migrate_all(tell=print)
    assert outcome.migrated == ["globex"]
    assert list(outcome.failed) == ["acme"]
    with as_owner("acme"), connection.cursor() as cursor:
        cursor.execute("DROP TABLE metrics_healthmodel")
    assert migrating.migrate_all(tell=print).migrated == ["acme"]


@pytest.mark.long
def test_whatever_a_migration_raises_the_others_go_on(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration is somebody's Python: here one that stumbles over Acme's data alone."""
    for schema in ("acme", "globex"):
        forget_one(schema)
    name = sorted(name for _app, name in of_metrics())[-1]
    migration = import_module(f"metrics.migrations.{name}").Migration

    def stumble(apps: Any, editor: Any) -> None:
        if editor.connection.schema_name == "acme":
            raise KeyError("odd")

    operations = [RunPython(stumble), *migration.operations]
    with monkeypatch.context() as patched:
        patched.setattr(migration, "operations", operations)
        outcome = migrating.migrate_all(tell=print)
    assert (outcome.migrated, outcome.failed) == (["globex"], {"acme": "'odd'"})
    assert migrating.migrate_all(tell=print).migrated == ["acme"]


def test_what_is_behind_is_found_in_one_statement_about_migrations(own_database: str) -> None:
    forget_one("globex")
    schemas = ["public", "tenant_template", "acme", "globex", "platform", "not_there"]
    with as_owner("public"), CaptureQueriesContext(connection) as queries:
        applied = migrating.applied_migrations(schemas=schemas)
    assert sum("django_migrations" in query["sql"] for query in queries) == 2  # and where one is
    wanted = migrating.wanted_migrations()
    missing = {schema: sorted(wanted - applied[schema]) for schema in schemas}
    assert missing.pop("not_there") == sorted(wanted)
    assert missing.pop("globex") == of_metrics()
    assert set(map(tuple, missing.values())) == {()}


@pytest.mark.long
def test_looking_costs_the_same_for_two_tenants_and_for_twenty(own_database: str) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            migrating.migrate_all(tell=print)
        return len(queries)

    few = statements()
    for number in range(18):
        open_tenant(slug=f"more-{number}", name="More")
    assert statements() == few


@pytest.mark.long
def test_the_second_of_two_runs_waits_and_finds_nothing_to_do(own_database: str) -> None:
    forget_one("globex")
    outcomes: list[migrating.Outcome] = []

    def second() -> None:
        outcomes.append(migrating.migrate_all(tell=print))
        connections["default"].close()

    with locks.held(purpose=migrating.MIGRATION, using="ledger"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(1)
        assert outcomes == []
    thread.join(30)
    assert outcomes[0].migrated == ["globex"]
    connections["ledger"].close()


@pytest.mark.long
@pytest.mark.django_db
def test_what_a_new_database_gets_can_be_distributed() -> None:
    """One statement at a time, no column together with a check, and identities are bigint."""
    statements: list[str] = []
    for schema in ("public", "acme"):
        with as_owner(schema):
            loader = MigrationLoader(connection)
            ours = [key for key in loader.graph.nodes if (ROOT / key[0] / "migrations").is_dir()]
            for key in ours:
                statements += loader.collect_sql([(loader.graph.nodes[key], False)])
    statements = [one for one in statements if not one.startswith("--")]
    assert len([one for one in statements if one.startswith("CREATE TABLE")]) > 60
    assert [one for one in statements if one.rstrip().rstrip(";").count(";")] == []
    assert [one for one in statements if "ADD COLUMN" in one and "CHECK" in one] == []
    identities = re.findall(r"(\w+) NOT NULL PRIMARY KEY GENERATED", " ".join(statements))
    assert set(identities) == {"bigint"}


@pytest.mark.long
@pytest.mark.django_db
def test_a_schema_made_from_the_template_is_like_one_that_was_migrated() -> None:
    """The same tables, columns, constraints, views and triggers."""
    with as_owner("public"):
        migrating.prepare_schema(schema="slowly_made")
        migrating.migrate_schema(schema="slowly_made")
        assert shape("slowly_made") == shape("acme")


def shape(schema: str) -> set[tuple[str, ...]]:
    query = """
        SELECT 'column', table_name, column_name, data_type || is_nullable
          FROM information_schema.columns WHERE table_schema = %(schema)s
        UNION ALL
        SELECT 'constraint', rel.relname, con.conname, con.contype::text
          FROM pg_constraint con JOIN pg_class rel ON rel.oid = con.conrelid
         WHERE rel.relnamespace = %(schema)s::regnamespace
        UNION ALL
        SELECT 'trigger', rel.relname, trg.tgname, ''
          FROM pg_trigger trg JOIN pg_class rel ON rel.oid = trg.tgrelid
         WHERE rel.relnamespace = %(schema)s::regnamespace AND NOT trg.tgisinternal
        UNION ALL
        SELECT 'index', tablename, indexname, '' FROM pg_indexes WHERE schemaname = %(schema)s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"schema": schema})
        return set(cursor.fetchall())
