"""What a request brings along: its language, and who answers for what it changes."""

from collections.abc import Callable

import pghistory
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.models import User
from tenants.context import tenant_of

Answer = Callable[[HttpRequest], HttpResponse]


class AuditMiddleware:
    """Writes who it was, and where, beside every change that a request makes."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        user = request.user.email if isinstance(request.user, User) else ""
        with pghistory.context(source=_place(request.path), user=user):
            return self.get_response(request)


def _place(path: str) -> str:
    known = {"/api/": "rest", "/admin/": "admin"}
    return next((name for start, name in known.items() if path.startswith(start)), "page")


class LanguageMiddleware:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def chosen_language(request: HttpRequest) -> str:
    """What the person chose, else what the browser asks for, else the tenant's language."""
    known = dict(settings.LANGUAGES)
    for code in (getattr(request.user, "language", ""), _cookie(request)):
        if code in known:
            return str(code)
    header = request.headers.get("Accept-Language", "")
    for wish in parse_accept_lang_header(header):
        code = wish[0].split("-")[0]
        if code in known:
            return code
    return tenant_of(request).language


def _cookie(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
