"""The host decides the tenant, and an unknown one is nobody's."""

import re

import pytest
from django.conf import settings
from django.test import Client

from csplatform.web.health import REPORTS
from tenants.context import tenant_connection
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


def status(host: str, path: str = "/login/") -> int:
    return Client(headers={"host": host}).get(path).status_code


@pytest.mark.parametrize(
    "host",
    [
        "acme.localhost",
        "acme.localhost:8123",
        "ACME.localhost",
        "Acme.LOCALHOST:80",
        "acme.localhost.",
        "acme.localhost.:8123",
    ],
)
def test_a_tenant_answers_at_its_host(host: str) -> None:
    answer = Client(headers={"host": host}).get("/login/")
    assert answer.status_code == 200
    assert answer.wsgi_request.tenant.schema_name == "acme"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "nobody.localhost",
        "public.localhost",
        "tenant-template.localhost",
        "evil.example",
        "a.acme.localhost",
        "acme.localhost.evil.example",
        "acme.localhost..",
        "acme%2elocalhost",
        "a b",
        "acme.localhost@evil.example",
        "evil.example@acme.localhost",
        "acme.localhost, globex.localhost",
        "acme.localhost/globex.localhost",
        "acme.localhost:80:81",
        "acme.localhost:port",
        "127.0.0.1",
        "[::1]:8000",
        "",
    ],
)
def test_an_unknown_or_forged_host_is_a_404_that_names_nobody(host: str) -> None:
    answer = Client(headers={"host": host}).get("/login/")
    assert answer.status_code == 404
    assert not re.search(b"acme|globex|login", answer.content.replace(b"/login/", b""), re.I)
    assert not answer.cookies


@pytest.mark.parametrize("header", ["x-forwarded-host", "forwarded", "x-host", "x-original-host"])
def test_no_other_header_decides_the_tenant(header: str) -> None:
    headers = {"host": "acme.localhost", header: "globex.localhost"}
    answer = Client(headers=headers).get("/login/")
    assert answer.wsgi_request.tenant.schema_name == "acme"  # type: ignore[attr-defined]
    nobody = {"host": "nobody.localhost", header: "acme.localhost"}
    assert Client(headers=nobody).get("/login/").status_code == 404


def test_an_answer_leaves_nothing_for_the_next_host() -> None:
    """One thread answers one tenant after the other."""
    browser = Client()
    for slug in ("acme", "globex", "nobody", "acme", "platform"):
        answer = browser.get("/login/", headers={"host": f"{slug}.localhost"})
        expected = 404 if slug == "nobody" else 200
        assert answer.status_code == expected
        if expected == 200:
            assert tenant_connection().schema_name == slug


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


def test_before_the_host_decides_nothing_is_answered_but_files_and_what_monitors_ask() -> None:
    decides = settings.MIDDLEWARE.index("tenants.middleware.TenantMiddleware")
    assert settings.MIDDLEWARE[:decides] == [
        "csplatform.web.health.HealthMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "csp.middleware.CSPMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "csplatform.web.no_store.NoStoreMiddleware",
    ]
    assert set(REPORTS) == {"/healthz", "/readyz"}
