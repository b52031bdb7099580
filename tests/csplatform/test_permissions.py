"""The table of permissions by itself, and its two doors over HTTP."""

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from rest_framework.request import Request

from accounts.models import ApiKey, Role, User
from csplatform.permissions import TABLE, AllowedByTheTable, Level, level_of, needed
from tenants.context import inside
from tests import cast
from tests.accounts.rest import Program
from tests.conftest import client_of

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.parametrize(
    ("view", "method", "level"),
    [
        ("book", "GET", Level.VIEWER),
        ("book", "HEAD", Level.VIEWER),
        ("book", "OPTIONS", Level.VIEWER),
        ("book", "POST", None),
        ("account_login", "POST", Level.ANYONE),
        ("account_login", "OPTIONS", Level.ANYONE),
        ("set_language", "GET", None),
        ("set_language", "OPTIONS", Level.ANYONE),
        ("admin:accounts_account_delete", "POST", Level.ADMIN),
        ("admin:accounts_account_delete", "DELETE", None),
        ("api:me", "GET", Level.VIEWER),
        ("api:unheard_of", "GET", None),
        ("unheard_of", "GET", None),
        ("unheard_of", "OPTIONS", None),
        ("", "GET", None),
    ],
)
def test_the_table_says_what_is_needed(view: str, method: str, level: Level | None) -> None:
    assert needed(view=view, method=method) == level


def test_the_table_speaks_of_methods_that_there_are() -> None:
    assert {method for rule in TABLE.values() for method in rule} <= METHODS
    assert all(TABLE.values())


def test_only_coming_in_and_a_language_are_for_anyone() -> None:
    open_to_all = {view for view, rule in TABLE.items() if Level.ANYONE in rule.values()}
    assert {view for view in open_to_all if not view.startswith("account_")} == {"set_language"}


def test_everything_of_the_admins_needs_an_admin() -> None:
    assert TABLE["admin:*"] == {"GET": Level.ADMIN, "POST": Level.ADMIN}
    assert [view for view in TABLE if view.startswith("admin:") and view != "admin:*"] == []


@pytest.mark.parametrize(
    ("caller", "level"),
    [
        (User(role=Role.VIEWER), Level.VIEWER),
        (User(role=Role.MANAGER), Level.MANAGER),
        (User(role=Role.ADMIN), Level.ADMIN),
        (ApiKey(scope=ApiKey.Scope.READ), Level.VIEWER),
        (ApiKey(scope=ApiKey.Scope.WRITE), Level.MANAGER),
        (ApiKey(scope=ApiKey.Scope.EVENTS), Level.ANYONE),
        (ApiKey(scope=ApiKey.Scope.ADMIN), Level.ADMIN),
        (None, Level.ANYONE),
        ("admin", Level.ANYONE),
    ],
)
def test_a_caller_has_the_level_of_role_or_scope(caller: object, level: Level) -> None:
    assert level_of(caller) == level


def allowed(view: str, method: str, caller: object) -> bool:
    django: HttpRequest = RequestFactory().generic(method, "/api/v1/")
    name = view.removeprefix("api:")
    django.resolver_match = ResolverMatch(print, (), {}, url_name=name, namespaces=["api"])
    request = Request(django)
    request.user = caller  # type: ignore[assignment]  # a key too is a caller
    return AllowedByTheTable().has_permission(request, None)


def test_over_rest_a_view_that_is_not_listed_is_shut() -> None:
    admin = User(role=Role.ADMIN)
    assert allowed("api:me", "GET", admin)
    assert not allowed("api:unheard_of", "GET", admin)
    assert not allowed("api:unheard_of", "DELETE", admin)


def test_a_method_that_is_not_listed_is_left_to_the_view_to_refuse() -> None:
    assert allowed("api:me", "DELETE", None)


def test_the_way_back_is_kept_at_the_door(anyone: Client) -> None:
    response = anyone.get("/kpis/mrr/?period=year&date=2024-06-30")
    assert response.status_code == 302
    assert response.headers["Location"] == (
        "/login/?next=/kpis/mrr/%3Fperiod%3Dyear%26date%3D2024-06-30"
    )


def test_a_method_that_is_not_listed_says_which_are(alice: Client) -> None:
    response = alice.post("/")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize("email", [cast.VERA, cast.BOB])
def test_who_is_no_admin_gets_a_403_in_the_admin(db: None, email: str) -> None:
    client = client_of(email)
    for path in ("/admin/", "/admin/accounts/account/", "/admin/nowhere", "/admin/jsi18n/"):
        response = client.get(path)
        assert response.status_code == 403, path
        assert "You may not see this" in response.content.decode()


def test_asking_what_an_address_allows_does_nothing(alice: Client) -> None:
    with inside("acme"):
        secret = ApiKey.objects.create_key(name="spare", scope="read")[0]
    answer = alice.options(f"/data/keys/{secret.prefix}/revoke/")
    assert (answer.status_code, answer.headers["Allow"]) == (200, "POST, OPTIONS")
    with inside("acme"):
        assert not ApiKey.objects.get(prefix=secret.prefix).revoked


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_who_may_not_is_refused_before_the_body_is_looked_at(bob: Client, kind: str) -> None:
    with inside("acme"):
        User.objects.filter(email=cast.BOB).update(role="viewer")
    viewer = client_of(cast.BOB)
    viewer.handler.enforce_csrf_checks = True
    viewer.get("/")
    token = viewer.cookies["csrf"].value
    for headers in ({}, {"X-CSRFToken": token}):
        answer = viewer.post("/api/v1/imports/", b"x", content_type=kind, headers=headers)
        assert answer.status_code == 403


def test_pages_and_answers_are_stored_nowhere(bob: Client) -> None:
    for path in ("/", "/api/v1/me/", "/data/", "/no-such-page/", "/login/"):
        assert "no-store" in bob.get(path).headers["Cache-Control"]


def test_a_key_for_events_sends_events_and_does_nothing_else(db: None) -> None:
    Program(scope="write")("POST", "accounts/", {"external_id": "a", "name": "Ant"})
    sender = Program(scope="events")
    event = {
        "message_id": "m",
        "occurred_at": "2024-05-01T10:00:00Z",
        "user_id": "u",
        "account_external_id": "a",
        "event": "login",
    }
    sender("POST", "events/", event)
    assert sender.status == 201
    assert sender("PUT", "events/bulk/", {"data": [event]})["unchanged"] == 1
    for method, path in (
        *(("GET", "events/"), ("GET", "events/m/"), ("DELETE", "events/m/"), ("GET", "me/")),
        *(("PUT", "accounts/bulk/"), ("POST", "accounts/"), ("GET", "kpis/"), ("POST", "imports/")),
        *(("PATCH", "events/m/"), ("PATCH", "rules/"), ("GET", "schema/")),
    ):
        sender(method, path, {})
        assert sender.status == 403, path
