"""The host decides the tenant, and an unknown one is nobody's."""

import pytest
from django.test import Client

from tenants.models import Tenant

pytestmark = pytest.mark.django_db


def status(host: str, path: str = "/login/") -> int:
    return Client(headers={"host": host}).get(path).status_code


@pytest.mark.parametrize("host", ["acme.localhost", "acme.localhost:8123", "ACME.localhost"])
def test_a_tenant_answers_at_its_host(host: str) -> None:
    assert status(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "nobody.localhost",
        "public.localhost",
        "evil.example",
        "a.acme.localhost",
        "a b",
    ],
)
def test_an_unknown_host_is_a_404_that_names_nobody(host: str) -> None:
    answer = Client(headers={"host": host}).get("/login/")
    assert answer.status_code in (400, 404)
    assert b"Acme" not in answer.content


def test_a_suspended_tenant_is_a_404() -> None:
    Tenant.objects.filter(slug="acme").update(state=Tenant.State.SUSPENDED)
    assert status("acme.localhost") == 404


def test_operators_have_addresses_of_their_own() -> None:
    assert status("platform.localhost", "/kpis/") == 404
    assert status("platform.localhost") == 200


def test_every_answer_carries_the_headers_that_guard_browsers() -> None:
    for host in ("acme.localhost", "nobody.localhost"):
        headers = Client(headers={"host": host}).get("/login/").headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
