"""A database of an earlier version is brought up to date, and nothing in it is lost.

`upgrade/README.md` says what is in the dump, and how it was made.
"""

import gzip
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from accounts import jobs
from accounts.models import DirtyDay, Import, Job
from csplatform.embedded.binaries import postgres_folder
from metrics.models import Night
from metrics.pipeline import nightly
from tenants import migrating, roles
from tenants.context import as_owner, inside, tenant_connection
from tenants.models import Due
from tests import cast, databases
from tests.tenants.test_migrating import shape
from tests.tenants.test_schema_objects import definitions

DUMP = Path(__file__).parent / "upgrade/b32a086.sql.gz"
TENANTS = ("acme", "globex", "platform", "sample")
SCHEMAS = ("public", "tenant_template", *TENANTS)
# Given out by the tenant `sample`, with the right to write.
KEY = "AOm5bLqM.lkm9Uu5LlLWzrZSeRACriI9gDZT04CpC"
NEXT_DAY = date(2026, 11, 1)  # after the last night of the dump
# What the platform keeps for itself, which says of itself what it is made of.
OF_THE_PRODUCT = {
    ("public", "tenants_schematemplate"),  # the dump of a new tenant's schema
    ("public", "tenants_due"),  # a row for a tenant has become a row for each of its jobs
    # A standard health model that no night has used yet is replaced by the present one.
    ("platform", "metrics_healthmeasure"),
    ("tenant_template", "metrics_healthmeasure"),
    # The names of models, of which some are called otherwise.
    *((schema, "django_content_type") for schema in SCHEMAS),
}
# Columns that are no longer there, each derived from what is; see the tests of jobs.
GONE = {
    **{(schema, "usage_event"): "day" for schema in (*TENANTS, "tenant_template")},
    **{(schema, "accounts_job"): "title" for schema in (*TENANTS, "tenant_template")},
    ("public", "tenants_due"): "kind",
}
# What the same is written as now: the rate of the own currency began with a day of no calendar.
FIRST_RATE = ("0001-01-01", "1900-01-01")
REWRITTEN = {"accounts_rate": FIRST_RATE, "accounts_rateevent": FIRST_RATE}
# Tables and columns that are called otherwise now.
RENAMED = {
    "metrics_accountmeasures": "metrics_accountmetricvalues",
    "metrics_healthmeasure": "metrics_healthfactor",
    "band": "status",
    "cut": "dimension",
    "cut_value": "dimension_value",
}
Rows = dict[tuple[str, str], Counter[str]]
Columns = dict[tuple[str, str], list[str]]
Shape = set[tuple[str, ...]]


@dataclass
class Upgraded:
    """The rows before and after, in the columns that were there before and still are."""

    outcome: migrating.Outcome
    columns: Columns
    before: Rows
    after: Rows
    fresh_shape: Shape
    fresh_definitions: dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def upgraded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Upgraded]:
    with django_db_blocker.unblock():
        fresh = _fresh()
        with _restored(f"cstest_upgrade_{os.getpid()}"):
            columns = _columns()
            for schema in TENANTS:
                with as_owner("public"):
                    roles.ensure_role(schema=schema)
            for (schema, table), column in GONE.items():
                columns[schema, table].remove(column)
            before = _rows(columns, names={})
            outcome = migrating.migrate_all(tell=print)
            yield Upgraded(outcome, columns, before, _rows(columns, names=RENAMED), *fresh)
            tenant_connection().set_schema_to_public()


def _fresh() -> tuple[Shape, dict[tuple[str, str], str]]:
    """What a tenant is made of that this version has opened."""
    with as_owner("acme"):
        return shape("acme"), definitions()


@pytest.fixture
def db(upgraded: Upgraded, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests commit here, one after the other, in their order."""
    with django_db_blocker.unblock():
        yield


@contextmanager
def _restored(name: str) -> Iterator[None]:
    identifier = sql.Identifier(name)
    with databases.maintenance() as home:
        home.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        subprocess.run(
            [postgres_folder() / "psql", "-qX", "-v", "ON_ERROR_STOP=1", databases.url_of(name)],
            input=gzip.decompress(DUMP.read_bytes()),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with databases.using(name):
            yield
    finally:
        with databases.maintenance() as home:
            home.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def _columns() -> Columns:
    """The columns of every table of the schemas, by schema and table."""
    found: Columns = {}
    with connections["ledger"].cursor() as cursor:
        cursor.execute(
            "SELECT c.table_schema, c.table_name, c.column_name"
            " FROM information_schema.columns c JOIN pg_tables t"
            " ON t.schemaname = c.table_schema AND t.tablename = c.table_name"
            " WHERE c.table_schema = ANY(%s)",
            [list(SCHEMAS)],
        )
        for schema, table, column in cursor.fetchall():
            found.setdefault((schema, table), []).append(column)
    return found


def _rows(columns: Columns, *, names: dict[str, str]) -> Rows:
    """How often each row is in each table, in these columns, by what they are called now."""
    found: Rows = {}
    with connections["ledger"].cursor() as cursor:
        for (schema, table), read in columns.items():
            query = sql.SQL("SELECT jsonb_build_array({})::text FROM {}").format(
                sql.SQL(", ").join(sql.Identifier(names.get(name, name)) for name in read),
                sql.Identifier(schema, names.get(table, table)),
            )
            cursor.execute(query)
            was, now = REWRITTEN.get(table, ("", ""))
            found[schema, table] = Counter(row.replace(was, now) for (row,) in cursor.fetchall())
    return found


def test_every_schema_is_migrated_and_the_next_run_finds_nothing_to_do(
    db: None, upgraded: Upgraded
) -> None:
    assert upgraded.outcome == migrating.Outcome(migrated=list(SCHEMAS))
    assert migrating.migrate_all(tell=print) == migrating.Outcome(current=list(SCHEMAS))


def test_no_row_is_lost_or_changed(upgraded: Upgraded) -> None:
    lost = {place: upgraded.before[place] - upgraded.after[place] for place in upgraded.before}
    assert {place for place, rows in lost.items() if rows} <= OF_THE_PRODUCT
    facts = [place for place in upgraded.before if place[0] in ("acme", "sample")]
    filled = {place for place in facts if upgraded.before[place]}
    # Something was there to be lost: in the two tenants together, every table of ours has rows.
    empty = {table for _schema, table in facts} - {table for _schema, table in filled}
    assert empty <= {
        "account_emailconfirmation",
        "auth_group",
        "auth_group_permissions",
        "django_session",
    }


def test_no_row_is_added_but_what_this_version_brings(upgraded: Upgraded) -> None:
    more = {place: upgraded.after[place] - upgraded.before[place] for place in upgraded.before}
    added = {table: rows for (schema, table), rows in more.items() if schema in TENANTS and rows}
    assert set(added) == {
        "auth_permission",
        "django_content_type",
        "django_migrations",
        # Usage is counted once more, by the derived local day.
        "accounts_dirtyday",
        # Who has not shaped the first health model gets the present one as the next version.
        "metrics_healthmodel",
        "metrics_healthmeasure",
    }
    assert (
        upgraded.after["sample", "metrics_healthmodel"]
        == upgraded.before["sample", "metrics_healthmodel"]
    )


@pytest.mark.parametrize("schema", ["acme", "sample", "tenant_template"])
def test_it_becomes_what_a_new_tenant_is(db: None, upgraded: Upgraded, schema: str) -> None:
    with as_owner(schema):
        own = {key: text.replace(f"{schema}.", "acme.") for key, text in definitions().items()}
        assert own == upgraded.fresh_definitions
        assert shape(schema) == upgraded.fresh_shape


def program() -> Client:
    """The holder of a key that was given out before."""
    return Client(headers={"host": "sample.localhost", "authorization": f"Bearer {KEY}"})


def test_people_and_programs_are_let_in_as_before(db: None) -> None:
    browser = Client(headers={"host": "acme.localhost"})
    answer = browser.post("/login/", {"login": cast.ALICE, "password": cast.PASSWORD})
    assert answer.status_code == 302
    assert browser.get("/").status_code == 200
    answer = program().get("/api/v1/accounts/")
    assert (answer.status_code, len(answer.json()["data"])) == (200, 12)


def test_jobs_are_called_as_those_of_today(db: None) -> None:
    with inside("sample"):
        titles = {job.title for job in Job.objects.filter(pk__in=(1, 2))}
    assert titles == {"Undoing of goals.csv", "Undoing of purchases.csv"}


def test_open_jobs_keep_their_turn_and_are_done(db: None) -> None:
    assert set(Due.objects.values_list("tenant__slug", "job")) == {("sample", 1), ("sample", 2)}
    for _turn in range(2):
        jobs.run_next(queue="jobs")
    with inside("sample"):
        done = Job.objects.filter(pk__in=(1, 2)).values_list("pk", "state")
        assert set(done) == {(1, "done"), (2, "done")}
        assert Import.objects.filter(state=Import.State.UNDONE).count() == 2
    assert not Due.objects.filter(job__in=(1, 2)).exists()


def test_the_next_night_runs(db: None) -> None:
    with inside("sample") as tenant:
        nightly.run(tenant=tenant, day=NEXT_DAY, by_hand=True)
        assert Night.objects.filter(day=NEXT_DAY, stale=False).exists()
        assert not DirtyDay.objects.exists()
    figure = program().get("/api/v1/kpis/mrr/?date=2026-11-01&period=day&variant=all")
    assert (figure.status_code, Decimal(figure.json()["value"]) > 0) == (200, True)
