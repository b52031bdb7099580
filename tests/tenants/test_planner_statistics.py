"""What was written in bulk is analyzed once it is committed, by the owner and nobody else."""

from datetime import date
from io import BytesIO

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.imports.intake import import_sheet
from accounts.imports.kinds import KINDS
from accounts.imports.reading import sheet_of
from accounts.imports.undoing import undo
from accounts.models import Account, Import
from metrics.pipeline import nightly
from tenants.models import Tenant
from tenants.planner_statistics import analyze_after_commit

MANY, FEW = 3_000, 499
DAY = date(2026, 3, 31)


def send(tenant: Tenant, rows: int, *, prefix: str = "a") -> Import:
    """Import that many accounts, created on a day of March each."""
    lines = (f"{prefix}{n},Account {n},2026-03-{n % 30 + 1:02}" for n in range(rows))
    content = "\n".join(["external_id,name,created_on", *lines])
    entry = Import(kind="accounts", source=Import.Source.REST, name="accounts.csv")
    sheet = sheet_of(kind=KINDS["accounts"], source=BytesIO(content.encode()))
    import_sheet(entry=entry, sheet=sheet, tenant=tenant)
    return entry


def reltuples(table: str) -> int:
    """How many rows the planner believes in; -1 where nobody has looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])


def distinct(table: str, column: str) -> float | None:
    """The planner's number of different values; negative is a share of the rows."""
    query = (
        "SELECT n_distinct FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " JOIN pg_stats ON schemaname = nspname AND tablename = relname"
        " AND pg_stats.attname = pg_attribute.attname"
        " WHERE attrelid = %s::regclass AND pg_attribute.attname = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [table, column])
        found = cursor.fetchone()
        return found and float(found[0])


def test_after_an_import_the_planner_knows_every_table_that_it_filled(
    committed_acme: Tenant,
) -> None:
    assert reltuples("accounts_account") == -1
    send(committed_acme, MANY)
    for table in ("accounts_account", "accounts_accountevent", "accounts_accountnow"):
        assert reltuples(table) == MANY
    assert distinct("accounts_account", "external_id") == -1
    assert distinct("accounts_account", "created_on") == 30


def test_a_small_import_leaves_the_statistics_alone(committed_acme: Tenant) -> None:
    send(committed_acme, FEW)
    assert reltuples("accounts_account") == -1


def test_a_tenth_of_a_large_table_has_to_change(committed_acme: Tenant) -> None:
    send(committed_acme, 10_000)
    send(committed_acme, 900, prefix="b")
    assert reltuples("accounts_account") == 10_000
    send(committed_acme, 100, prefix="c")
    assert reltuples("accounts_account") == 11_000


def test_nothing_is_analyzed_in_the_transaction_that_writes(committed_acme: Tenant) -> None:
    with transaction.atomic():
        send(committed_acme, MANY)
        assert reltuples("accounts_account") == -1
    assert reltuples("accounts_account") == MANY


def test_an_undone_import_is_forgotten_by_the_planner_too(committed_acme: Tenant) -> None:
    undo(entry=send(committed_acme, MANY), tenant=committed_acme)
    assert Account.objects.count() == 0
    assert reltuples("accounts_account") == 0


def test_a_night_leaves_statistics_of_the_rows_that_it_wrote(committed_acme: Tenant) -> None:
    send(committed_acme, MANY)
    nightly.run(tenant=committed_acme, day=DAY, keys=["customers"])
    for table in ("metrics_accountmetricvalues", "metrics_healthscore", "accounts_accountnow"):
        assert reltuples(table) == MANY
        assert distinct(table, "day") == 1


def test_a_night_looks_at_facts_that_came_by_another_way_before_it_begins(
    committed_acme: Tenant,
) -> None:
    Account.objects.bulk_create(
        Account(external_id=f"a{n}", name=f"Account {n}") for n in range(MANY)
    )
    seen: list[int] = []

    def at_stage(stage: str) -> None:
        seen.append(reltuples("accounts_account"))

    nightly.compute(tenant=committed_acme, day=DAY, at_stage=at_stage, keys=["customers"])
    assert set(seen) == {MANY}


def test_afterwards_the_role_of_the_tenant_still_may_not_analyze(committed_acme: Tenant) -> None:
    send(committed_acme, MANY)
    before = reltuples("accounts_account")
    Account.objects.filter(external_id="a0").delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user <> session_user")
        assert cursor.fetchone() == (True,)
        cursor.execute("ANALYZE accounts_account")  # PostgreSQL warns and skips the table
        assert reltuples("accounts_account") == before
        with pytest.raises(ProgrammingError, match="must be owner"):
            cursor.execute("ALTER TABLE accounts_account SET (autovacuum_enabled = false)")


def test_the_schema_is_the_one_before_again(committed_acme: Tenant) -> None:
    analyze_after_commit(schema_name="globex")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user <> session_user")
        assert cursor.fetchone() == ("acme", True)
