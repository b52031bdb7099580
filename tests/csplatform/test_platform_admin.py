"""The operators' host: tenants and their nights, and nothing of what is in a tenant."""

from datetime import date

import pytest
from django.test import Client

from accounts.admin_site import tenant_site
from accounts.models import Role
from csplatform.platform_site import platform_site
from tenants.models import NightRun, Tenant
from tests import cast
from tests.conftest import client_of

NEW = "an entirely new passphrase"


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return response.content.decode()


@pytest.fixture
def operator(db: None) -> Client:
    return client_of(cast.OLGA, slug="platform")


def tenant_form(tenant: Tenant, **changes: str) -> dict[str, str]:
    names = ("name", "state", "timezone", "currency", "language", "first_weekday", "shard")
    return {name: str(getattr(tenant, name)) for name in names} | changes


def test_an_operator_changes_a_tenants_name_and_nothing_of_its_address(operator: Client) -> None:
    acme = Tenant.objects.get(slug="acme")
    path = f"/admin/tenants/tenant/{acme.pk}/change/"
    form = tenant_form(acme, name="Acme & Sons", slug="evil", schema_name="globex")
    assert operator.post(path, form).status_code == 302
    found = Tenant.objects.get(pk=acme.pk)
    assert (found.name, found.slug, found.schema_name) == ("Acme & Sons", "acme", "acme")
    assert "Acme &amp; Sons" in text_of(operator, "/admin/tenants/tenant/")
    assert "Acme &amp; Sons" in text_of(operator, f"/admin/tenants/tenant/{acme.pk}/history/")


def test_a_time_zone_that_is_none_is_refused(operator: Client) -> None:
    acme = Tenant.objects.get(slug="acme")
    form = tenant_form(acme, timezone="Mars/Olympus")
    assert operator.post(f"/admin/tenants/tenant/{acme.pk}/change/", form).status_code == 200
    assert Tenant.objects.get(pk=acme.pk).timezone == "UTC"


def test_a_language_that_no_page_speaks_is_refused(operator: Client) -> None:
    acme = Tenant.objects.get(slug="acme")
    path = f"/admin/tenants/tenant/{acme.pk}/change/"
    assert operator.post(path, tenant_form(acme, language="tlh")).status_code == 200
    assert operator.post(path, tenant_form(acme, language="fa", shard="b")).status_code == 302
    found = Tenant.objects.get(pk=acme.pk)
    assert (found.language, found.shard) == ("fa", acme.shard)


def test_an_operator_sees_how_far_a_tenants_nights_are(operator: Client) -> None:
    acme = Tenant.objects.get(slug="acme")
    states = {1: "done", 2: "done", 3: "parked", 4: "parked", 5: "running"}
    NightRun.objects.bulk_create(
        NightRun(tenant=acme, local_date=date(2024, 6, day), state=state)
        for day, state in states.items()
    )
    found = operator.get("/admin/tenants/tenant/?q=acme.localhost").context["cl"].result_list
    assert [(one.slug, one.last_done, one.parked) for one in found] == [
        ("acme", date(2024, 6, 2), 2)
    ]
    globex = operator.get("/admin/tenants/tenant/?q=globex").context["cl"].result_list
    assert [(one.last_done, one.parked) for one in globex] == [(None, 0)]
    page = text_of(operator, f"/admin/tenants/tenant/{acme.pk}/change/")
    assert "acme.localhost" in page
    assert "2024" in page.partition("Last night computed")[2][:200]


def test_a_suspended_tenant_is_shut_and_nobody_elses_host(operator: Client, anyone: Client) -> None:
    acme = Tenant.objects.get(slug="acme")
    form = tenant_form(acme, state="suspended")
    assert operator.post(f"/admin/tenants/tenant/{acme.pk}/change/", form).status_code == 302
    assert anyone.get("/login/").status_code == 404
    assert operator.get("/admin/").status_code == 200


def test_an_operator_sends_a_night_that_was_given_up_back_to_the_queue(operator: Client) -> None:
    tenant = Tenant.objects.get(slug="acme")
    states = {"parked": 3, "done": 1}
    runs = {
        state: NightRun.objects.create(
            tenant=tenant,
            local_date=date(2024, 6, day),
            state=state,
            failures=day,
            error="division by zero",
        )
        for state, day in states.items()
    }
    page = text_of(operator, "/admin/tenants/nightrun/")
    assert "division by zero" in page
    chosen = {"action": "try_again", "_selected_action": [run.pk for run in runs.values()]}
    assert operator.post("/admin/tenants/nightrun/", chosen).status_code == 302
    found = {state: NightRun.objects.get(pk=run.pk) for state, run in runs.items()}
    assert (found["parked"].state, found["parked"].failures) == ("pending", 0)
    assert (found["done"].state, found["done"].failures) == ("done", 1)


def test_operators_have_no_address_of_a_tenants_rows(operator: Client) -> None:
    for path in ("/accounts/1/", "/kpis/", "/api/v1/me/", "/api/v1/kpis/", "/data/"):
        assert operator.get(path).status_code == 404
    of_tenants = tenant_site._registry.keys() - platform_site._registry.keys()
    assert len(of_tenants) == 32
    for model in of_tenants:
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert operator.get(path).status_code == 404


def test_the_people_that_an_operator_sees_are_operators(operator: Client) -> None:
    page = text_of(operator, "/admin/accounts/user/")
    assert cast.OLGA in page
    assert [who for who in (cast.ALICE, cast.BOB, cast.GITA) if who in page] == []


def test_a_new_operator_can_be_made_and_comes_in(operator: Client) -> None:
    form = {"email": "oskar@platform.test", "role": Role.ADMIN, "is_active": "on"}
    made = operator.post("/admin/accounts/user/add/", form | {"new_password": NEW})
    assert made.status_code == 302
    oskar = Client(headers={"host": "platform.localhost"}, REMOTE_ADDR="10.79.0.2")
    oskar.post("/login/", {"login": "oskar@platform.test", "password": NEW})
    assert oskar.get("/admin/").status_code == 200
