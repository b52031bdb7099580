"""Who may do what: the tables of all apps, merged into one, and the two doors that keep it.

An address that is not in the table is closed to everybody. Pages are guarded by the middleware,
the REST API by the permission class; both ask `needed`. Each app declares what its own views need
in its `permissions.py`.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import permissions as of_accounts
from accounts.capabilities import READ, Capability, Rules
from accounts.models import ApiKey, User
from metrics import permissions as of_metrics
from usage import permissions as of_usage

Capabilities = frozenset[Capability]

RULES: Rules = {
    "sample": {"POST": Capability.CONFIGURE},
    "api:schema": READ,
    "api:docs": READ,
    "platform_home": {"GET": Capability.CONFIGURE},
}


def merged(*tables: Rules) -> Rules:
    """Return one table of all; a view that two of them speak of is a mistake."""
    table: Rules = {}
    for rules in tables:
        twice = table.keys() & rules.keys()
        if twice:
            raise ImproperlyConfigured(f"Two apps declare permissions of {sorted(twice)}.")
        table |= rules
    return table


TABLE = merged(RULES, of_accounts.RULES, of_usage.RULES, of_metrics.RULES)


def needed(*, view: str, method: str) -> Capabilities:
    """Return the capabilities of which a caller of a view needs one; none of them: nobody may."""
    rule = rule_of(view) or {}
    if method == "OPTIONS":
        return frozenset(rule.values())
    found = rule.get("GET" if method == "HEAD" else method)
    return frozenset({found} if found else ())


def rule_of(view: str) -> dict[str, Capability] | None:
    """Return the line of the table about a view: its own, or that of all views like it."""
    rules = (rule for name, rule in TABLE.items() if "*" in name and fnmatchcase(view, name))
    return TABLE.get(view) or next(rules, None)


def capabilities_of(caller: object) -> Capabilities:
    """Return what a user or an API key may do; anybody else, what anyone may."""
    own = caller.capabilities if isinstance(caller, User | ApiKey) else frozenset()
    return own | {Capability.ANYONE}


class PermissionMiddleware:
    """Keeps every page; leaves REST, whose callers may be programs, to `RolePermission`."""

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
        wanted = needed(view=name, method=request.method or "")
        if not wanted:
            return _closed(name)
        if wanted & capabilities_of(request.user):
            # A question about a page of ours is answered here: what it does, it does when told to.
            query = request.method == "OPTIONS" and not name.startswith("admin:")
            return _allowed(name) if query else None
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.get_full_path(), reverse("account_login"))


def _methods(name: str) -> list[str]:
    return [method for method in ("GET", "POST") if needed(view=name, method=method)]


def _allowed(name: str) -> HttpResponse:
    return HttpResponse(headers={"Allow": ", ".join([*_methods(name), "OPTIONS"])})


def _closed(name: str) -> HttpResponse:
    methods = _methods(name)
    if methods:
        return HttpResponseNotAllowed(methods)
    raise PermissionDenied


class RolePermission(BasePermission):
    """The same table, for REST: 401 without credentials, 403 without the capability."""

    def has_permission(self, request: Request, view: object) -> bool:
        match = request.resolver_match
        name = match.view_name if match else ""
        wanted = needed(view=name, method=request.method or "")
        if not wanted:
            # The view's own list of methods answers 405; a view that is not listed stays shut.
            return bool(rule_of(name))
        return bool(wanted & capabilities_of(request.user))
