"""Who may do what: one table for every address, and the two doors that keep it.

An address that is not in the table is closed to everybody. Pages are guarded by the middleware,
the REST API by the permission class; both ask `needed`.
"""

from collections.abc import Callable
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey, Role, User


class Level(IntEnum):
    """What a caller may do, and all below it. Operators are the admins of the platform's host."""

    ANYONE = 0
    VIEWER = 1
    MANAGER = 2
    ADMIN = 3


ANYONE, VIEWER, MANAGER, ADMIN = Level
READ = {"GET": VIEWER}
FORM_FOR_ANYONE = {"GET": ANYONE, "POST": ANYONE}
FORM_FOR_USERS = {"GET": VIEWER, "POST": VIEWER}

TABLE: dict[str, dict[str, Level]] = {
    # pages
    "book": READ,
    "account": READ,
    "revenue": READ,
    "kpis": READ,
    "kpi": READ,
    "cohorts": READ,
    "cohort": READ,
    "lifetime": READ,
    "goals": {"GET": VIEWER, "POST": MANAGER},
    "goal": {"GET": MANAGER, "POST": MANAGER},
    "goal_delete": {"POST": MANAGER},
    "own_metrics": {"GET": ADMIN, "POST": ADMIN},
    "own_metric": {"GET": ADMIN, "POST": ADMIN},
    "own_metric_delete": {"POST": ADMIN},
    "rules": {"GET": ADMIN, "POST": ADMIN},
    "owners": {"GET": ADMIN, "POST": ADMIN},
    "data": {"GET": MANAGER},
    "facts": {"GET": MANAGER},
    "fact_new": {"GET": MANAGER, "POST": MANAGER},
    "fact": {"GET": MANAGER, "POST": MANAGER},
    "fact_delete": {"POST": ADMIN},
    "import_new": {"GET": MANAGER, "POST": MANAGER},
    "import_template": {"GET": MANAGER},
    "import": {"GET": MANAGER, "POST": MANAGER},
    "import_run": {"POST": MANAGER},
    "import_undo": {"POST": MANAGER},
    "import_rejects": {"GET": MANAGER},
    "jobs": {"GET": MANAGER},
    "job": {"GET": MANAGER},
    "job_cancel": {"POST": MANAGER},
    "keys": {"GET": ADMIN, "POST": ADMIN},
    "key_rotate": {"POST": ADMIN},
    "key_revoke": {"POST": ADMIN},
    "history": {"GET": ADMIN},
    "sample": {"POST": ADMIN},
    "set_language": {"POST": ANYONE},
    # coming in and going out
    "account_login": FORM_FOR_ANYONE,
    "account_logout": FORM_FOR_ANYONE,
    "account_signup": FORM_FOR_ANYONE,  # says that it is closed
    "account_inactive": {"GET": ANYONE},
    "account_reset_password": FORM_FOR_ANYONE,
    "account_reset_password_done": {"GET": ANYONE},
    "account_reset_password_from_key": FORM_FOR_ANYONE,
    "account_reset_password_from_key_done": {"GET": ANYONE},
    "account_reauthenticate": FORM_FOR_USERS,
    "account_change_password": FORM_FOR_USERS,
    "account_set_password": FORM_FOR_USERS,
    # REST
    "api:me": READ,
    "api:kpis": READ,
    "api:kpi": READ,
    "api:series": READ,
    "api:rows": READ,
    "api:metrics": READ,
    "api:rules": {"GET": VIEWER, "PATCH": ADMIN},
    "api:scorecards": READ,
    "api:scorecard": READ,
    "api:*-list": {"GET": VIEWER, "POST": MANAGER},
    "api:*-object": {"GET": VIEWER, "PATCH": MANAGER, "DELETE": ADMIN},
    # Beside many at once, the object that is called "bulk".
    "api:*-bulk": {"PUT": MANAGER, "GET": VIEWER, "PATCH": MANAGER, "DELETE": ADMIN},
    "api:imports": {"GET": MANAGER, "POST": MANAGER},
    "api:import": {"GET": MANAGER},
    "api:import-rejects": {"GET": MANAGER},
    "api:import-undo": {"POST": MANAGER},
    "api:jobs": {"GET": MANAGER},
    "api:job": {"GET": MANAGER},
    "api:job-cancel": {"POST": MANAGER},
    "api:schema": READ,
    "api:docs": READ,
    # the tenant's admin, or on the platform's host the operators'
    "admin:*": {"GET": ADMIN, "POST": ADMIN},
    "platform_home": {"GET": ADMIN},
}


def needed(*, view: str, method: str) -> Level | None:
    """The level that a method of a view needs; None when nobody may."""
    rule = rule_of(view) or {}
    if method == "OPTIONS":
        return min(rule.values(), default=None)
    return rule.get("GET" if method == "HEAD" else method)


def rule_of(view: str) -> dict[str, Level] | None:
    """The line of the table about a view: its own, or that of all views like it."""
    rules = (rule for name, rule in TABLE.items() if "*" in name and fnmatchcase(view, name))
    return TABLE.get(view) or next(rules, None)


def level_of(caller: object) -> Level:
    """The level of a user or of an API key."""
    if isinstance(caller, User):
        return {Role.VIEWER: VIEWER, Role.MANAGER: MANAGER, Role.ADMIN: ADMIN}[Role(caller.role)]
    if isinstance(caller, ApiKey):
        scopes = {ApiKey.Scope.READ: VIEWER, ApiKey.Scope.WRITE: MANAGER, ApiKey.Scope.ADMIN: ADMIN}
        return scopes.get(ApiKey.Scope(caller.scope), ANYONE)
    return ANYONE


class TableOfPermissions:
    """Keeps every page; leaves REST, whose callers may be programs, to `AllowedByTheTable`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        if name.startswith("api:"):
            return None
        level = needed(view=name, method=request.method or "")
        if level is None:
            return _closed(name)
        if level_of(request.user) >= level:
            # A question about a page of ours is answered here: what it does, it does when told to.
            asked = request.method == "OPTIONS" and not name.startswith("admin:")
            return _allowed(name) if asked else None
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.get_full_path(), reverse("account_login"))


def _methods(name: str) -> list[str]:
    return [method for method in ("GET", "POST") if needed(view=name, method=method) is not None]


def _allowed(name: str) -> HttpResponse:
    return HttpResponse(headers={"Allow": ", ".join([*_methods(name), "OPTIONS"])})


def _closed(name: str) -> HttpResponse:
    methods = _methods(name)
    if methods:
        return HttpResponseNotAllowed(methods)
    raise PermissionDenied


# What a key of scope `events` may do, and nothing else: send events.
EVENTS_ONLY = {("api:events-list", "POST"), ("api:events-bulk", "PUT")}


def sends_events(caller: object, *, view: str, method: str) -> bool:
    """Whether a key that may only send events does so."""
    is_such = isinstance(caller, ApiKey) and caller.scope == ApiKey.Scope.EVENTS
    return is_such and (view, method) in EVENTS_ONLY


class AllowedByTheTable(BasePermission):
    """The same table, for REST: 401 without credentials, 403 for too low a level."""

    def has_permission(self, request: Request, view: Any) -> bool:
        match = request.resolver_match
        name, method = match.view_name if match else "", request.method or ""
        level = needed(view=name, method=method)
        if level is None:
            # The view's own list of methods answers 405; a view that is not listed stays shut.
            return bool(rule_of(name))
        return level_of(request.user) >= level or sends_events(
            request.user, view=name, method=method
        )
