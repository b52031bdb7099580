"""Every cursor is its tenant's, in schema and in role, or there is no cursor."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tenants.backend.base import DatabaseWrapper, StrayCursor
from tenants.context import as_owner, inside, outside, tenant_connection
from tenants.models import Tenant
from tenants.opening import open_tenant
from tests.canaries import CANARIES, plant
from tests.stock import name_of_account, sets_are_cancelled, stock_connection


def who_and_where() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def test_a_tenants_cursor_has_its_schema_and_its_role(acme: Tenant) -> None:
    assert who_and_where() == ("cstest_t_acme", "acme")


def test_the_public_schema_has_a_role_of_its_own(db: None) -> None:
    assert who_and_where() == ("cstest_t_public", "public")


def test_the_owner_is_one_only_within_the_block(acme: Tenant) -> None:
    with as_owner("acme"):
        assert who_and_where()[0] not in ("cstest_t_acme", "cstest_t_public")
    assert who_and_where() == ("cstest_t_acme", "acme")


def test_after_a_rolled_back_savepoint_the_cursor_is_still_the_tenants(acme: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with inside("globex"):
            assert who_and_where() == ("cstest_t_globex", "globex")
        raise ZeroDivisionError
    assert who_and_where() == ("cstest_t_acme", "acme")


def test_after_an_error_in_a_transaction_the_rollback_gets_through(acme: Tenant) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute("SELECT nonsense")
    assert who_and_where() == ("cstest_t_acme", "acme")


def test_a_cursor_on_the_server_reads_the_tenants_rows(own_database: str) -> None:
    plant()
    for schema in ("globex", "acme", "globex"):
        with inside(schema):
            rows = Account.objects.values_list("name", flat=True).iterator(chunk_size=1)
            assert list(rows) == [CANARIES[schema]]


def test_a_cursor_on_the_server_stays_with_its_rows_while_another_tenant_is_visited(
    acme: Tenant,
) -> None:
    for number in range(3):
        Account.objects.create(external_id=str(number), name=f"Acme's {number}")
    found = []
    for account in Account.objects.order_by("name").iterator(chunk_size=1):
        with inside("globex"):
            assert who_and_where() == ("cstest_t_globex", "globex")
        found.append(account.name)
    assert found == ["Acme's 0", "Acme's 1", "Acme's 2"]


def test_a_cursor_that_was_kept_over_a_change_of_tenants_is_refused(acme: Tenant) -> None:
    """It would read the rows of whoever was set last."""
    stored = connection.cursor()
    with inside("globex"):
        assert Account.objects.count() == 0
    for statement in (stored.execute, partial(stored.executemany, param_list=[[]])):
        with pytest.raises(StrayCursor):
            statement("SELECT name FROM accounts_account")


def test_a_connection_that_was_closed_comes_back_as_the_tenants(own_database: str) -> None:
    with inside("acme"):
        connection.close()
        assert who_and_where() == ("cstest_t_acme", "acme")


@contextmanager
def sets_counted() -> Iterator[list[str]]:
    """What is sent to set a schema and a role."""
    sent: list[str] = []
    connection.ensure_connection()
    driver = connection.connection
    factory = driver.cursor_factory

    class Counted(factory):  # type: ignore[misc, valid-type]  # whichever Django chose
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            text = query.decode() if isinstance(query, bytes) else str(query)
            if text.startswith("SET search_path"):
                sent.append(text)
            return super().execute(query, *args, **options)

    driver.cursor_factory = Counted
    try:
        yield sent
    finally:
        driver.cursor_factory = factory


def test_while_the_server_says_whose_the_connection_is_nothing_is_set_again(acme: Tenant) -> None:
    who_and_where()
    with sets_counted() as sent:
        assert who_and_where() == who_and_where() == ("cstest_t_acme", "acme")
        assert sent == []
        with as_owner("acme"):
            who_and_where()
        assert who_and_where() == ("cstest_t_acme", "acme")
        assert len(sent) == 2


def test_what_a_rollback_has_undone_is_set_again(acme: Tenant) -> None:
    with inside("globex"):
        globexs = transaction.savepoint()
    assert who_and_where() == ("cstest_t_acme", "acme")
    transaction.savepoint_rollback(globexs)
    with sets_counted() as sent:
        assert who_and_where() == ("cstest_t_acme", "acme")
    assert len(sent) == 1


def test_a_path_that_somebody_else_has_set_is_set_anew(acme: Tenant) -> None:
    for whose in ("globex", '"globex", public', '"$user", public'):
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {whose}")
        assert who_and_where() == ("cstest_t_acme", "acme")


def test_the_path_that_another_connection_had_is_not_believed(own_database: str) -> None:
    with inside("acme"):
        with connection.cursor() as cursor:
            cursor.execute("SHOW search_path")
            (path,) = cursor.fetchone()
        connection.close()
        connection.ensure_connection()
        connection.connection.execute(f"SET search_path = {path}")  # as a pooler would leave it
        assert who_and_where() == ("cstest_t_acme", "acme")


def test_with_a_server_that_tells_no_path_all_is_set_for_each_cursor(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL before 18."""
    monkeypatch.setattr(DatabaseWrapper, "_told_path", lambda _self: "")
    with sets_counted() as sent:
        assert who_and_where() == who_and_where() == ("cstest_t_acme", "acme")
    assert len(sent) == 2


def test_setting_the_schema_is_not_part_of_a_query_budget(acme: Tenant) -> None:
    with CaptureQueriesContext(connection) as queries:
        Account.objects.count()
    assert len(queries) == 1


def test_a_set_that_is_cancelled_is_raised_where_the_stock_backend_reads_the_wrong_row(
    own_database: str,
) -> None:
    """The reason for ours: the same failure, swallowed, shows Acme's row to Globex."""
    plant()
    stock = stock_connection()
    try:
        for each in (stock, tenant_connection()):
            each.set_schema("acme")
            assert name_of_account(each) == CANARIES["acme"]
            each.set_schema("globex")
        with sets_are_cancelled(stock):
            assert name_of_account(stock) == CANARIES["acme"]
        with (
            sets_are_cancelled(tenant_connection()),
            pytest.raises(OperationalError, match="canceling"),
        ):
            name_of_account(tenant_connection())
        assert name_of_account(tenant_connection()) == CANARIES["globex"]
    finally:
        stock.close()


@pytest.mark.django_db
def test_a_role_that_may_not_be_put_on_is_raised_and_no_row_is_read() -> None:
    open_tenant(slug="revoked", name="Revoked")
    with inside("acme"):
        assert Account.objects.count() == 0
    with as_owner("public"), connection.cursor() as cursor:
        cursor.execute("REVOKE cstest_t_revoked FROM CURRENT_USER")
    with (
        inside("revoked"),
        pytest.raises(DatabaseError, match="permission denied to set role"),
        transaction.atomic(),
    ):
        Account.objects.count()


@pytest.mark.django_db
def test_no_role_reaches_a_table_that_is_not_its_own() -> None:
    """Over every table and sequence of every schema, as the server's own records have it."""
    with as_owner("public"), connection.cursor() as cursor:
        cursor.execute("""
            SELECT role.rolname, schema.nspname, count(*) FILTER (WHERE CASE relkind
                     WHEN 'S' THEN has_sequence_privilege(role.oid, rel.oid,
                            'USAGE, SELECT, UPDATE')
                     ELSE has_table_privilege(role.oid, rel.oid,
                            'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') END),
                   count(*)
            FROM pg_roles role
            CROSS JOIN pg_namespace schema JOIN pg_class rel ON rel.relnamespace = schema.oid
            WHERE role.rolname IN ('cstest_t_acme', 'cstest_t_globex', 'cstest_t_public')
              AND schema.nspname IN ('acme', 'globex', 'public', 'platform', 'tenant_template')
              AND rel.relkind IN ('r', 'v', 'm', 'p', 'S')
            GROUP BY 1, 2""")
        reached = {(role, schema) for role, schema, tables, _ in cursor.fetchall() if tables}
        assert reached == {(f"cstest_t_{name}", name) for name in ("acme", "globex", "public")}
        assert cursor.rowcount == 15


@pytest.mark.django_db
def test_no_role_of_a_tenant_may_create_log_in_or_take_another_role() -> None:
    with as_owner("public"), connection.cursor() as cursor:
        cursor.execute("""
            SELECT rolname FROM pg_roles role
            WHERE rolname LIKE 'cstest\\_t\\_%'
              AND (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls
                   OR EXISTS (SELECT FROM pg_auth_members WHERE member = role.oid)
                   OR EXISTS (SELECT FROM pg_class WHERE relowner = role.oid))
               OR rolname = current_user AND (rolsuper OR rolinherit)""")
        assert cursor.fetchall() == []
        cursor.execute("""
            SELECT role.rolname, nspname FROM pg_roles role CROSS JOIN pg_namespace schema
            WHERE role.rolname IN ('cstest_t_acme', 'cstest_t_public')
              AND nspname NOT LIKE 'pg\\_temp%'
              AND has_schema_privilege(role.oid, schema.oid, 'CREATE')""")
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM globex.accounts_account",
        "DELETE FROM globex.accounts_account",
        "SELECT * FROM public.tenants_domain",
        "UPDATE public.tenants_nightrun SET state = 'done'",
        "CREATE TABLE acme.mine (id int)",
        "DROP TABLE acme.accounts_account",
        "CREATE SCHEMA mine",
        "ALTER ROLE cstest_t_acme LOGIN",
    ],
)
def test_a_tenants_role_may_do_no_more_than_work_in_its_tables(
    acme: Tenant, statement: str
) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        connection.cursor().execute(statement)


def test_the_public_role_reads_no_tenants_table(db: None) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT name FROM acme.accounts_account")


def test_outside_comes_back_to_where_one_was(acme: Tenant) -> None:
    with outside():
        assert who_and_where()[1] == "public"
    assert who_and_where()[1] == "acme"
