"""The table of permissions by itself, and its two doors over HTTP."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from rest_framework.request import Request

from accounts.capabilities import Capability
from accounts.models import ApiKey, Role, User
from csplatform.web.permissions import (
    TABLE,
    RolePermission,
    capabilities_of,
    merged,
    needed,
)
from tenants.context import inside
from tests import cast
from tests.accounts.rest import Program
from tests.conftest import client_of

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


ANYONE, VIEW, EDIT = Capability.ANYONE, Capability.VIEW, Capability.EDIT
DELETE, CONFIGURE, SEND = Capability.DELETE, Capability.CONFIGURE, Capability.SEND_EVENTS


@pytest.mark.parametrize(
    ("view", "method", "capabilities"),
    [
        ("book", "GET", {VIEW}),
        ("book", "HEAD", {VIEW}),
        ("book", "OPTIONS", {VIEW}),
        ("book", "POST", set()),
        ("goals", "OPTIONS", {VIEW, EDIT}),
        ("account_login", "POST", {ANYONE}),
        ("account_login", "OPTIONS", {ANYONE}),
        ("set_language", "GET", set()),
        ("set_language", "OPTIONS", {ANYONE}),
        ("admin:accounts_account_delete", "POST", {CONFIGURE}),
        ("admin:accounts_account_delete", "DELETE", set()),
        ("api:me", "GET", {VIEW}),
        ("api:accounts-object", "DELETE", {DELETE}),
        ("api:accounts-bulk", "PUT", {EDIT}),
        ("api:events-bulk", "PUT", {SEND}),
        ("api:events-bulk", "PATCH", {EDIT}),
        ("api:unheard_of", "GET", set()),
        ("unheard_of", "GET", set()),
        ("unheard_of", "OPTIONS", set()),
        ("", "GET", set()),
    ],
)
def test_the_table_says_what_is_needed(
    view: str, method: str, capabilities: set[Capability]
) -> None:
    assert needed(view=view, method=method) == capabilities


def test_two_apps_do_not_speak_of_one_view() -> None:
    with pytest.raises(ImproperlyConfigured, match="book"):
        merged({"book": {"GET": VIEW}}, {"data": {"GET": EDIT}}, {"book": {"GET": ANYONE}})


def test_the_table_speaks_of_methods_that_there_are() -> None:
    assert {method for rule in TABLE.values() for method in rule} <= METHODS
    assert all(TABLE.values())


def test_only_coming_in_and_a_language_are_for_anyone() -> None:
    open_to_all = {view for view, rule in TABLE.items() if ANYONE in rule.values()}
    assert {view for view in open_to_all if not view.startswith("account_")} == {"set_language"}


def test_everything_of_the_admins_needs_an_admin() -> None:
    assert TABLE["admin:*"] == {"GET": CONFIGURE, "POST": CONFIGURE}
    assert [view for view in TABLE if view.startswith("admin:") and view != "admin:*"] == []


OF_VIEWER, OF_MANAGER = {ANYONE, VIEW}, {ANYONE, VIEW, EDIT, SEND}


@pytest.mark.parametrize(
    ("caller", "capabilities"),
    [
        (User(role=Role.VIEWER), OF_VIEWER),
        (User(role=Role.MANAGER), OF_MANAGER),
        (User(role=Role.ADMIN), set(Capability)),
        (ApiKey(scope=ApiKey.Scope.READ), OF_VIEWER),
        (ApiKey(scope=ApiKey.Scope.WRITE), OF_MANAGER),
        (ApiKey(scope=ApiKey.Scope.EVENTS), {ANYONE, SEND}),
        (ApiKey(scope=ApiKey.Scope.ADMIN), set(Capability)),
        (None, {ANYONE}),
        ("admin", {ANYONE}),
    ],
)
def test_a_caller_has_the_capabilities_of_role_or_scope(
    caller: object, capabilities: set[Capability]
) -> None:
    assert capabilities_of(caller) == capabilities


def allowed(view: str, method: str, caller: object) -> bool:
    django: HttpRequest = RequestFactory().generic(method, "/api/v1/")
    name = view.removeprefix("api:")
    django.resolver_match = ResolverMatch(print, (), {}, url_name=name, namespaces=["api"])
    request = Request(django)
    request.user = caller  # type: ignore[assignment]  # a key too is a caller
    return RolePermission().has_permission(request, None)


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
    assert sender("PUT", "events/bulk/", {"data": [event]})["created"] == 1
    for method, path in (
        *(("GET", "events/"), ("GET", "events/m/"), ("DELETE", "events/m/"), ("GET", "me/")),
        *(("POST", "events/"), ("GET", "events/bulk/"), ("PATCH", "events/bulk/")),
        *(("PUT", "accounts/bulk/"), ("POST", "accounts/"), ("GET", "kpis/"), ("POST", "imports/")),
        *(("PATCH", "events/m/"), ("PATCH", "rules/"), ("GET", "schema/")),
    ):
        sender(method, path, {})
        assert sender.status == 403, path
