"""The two admins: every page opens, derived rows are only read, what people keep is changed."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.test import Client
from django.urls import resolve
from pytest_django.plugin import DjangoDbBlocker

from accounts.admin_site import GuardedAdmin, tenant_site
from accounts.models import Account, Contact, Job, Subscription
from csplatform.platform_site import platform_site
from metrics.models import HealthModel
from tenants.context import inside, outside
from tenants.models import Tenant
from tests import cast
from tests.accounts.admin import delete, text_of
from tests.conftest import client_of
from tests.isolation import worlds
from tests.isolation.walks import Walker

OURS = [model._meta.label_lower.replace(".", "/") for model in tenant_site._registry]
THEIRS = [model._meta.label_lower.replace(".", "/") for model in platform_site._registry]
READ_ONLY = [
    *("accounts/accountnow", "metrics/kpisnapshot", "metrics/night", "metrics/healthmodel"),
    "metrics/revision",
    *("accounts/import", "accounts/job", "accounts/countingrules"),
    *("usage/event", "usage/session", "usage/dailyusage"),
]
NOT_ADDED = {*READ_ONLY, "accounts/apikey", "tenants/tenant", "tenants/nightrun"}


@pytest.fixture(scope="module")
def world(django_db_blocker: DjangoDbBlocker) -> Iterator[worlds.World]:
    """Two tenants with a row in every table that an admin shows."""
    with django_db_blocker.unblock(), worlds.world(f"cstest_admin_{os.getpid()}") as keys:
        yield keys


@pytest.fixture
def alice_at_work(world: worlds.World) -> Client:
    return Walker("acme", "admin", user=1).client


@pytest.fixture
def olga(world: worlds.World) -> Client:
    return Walker("platform", "operator", user=1).client


def test_everything_that_is_registered_is_meant_to_be() -> None:
    assert sorted(OURS) == [
        *("accounts/account", "accounts/accountnow", "accounts/activity", "accounts/apikey"),
        *("accounts/contact", "accounts/cost", "accounts/countingrules", "accounts/funnelstep"),
        *("accounts/import", "accounts/job", "accounts/measurement", "accounts/onboardingstep"),
        *("accounts/purchase", "accounts/rate", "accounts/renewal"),
        *("accounts/subscription", "accounts/subscriptionchange", "accounts/user"),
        *(
            "metrics/goal",
            "metrics/healthmodel",
            "metrics/kpisnapshot",
            "metrics/night",
            "metrics/ownmetric",
            "metrics/revision",
        ),
        *("support/incident", "support/slatarget", "support/ticket", "support/ticketentry"),
        *("surveys/response", "surveys/survey"),
        *("usage/dailyusage", "usage/event", "usage/session"),
    ]
    # Of a tenant's own rows operators see none: the users here are the operators themselves.
    assert sorted(THEIRS) == [
        *("accounts/user", "tenants/domain", "tenants/nightrun", "tenants/tenant"),
    ]


@pytest.mark.parametrize("model", OURS)
def test_every_page_of_a_tenants_admin_opens(alice_at_work: Client, model: str) -> None:
    opens(alice_at_work, model)


@pytest.mark.parametrize("model", THEIRS)
def test_every_page_of_the_operators_admin_opens(olga: Client, model: str) -> None:
    opens(olga, model)


def opens(client: Client, model: str) -> None:
    """The list, a search in it, the first row of it, its history, and the form for a new one."""
    page = text_of(client, f"/admin/{model}/")
    rows = re.findall(rf'href="(/admin/{model}/[^"]+?/change/)[?"]', page)
    assert rows, "the list is empty"
    admin: ModelAdmin[Any] = resolve(
        f"/admin/{model}/", "csplatform.urls" if model in OURS else "csplatform.urls_platform"
    ).func.model_admin  # type: ignore[attr-defined]
    if admin.search_fields:
        assert (
            "/change/"
            not in text_of(client, f"/admin/{model}/", q="zzz-nobody").split(
                "changelist-form-container"
            )[-1]
        )
    text_of(client, rows[0])
    text_of(client, rows[0].replace("/change/", "/history/"))
    added = client.get(f"/admin/{model}/add/").status_code
    assert added == (403 if model in NOT_ADDED else 200)


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_a_night_derived_is_only_read(alice_at_work: Client, model: str) -> None:
    page = text_of(alice_at_work, f"/admin/{model}/1/change/")
    assert 'name="_save"' not in page
    assert "deletelink" not in page
    for path in (f"/admin/{model}/add/", f"/admin/{model}/1/change/", f"/admin/{model}/1/delete/"):
        assert alice_at_work.post(path, {"post": "yes", "name": "x"}).status_code == 403
    assert alice_at_work.post(f"/admin/{model}/", delete(1)).status_code != 500
    with inside("acme"):
        assert HealthModel.objects.get(pk=1).name == "CANARY-ACME.healthmodel.name"


def test_a_row_of_each_kind_that_people_keep_can_be_added_and_changed(alice: Client) -> None:
    account = {"external_id": "new", "name": "New", "attributes": "{}"}
    assert alice.post("/admin/accounts/account/add/", account).status_code == 302
    with inside("acme"):
        pk = Account.objects.get(external_id="new").pk
    contact = {"external_id": "c", "account": pk, "name": "Ann", "attributes": "{}"}
    sold = {
        "external_id": "s",
        "account": pk,
        "plan": "Basic",
        "currency": "EUR",
        "amount": "10",
        "quantity": "1",
        "interval": "month",
        "interval_count": "1",
        "started_on": "2024-01-01",
    }
    assert alice.post("/admin/accounts/contact/add/", contact).status_code == 302
    assert alice.post("/admin/accounts/subscription/add/", sold).status_code == 302
    assert alice.post(
        f"/admin/accounts/account/{pk}/change/", account | {"name": "Renamed"}
    ).headers["Location"] == ("/admin/accounts/account/")
    with inside("acme"):
        assert Account.objects.get(pk=pk).name == "Renamed"
        assert Contact.objects.get().account_id == Subscription.objects.get().account_id == pk


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"amount": "-1"}, "Constraint “subscription_amount” is violated."),
        ({"ended_on": "2023-01-01"}, "Constraint “subscription_ends_after_start” is violated."),
        ({"currency": "USD"}, "There is no exchange rate of USD by 2024-01-01. Add it first."),
        ({"plan": "x\0y"}, "Null characters are not allowed."),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_a_reason(
    alice: Client, change: dict[str, str], complaint: str
) -> None:
    with inside("acme"):
        pk = Account.objects.create(external_id="a", name="A").pk
    sold = {
        "external_id": "s",
        "account": pk,
        "plan": "Basic",
        "currency": "EUR",
        "amount": "10",
        "quantity": "1",
        "interval": "month",
        "interval_count": "1",
        "started_on": "2024-01-01",
    }
    response = alice.post("/admin/accounts/subscription/add/", sold | change)
    assert response.status_code == 200
    assert complaint in response.content.decode()


def test_both_admins_guard_everything_that_is_registered() -> None:
    registered = [*tenant_site._registry.values(), *platform_site._registry.values()]
    assert [one for one in registered if not isinstance(one, GuardedAdmin)] == []


HOSTILE_JSON = [
    *("[" * 100_000, '{"a":' * 10_000, '{"a": NaN}', '{"a": 1e-999999999}'),
    '{"a": "\\u0000"}',
]


@pytest.mark.parametrize("text", HOSTILE_JSON)
def test_json_in_a_form_of_the_admin_is_read_strictly(alice: Client, text: str) -> None:
    account = {"external_id": "new", "name": "New", "attributes": text}
    response = alice.post("/admin/accounts/account/add/", account)
    assert response.status_code == 200
    with inside("acme"):
        assert not Account.objects.filter(external_id="new").exists()


def test_a_promise_of_support_is_of_a_year_at_most(alice: Client) -> None:
    for minutes, status in (("2147483647", 200), ("525601", 200), ("525600", 302)):
        form = {"priority": "high", "resolution_minutes": minutes}
        assert alice.post("/admin/support/slatarget/add/", form).status_code == status


def test_an_account_with_figures_can_be_deleted(alice_at_work: Client) -> None:
    with transaction.atomic():
        answer = alice_at_work.post("/admin/accounts/account/1/delete/", {"post": "yes"})
        assert answer.status_code == 302
        with inside("acme"):
            assert not Account.objects.filter(pk=1).exists()
        transaction.set_rollback(True)


@pytest.mark.parametrize(("zone", "shown"), [("UTC", "11:38 a.m."), ("Asia/Tokyo", "8:38 p.m.")])
def test_the_admin_has_the_clock_of_the_tenant(acme: Tenant, zone: str, shown: str) -> None:
    with outside():
        Tenant.objects.filter(slug="acme").update(timezone=zone)
    Job.objects.create(pk=1, kind="check", subject="x")
    Job.objects.update(created_at=datetime(2026, 6, 1, 11, 38, tzinfo=UTC))
    assert shown in client_of(cast.ALICE).get("/admin/accounts/job/").content.decode()
