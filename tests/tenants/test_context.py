"""Work without its tenant does not run; work in a tenant comes back to where it was."""

import threading
from collections.abc import Generator

import pytest
from django.db import connection, connections

from tenants.context import NoSuchTenant, find, inside
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["", "public", "nobody", "Acme", "acme; DROP", "tenant_template"])
def test_what_is_no_open_tenant_is_refused(name: str) -> None:
    with pytest.raises(NoSuchTenant), inside(name):
        raise AssertionError("went in")


def test_a_suspended_tenant_is_refused() -> None:
    Tenant.objects.filter(slug="acme").update(state=Tenant.State.SUSPENDED)
    with pytest.raises(NoSuchTenant), inside("acme"):
        raise AssertionError("went in")


def test_a_deleted_tenant_is_refused() -> None:
    Tenant.objects.filter(slug="acme").delete()
    with pytest.raises(NoSuchTenant), inside("acme"):
        raise AssertionError("went in")


def test_one_tenant_inside_another_comes_back() -> None:
    with inside("acme"):
        with inside("globex"):
            assert connection.cursor().execute("SELECT current_schema()").fetchone() == ("globex",)
        assert connection.cursor().execute("SELECT current_schema()").fetchone() == ("acme",)
    assert connection.cursor().execute("SELECT current_schema()").fetchone() == ("public",)


def test_it_comes_back_after_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), inside("acme"):
        raise ZeroDivisionError
    assert connection.cursor().execute("SELECT current_schema()").fetchone() == ("public",)


def test_a_new_thread_begins_in_the_public_schema() -> None:
    found: list[str] = []

    def look() -> None:
        found.append(connections["default"].schema_name)  # type: ignore[attr-defined]
        connections["default"].close()

    with inside("acme"):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == ["public"]


def test_a_tenant_is_found_by_its_slug_or_its_schema() -> None:
    assert find(slug="acme") == find(slug="ACME ") == Tenant.objects.get(schema_name="acme")
    with pytest.raises(NoSuchTenant, match="nobody"):
        find(slug="nobody")


def test_threads_in_two_tenants_at_once_each_stay_in_their_own() -> None:
    """Entering, working and leaving interleaved as closely as they can be."""
    together = threading.Barrier(2, timeout=20)
    found: dict[str, list[tuple[str, str]]] = {"acme": [], "globex": []}

    def work(schema: str) -> None:
        try:
            for _ in range(10):
                together.wait()
                with inside(schema):
                    together.wait()
                    found[schema].append(where())
                together.wait()
                found[schema].append(where())
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work, args=[schema]) for schema in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for schema, seen in found.items():
        own = (f"cstest_t_{schema}", schema)
        assert seen == [own, ("cstest_t_public", "public")] * 10


def test_a_generator_that_is_left_half_way_does_not_take_its_tenant_along() -> None:
    def names() -> Generator[tuple[str, str], None, None]:
        with inside("globex"):
            yield where()

    with inside("acme"):
        begun = names()
        assert next(begun) == ("cstest_t_globex", "globex")
        begun.close()
        assert where() == ("cstest_t_acme", "acme")


@pytest.mark.parametrize("refuse", ["", "nobody"])
def test_a_refusal_leaves_one_where_one_was(refuse: str) -> None:
    with inside("acme"):
        with pytest.raises(NoSuchTenant), inside(refuse):
            raise AssertionError("went in")
        assert where() == ("cstest_t_acme", "acme")


def where() -> tuple[str, str]:
    row: tuple[str, str] | None = (
        connection.cursor().execute("SELECT current_user, current_schema()").fetchone()
    )
    assert row
    return row
