"""Work without its tenant does not run; work in a tenant comes back to where it was."""

import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections

from accounts.models import Account, Contact
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


def test_content_types_of_two_tenants_with_other_ids_do_not_mix() -> None:
    """They are cached by process: what was learnt in one tenant must not be used in the other."""
    with inside("globex"):
        kinds = ContentType.objects.filter(app_label="accounts", model__in=["account", "contact"])
        kinds.delete()
        for model in ("contact", "account"):
            ContentType.objects.create(app_label="accounts", model=model)
    ids = {}
    for schema in ("acme", "globex"):
        with inside(schema):
            ids[schema] = ContentType.objects.get_for_model(Account).pk
            assert ContentType.objects.get_for_id(ids[schema]).model_class() is Account
            assert ContentType.objects.get_for_model(Contact).pk != ids[schema]
    assert ids["acme"] != ids["globex"]
