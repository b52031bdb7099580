"""Opening a tenant gives it a place of its own, quickly, or changes nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from accounts.models import Account
from tenants import roles
from tenants.context import as_owner, inside
from tenants.migrating import applied_migrations, wanted_migrations
from tenants.models import Domain, Tenant
from tenants.opening import open_tenant
from tests import databases
from tests.product import wait_for

pytestmark = pytest.mark.django_db


def test_a_new_tenant_answers_at_its_host_and_is_up_to_date() -> None:
    tenant = open_tenant(slug="north-wind", name="North Wind", timezone="Asia/Tehran")
    assert tenant.schema_name == "north_wind"
    assert Domain.objects.get(tenant=tenant).domain == "north-wind.localhost"
    with as_owner("public"):
        assert wanted_migrations() <= applied_migrations(schemas=["north_wind"])["north_wind"]


def test_a_new_tenant_can_be_written_to_under_its_own_role() -> None:
    open_tenant(slug="north", name="North")
    with inside("north"):
        Account.objects.create(external_id="a1", name="First")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("cstest_t_north",)


@pytest.mark.parametrize("slug", ["order", "table", "user"])
def test_a_word_of_sql_is_a_good_name(slug: str) -> None:
    open_tenant(slug=slug, name="Reserved in SQL only")
    with inside(slug):
        assert Account.objects.count() == 0


@pytest.mark.parametrize(
    "slug", ["platform", "public", "pg-temp", "no", "9lives", "a b", "x'y--", "end-"]
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_left(slug: str) -> None:
    before = Tenant.objects.count()
    with pytest.raises(ValidationError):
        open_tenant(slug=slug, name="ImportFileError")
    assert Tenant.objects.count() == before


def test_the_same_name_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="already"):
        open_tenant(slug="acme", name="Another")


def test_a_tenants_role_cannot_read_another_schema(acme: Tenant) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("SELECT * FROM globex.accounts_account")


def test_a_tenants_role_cannot_read_the_list_of_tenants(acme: Tenant) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("SELECT * FROM public.tenants_tenant")


def test_code_that_forgot_its_tenant_fails() -> None:
    with pytest.raises(ProgrammingError, match="does not exist"):
        Account.objects.count()


@pytest.fixture
def schema() -> Iterator[str]:
    """The name of a schema that nobody has; its role is gone afterwards."""
    name = f"shared_{token_hex(4)}"
    yield name
    with databases.maintenance() as home:
        home.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role_of(schema=name)))


def role_of(*, schema: str) -> sql.Identifier:
    return sql.Identifier(roles.role_of(schema=schema))


def test_a_role_that_another_database_creates_at_the_same_moment_is_taken(schema: str) -> None:
    """Roles belong to the whole server, and no lock of ours reaches another database of it."""
    with (
        ThreadPoolExecutor(1) as beside,
        databases.maintenance() as home,
        databases.maintenance() as observer,
    ):
        with home.transaction():
            home.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role_of(schema=schema)))
            ours = beside.submit(ensure_role, schema=schema)
            wait_for(lambda: is_waiting(observer), seconds=30)
        ours.result(30)
        members = (
            "SELECT member::regrole::text = session_user::text FROM pg_auth_members"
            " WHERE roleid = %s::regrole"
        )
        assert (True,) in home.execute(members, [roles.role_of(schema=schema)]).fetchall()


def ensure_role(*, schema: str) -> None:
    with as_owner("public"), transaction.atomic():
        roles.ensure_role(schema=schema)
    connection.close()


def is_waiting(observer: psycopg.Connection) -> bool:
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE ROLE%')"
    )
    found = observer.execute(waiting).fetchone()
    return found == (True,)
