"""Errors have one shape over REST, speak the caller's language, and say when to come again."""

import json
import os
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.test import Client
from pytest_django import Settings

from csplatform.web.statement_limit import limit_statements
from tests.cast import ALICE
from tests.conftest import client_of
from tests.csplatform.problems import ME, problem_of
from tests.csplatform.supervisors import ROOT

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
    answer = problem_of(response, status)
    assert answer["title"] == TITLES[status]
    assert (answer["type"], answer["instance"]) == ("about:blank", path.split("?")[0])
    assert UUID(answer["request_id"])
    for error in answer["errors"]:
        assert set(error) == {"code", "detail", "pointer"}


def test_a_session_without_a_csrf_token_may_write_nothing(alice: Client) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost"})
    browser.cookies.update(alice.cookies)
    answer = problem_of(browser.post(ME), 403)
    assert answer["title"] == TITLES[403]


def test_who_is_not_known_is_told_how_to_say_who_they_are(anyone: Client) -> None:
    assert anyone.get(ME).headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer ", "Bearer a b", "Bearer \0", "bearer ü.x"]
)
def test_a_key_that_cannot_be_one_is_a_401(anyone: Client, authorization: str) -> None:
    anyone.raise_request_exception = False
    problem_of(anyone.get(ME, HTTP_AUTHORIZATION=authorization.encode().decode("latin-1")), 401)


def test_problems_speak_the_callers_language(clients: dict[str, Client]) -> None:
    for status, path in ((401, ME), (404, "/api/v1/nowhere/")):
        answers = {
            language: problem_of(clients["anyone"].get(path, HTTP_ACCEPT_LANGUAGE=language), status)
            for language in ("en", "fa", "fa-IR,fa;q=0.9,en;q=0.5")
        }
        titles = [answer["title"] for answer in answers.values()]
        assert titles[0] == TITLES[status]
        assert titles[1] == titles[2] != titles[0]
        assert any("\u0600" <= letter <= "\u06ff" for letter in titles[1])


def test_a_problem_carries_the_request_id_that_came_with_it(anyone: Client) -> None:
    assert problem_of(anyone.get(ME, HTTP_X_REQUEST_ID="abc-1"), 401)["request_id"] == "abc-1"
    long = problem_of(anyone.get(ME, HTTP_X_REQUEST_ID="x" * 5000), 401)["request_id"]
    assert len(long) == 100


def test_a_page_that_is_not_there_is_a_page(anyone: Client) -> None:
    response = anyone.get("/nowhere/")
    assert (response.status_code, response.headers["Content-Type"]) == (
        *(404,),
        "text/html; charset=utf-8",
    )
    assert "There is nothing here" in response.content.decode()


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
    problem_of(response, 503)
    assert response["Retry-After"] == "5"


@pytest.mark.parametrize("path", ["/api/v1/kpis/", "/kpis/"])
def test_a_statement_of_the_web_that_takes_too_long_is_stopped_and_told(
    own_database: str, settings: Settings, path: str
) -> None:
    settings.WEB_STATEMENT_SECONDS = 0.2
    alice = client_of(ALICE)
    alice.raise_request_exception = False

    def slow(execute: Any, query: str, params: Any, many: bool, context: Any) -> Any:
        if "metrics_" in query:
            execute("SELECT pg_sleep(20)", (), False, context)
        return execute(query, params, many, context)

    limit_statements()
    connection.close()
    try:
        with connection.execute_wrapper(slow):
            response = alice.get(path)
    finally:
        connection_created.disconnect(dispatch_uid="csplatform.web.statement_limit")
        connection.close()
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "This took too long and was stopped." in response.content.decode()
