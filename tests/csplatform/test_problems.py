"""Errors have one shape over REST, speak the caller's language, and nothing typed makes a 500."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tenants.models import Tenant
from tests.isolation.addresses import addresses

ROOT = Path(__file__).parent.parent.parent
MEMBERS = {"type", "title", "status", "detail", "instance", "request_id", "errors"}
ME = "/api/v1/me/"
# method, path, who asks, the status, the title in English and in Persian
PROBLEMS = [
    ("GET", "/api/v1/kpis/?date=x", "alice", 400),
    ("GET", ME, "anyone", 401),
    ("POST", ME, "alice", 405),
    ("GET", "/api/v1/kpis/none/", "alice", 404),
    ("GET", "/api/v1/nowhere/", "alice", 404),
    ("GET", "/api/v1/nowhere/", "anyone", 404),
]
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
}


@pytest.fixture
def clients(alice: Client, anyone: Client) -> dict[str, Client]:
    for client in (alice, anyone):
        client.raise_request_exception = False
    return {"alice": alice, "anyone": anyone}


@pytest.mark.parametrize(("method", "path", "who", "status"), PROBLEMS)
def test_a_problem_has_all_its_members(
    clients: dict[str, Client], method: str, path: str, who: str, status: int
) -> None:
    response = clients[who].generic(method, path)
    answer = result(response, status)
    assert answer["title"] == TITLES[status]
    assert (answer["type"], answer["instance"]) == ("about:blank", path.split("?")[0])
    assert UUID(answer["request_id"])
    for error in answer["errors"]:
        assert set(error) == {"code", "detail", "pointer"}


def test_a_session_without_a_csrf_token_may_write_nothing(alice: Client) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost"})
    browser.cookies.update(alice.cookies)
    answer = result(browser.post(ME), 403)
    assert answer["title"] == TITLES[403]


def result(response: Any, status: int) -> Any:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    answer = json.loads(response.content)
    assert set(answer) == MEMBERS
    assert answer["status"] == status
    return answer


def test_who_is_not_known_is_told_how_to_say_who_they_are(anyone: Client) -> None:
    assert anyone.get(ME).headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer ", "Bearer a b", "Bearer \0", "bearer ü.x"]
)
def test_a_key_that_cannot_be_one_is_a_401(anyone: Client, authorization: str) -> None:
    anyone.raise_request_exception = False
    result(anyone.get(ME, HTTP_AUTHORIZATION=authorization.encode().decode("latin-1")), 401)


def test_problems_speak_the_callers_language(clients: dict[str, Client]) -> None:
    for status, path in ((401, ME), (404, "/api/v1/nowhere/")):
        answers = {
            language: result(clients["anyone"].get(path, HTTP_ACCEPT_LANGUAGE=language), status)
            for language in ("en", "fa", "fa-IR,fa;q=0.9,en;q=0.5")
        }
        titles = [answer["title"] for answer in answers.values()]
        assert titles[0] == TITLES[status]
        assert titles[1] == titles[2] != titles[0]
        assert any("\u0600" <= letter <= "\u06ff" for letter in titles[1])


def test_a_problem_carries_the_request_id_that_came_with_it(anyone: Client) -> None:
    assert result(anyone.get(ME, HTTP_X_REQUEST_ID="abc-1"), 401)["request_id"] == "abc-1"
    long = result(anyone.get(ME, HTTP_X_REQUEST_ID="x" * 5000), 401)["request_id"]
    assert len(long) == 100


def test_a_page_that_is_not_there_is_a_page(anyone: Client) -> None:
    response = anyone.get("/nowhere/")
    assert (response.status_code, response.headers["Content-Type"]) == (
        *(404,),
        "text/html; charset=utf-8",
    )
    assert "There is nothing here" in response.content.decode()


PAGES = (
    *("book", "account", "kpis", "kpi", "cohorts", "cohort", "goals", "revenue", "lifetime"),
    *("api:kpis", "api:kpi", "api:series", "api:rows", "api:scorecards", "api:scorecard"),
)
BAD = {
    "nul": "\0",
    "nul within": "a\0b",
    "surrogate": b"\xed\xa0\x80".decode("latin-1"),
    "not utf-8": "%ff%fe",
    "long": "9" * 5000,
    "negative": "-1",
    "huge": "99999999999999999999",
    "infinite": "1e999",
    "nan": "NaN",
    "quote": "'\"><script>",
    "lookup": "__class__",
    "empty": "",
    "arabic": "٢٠٢٤-٠٦-٣٠",
}
OF_PAGES = ("date", "period", "segment", "variant", "part", "page", "q", "status", "sort", "lang")
OF_PROGRAMS = ("cursor", "limit", "q")
OF_LISTS = (
    *("q", "p", "o", "e", "all", "_popup", "_to_field", "_changelist_filters", "day__year"),
    *("id__exact", "segment", "status", "role", "scope", "period", "is_test__exact"),
)


@pytest.mark.parametrize("kind", ["nul within", "huge"])
def test_nothing_in_a_query_makes_a_page_fail(alice: Client, kind: str) -> None:
    found = addresses("csplatform.urls")
    pages = [one.path for one in found if one.view in PAGES]
    others = [one.path for one in found if one.is_for_programs and one.view not in PAGES]
    assert (len(pages), len(others)) == (len(PAGES), 69)
    assert failing(alice, pages, OF_PAGES, BAD[kind]) == []
    assert failing(alice, others, OF_PROGRAMS, BAD[kind]) == []


@pytest.mark.parametrize("kind", ["nul within", "lookup"])
def test_nothing_in_a_query_makes_a_list_of_the_admin_fail(alice: Client, kind: str) -> None:
    found = addresses("csplatform.urls")
    lists = [one.path for one in found if one.view.endswith("_changelist")]
    assert len(lists) == 33
    assert failing(alice, lists, OF_LISTS, BAD[kind]) == []


def failing(
    client: Client, paths: list[str], names: Iterable[str], value: str | bytes
) -> list[str]:
    """The addresses that break when one of the names has the value."""
    client.raise_request_exception = False
    return [
        f"{path}?{name}"
        for path in paths
        for name in names
        if client.get(path, {name: value}).status_code >= 500
    ]


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


def test_the_description_is_valid_openapi_without_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "schema.yml"
    done = manage("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert file.read_text().startswith("openapi: 3.1.0\n")


def test_a_deployment_behind_tls_passes_every_check() -> None:
    secret = "Q7-x_9" * 12 + "".join(map(chr, range(97, 123)))
    done = manage(
        *("check", "--deploy", "--fail-level", "WARNING"),
        environment={"HTTPS": "1", "DEBUG": "0", "SECRET_KEY": secret},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def manage(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "csplatform.settings"} | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )


ASKING = """
import json, django
django.setup()
from django.test import Client
client = Client(headers={"host": "acme.localhost"}, raise_request_exception=False)
found = [client.get(path) for path in ("/api/v1/me/", "/api/v1/nowhere/", "/")]
print(json.dumps([[r.status_code, r["Retry-After"], r["Content-Type"]] for r in found]))
"""


def test_while_the_database_is_away_the_answer_is_a_503_that_says_when_to_come() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKING],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/gone",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    problem, page = "application/problem+json", "text/html; charset=utf-8"
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[503, "5", kind] for kind in (problem, problem, page)]


def test_a_database_that_goes_while_a_program_asks_is_a_503(alice: Client) -> None:
    alice.raise_request_exception = False

    def lost(*_arguments: Any) -> Any:
        raise OperationalError("terminating connection due to administrator command")

    with connection.execute_wrapper(lost):
        response = alice.get("/api/v1/kpis/")
    result(response, 503)
    assert response["Retry-After"] == "5"


def test_the_description_is_served_to_readers(alice: Client, anyone: Client) -> None:
    response = alice.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json")
    schema = json.loads(response.content)
    assert schema["openapi"] == "3.1.0"
    assert {"/api/v1/me/", "/api/v1/kpis/", "/api/v1/kpis/{key}/"} <= set(schema["paths"])
    assert set(schema["components"]["securitySchemes"]) == {"apiKey", "cookieAuth"}
    result(anyone.get("/api/v1/schema/"), 401)


def test_the_page_of_the_api_obeys_our_policy(alice: Client, anyone: Client) -> None:
    response = alice.get("/api/v1/docs/")
    page = response.content.decode()
    policy = response.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<style nonce="{nonce}">' in page
    assert "<script>" not in page
    assert "unsafe" not in policy
    sources = [part.split('"')[0] for part in page.split('src="')[1:]]
    assert len(sources) == 3
    assert [source for source in sources if not source.startswith("/")] == []
    script = alice.get(sources[-1].replace("&amp;", "&"))
    assert (script.status_code, script.headers["Content-Type"]) == (200, "application/javascript")
    assert "/api/v1/schema/" in script.content.decode()
    result(anyone.get("/api/v1/docs/"), 401)
