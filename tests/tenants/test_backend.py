"""Every cursor is its tenant's, in schema and in role, or there is no cursor."""

from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tenants.context import as_owner, inside, outside, wrapper
from tenants.models import Tenant
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
    with inside("globex"):
        names = [account.name for account in Account.objects.all().iterator(chunk_size=1)]
    assert names == ["CANARY-GLOBEX"]


def test_a_connection_that_was_closed_comes_back_as_the_tenants(own_database: str) -> None:
    with inside("acme"):
        connection.close()
        assert who_and_where() == ("cstest_t_acme", "acme")


def test_setting_the_schema_is_not_part_of_a_query_budget(acme: Tenant) -> None:
    with CaptureQueriesContext(connection) as queries:
        Account.objects.count()
    assert len(queries) == 1


def test_a_set_that_fails_is_raised(own_database: str) -> None:
    plant()
    with inside("acme"):
        assert name_of_account(wrapper()) == CANARIES["acme"]
        wrapper().set_schema("globex")
        with sets_are_cancelled(wrapper()), pytest.raises(OperationalError, match="canceling"):
            name_of_account(wrapper())
        assert name_of_account(wrapper()) == CANARIES["globex"]


def test_where_the_stock_backend_reads_the_other_tenants_row(own_database: str) -> None:
    """The reason for ours: the same failure, swallowed, shows Acme's row to Globex."""
    plant()
    stock = stock_connection()
    try:
        stock.set_schema("acme")
        assert name_of_account(stock) == CANARIES["acme"]
        stock.set_schema("globex")
        with sets_are_cancelled(stock):
            assert name_of_account(stock) == CANARIES["acme"]
    finally:
        stock.close()


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
