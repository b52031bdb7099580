"""What the two doors answer before any view runs: the middleware of pages, REST's permissions."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch, resolve

from accounts.models import User
from csplatform.web.permissions import PermissionMiddleware
from tenants.models import Tenant
from tests.isolation.addresses import Address


@dataclass(kw_only=True)
class Caller:
    """Somebody before the doors of the tenant that we are in: a user, a key, or nobody."""

    tenant: Tenant
    urlconf: str
    user: User | None = None
    key: str = ""
    requests: RequestFactory = field(default_factory=RequestFactory)

    def refused(self, method: str, address: Address) -> int | None:
        """The status with which the door refuses; None when the view would run."""
        match = _match(address.path, self.urlconf)
        request = self._request(method, address.path)
        request.resolver_match = match
        if match.view_name.startswith("api:"):
            return _refused_by_rest(request, match)
        return _refused_by_middleware(request, match)

    def _request(self, method: str, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        host = {"host": f"{self.tenant.slug}.localhost"}
        request: Any = self.requests.generic(method, path, headers=headers | host)
        request.user, request.tenant = self.user or AnonymousUser(), self.tenant
        request._dont_enforce_csrf_checks = True  # as for the test client: another door's matter
        return request


@cache
def _match(path: str, urlconf: str) -> ResolverMatch:
    return resolve(path, urlconf)


def _refused_by_middleware(request: HttpRequest, match: ResolverMatch) -> int | None:
    door = PermissionMiddleware(lambda request: HttpResponse())
    try:
        answer = door.process_view(request, match.func, match.args, match.kwargs)
    except PermissionDenied:
        return 403
    return None if answer is None or answer.status_code == 200 else answer.status_code


def _refused_by_rest(request: HttpRequest, match: ResolverMatch) -> int | None:
    """All that REST's `dispatch` does before it calls the method of the view."""
    func: Any = match.func
    view = func.cls(**func.initkwargs)
    view.setup(request, *match.args, **match.kwargs)
    view.request = view.initialize_request(request, *match.args, **match.kwargs)
    view.headers = view.default_response_headers
    try:
        view.initial(view.request, *match.args, **match.kwargs)
    except Exception as problem:  # its own handler knows which it are
        return int(view.handle_exception(problem).status_code)
    method = str(request.method).lower()
    there = method in view.http_method_names and hasattr(view, method)
    return None if there else 405
