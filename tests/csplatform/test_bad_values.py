"""Nothing that is typed into a query, a path, a form or a host makes a 500."""

import pytest
from django.test import Client

from tenants.models import Tenant
from tests.csplatform.bad_values import BAD, OF_LISTS, OF_PAGES, PAGES, failing, failing_with_all
from tests.isolation.addresses import addresses

# What follows sends one bad parameter at a time to a page of each sort, and to every other address
# all of them at once. `tests/proof/test_queries.py` sends each of them to each address.
OF_A_SORT = ("book", "kpi", "api:kpi")


@pytest.mark.long
@pytest.mark.parametrize("kind", ["nul within", "huge"])
def test_nothing_in_a_query_makes_a_page_fail(alice: Client, kind: str) -> None:
    found = addresses("csplatform.urls")
    pages = [one.path for one in found if one.view in PAGES]
    of_a_sort = [one.path for one in found if one.view in OF_A_SORT]
    assert (len(pages), len(of_a_sort)) == (len(PAGES), 3)
    assert failing(alice, of_a_sort, OF_PAGES, BAD[kind]) == []
    assert failing_with_all(alice, pages, OF_PAGES, BAD[kind]) == []


@pytest.mark.long
@pytest.mark.parametrize("kind", ["nul within", "lookup"])
def test_nothing_in_a_query_makes_a_list_of_the_admin_fail(alice: Client, kind: str) -> None:
    found = addresses("csplatform.urls")
    lists = [one.path for one in found if one.view.endswith("_changelist")]
    assert failing(alice, ["/admin/accounts/account/"], OF_LISTS, BAD[kind]) == []
    assert failing_with_all(alice, lists, ("q", "p", "o"), BAD[kind]) == []


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_nothing_in_a_path_makes_an_address_fail(alice: Client, value: str) -> None:
    alice.raise_request_exception = False
    failed = [
        path
        for model in ("account", "apikey", "accountnow")
        for path in (
            f"/admin/accounts/{model}/{value}/change/",
            f"/admin/accounts/{model}/{value}/delete/",
            f"/admin/accounts/{model}/{value}/history/",
            f"/accounts/{value}/",
            f"/kpis/{value}/",
            f"/api/v1/kpis/{value}/",
            f"/api/v1/accounts/{value}/scorecard/",
            f"/password/reset/key/{value}-x/",
            f"/password/reset/key/1-{value}/",
        )
        if alice.get(path).status_code >= 500
    ]
    assert failed == []


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_nothing_in_a_form_makes_an_address_fail(anyone: Client, value: str) -> None:
    anyone.raise_request_exception = False
    forms = {
        "/login/": ("login", "password", "next"),
        "/password/reset/": ("email",),
        "/language/": ("language", "next"),
        "/signup/": ("email", "password1"),
    }
    for path, fields in forms.items():
        answer = anyone.post(path, dict.fromkeys(fields, value), REMOTE_ADDR="10.78.0.1")
        assert answer.status_code < 500, path


def test_a_host_that_is_none_is_refused(db: None) -> None:
    assert Tenant.objects.exists()
    for host in (
        "acme.localhost\0",
        "acme.localhost/",
        "evil.example",
        "acme.localhost.evil.example",
    ):
        client = Client(headers={"host": host}, raise_request_exception=False)
        assert client.get("/").status_code in (400, 404), host
