"""Errors, in the shape that the caller expects: RFC 9457 for REST, a page for people."""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import exception_handler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import status
from rest_framework.exceptions import ParseError, Throttled
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.jobs import QueueFull
from csplatform.json_bodies import TooLarge

PROBLEM = "application/problem+json"
log = logging.getLogger(__name__)


class ProblemFormatter(ExceptionFormatter):
    """`errors` keeps what is wrong with which part; the rest is RFC 9457."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        errors = [
            {"code": error.code, "detail": error.detail, "pointer": pointer(error.attr)}
            for error in error_response.errors
        ]
        code = getattr(self.exc, "status_code", status.HTTP_500_INTERNAL_SERVER_ERROR)
        detail = errors[0]["detail"] if len(errors) == 1 else ""
        return problem(self.context["request"], code=code, detail=str(detail), errors=errors)


def pointer(attribute: str | None) -> str | None:
    """Where in the body or the query the mistake is, as a JSON pointer."""
    return None if attribute is None else "/" + attribute.replace(".", "/")


def problem(
    request: Any, *, code: int, detail: str, errors: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The body of a problem answer."""
    return {
        "type": "about:blank",
        "title": _titles().get(code, ""),
        "status": code,
        "detail": detail,
        "instance": request.path,
        "request_id": request.headers.get("X-Request-ID", "")[:100] or str(uuid.uuid4()),
        "errors": errors or [],
    }


def _titles() -> dict[int, str]:
    return {
        400: _("The request cannot be understood."),
        401: _("Who are you?"),
        403: _("You may not do this."),
        404: _("There is nothing here."),
        405: _("This cannot be done here."),
        409: _("This does not fit what is there."),
        413: _("This is too much at once."),
        415: _("We do not read this type of content."),
        429: _("Too many requests."),
        503: _("Not now."),
        500: _("Something went wrong on our side."),
    }


def handle(exception: Exception, context: Any) -> Response | None:
    """REST framework's exception handler."""
    if isinstance(exception, DataError):
        exception = ParseError()
    if isinstance(exception, RequestDataTooBig):
        exception = TooLarge()
    if isinstance(exception, QueueFull):
        exception = Throttled(wait=exception.retry_after, detail=str(exception))
    response: Response | None = exception_handler(exception, context)
    if response is not None:
        response.content_type = PROBLEM
        # Whatever else the view can speak (HTML, YAML): a problem is told in JSON.
        context["request"].accepted_renderer = JSONRenderer()
        context["request"].accepted_media_type = PROBLEM
    return response


def _answer(request: HttpRequest, code: int) -> HttpResponse:
    return JsonResponse(problem(request, code=code, detail=""), status=code, content_type=PROBLEM)


def _is_for_a_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_for_a_program(request):
        return _answer(request, 400)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_for_a_program(request):
        return _answer(request, 403)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if _is_for_a_program(request):
        return _answer(request, 404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if _is_for_a_program(request):
        return _answer(request, 500)
    return defaults.server_error(request)


def _too_much_waiting(request: HttpRequest, problem: QueueFull) -> HttpResponse:
    """The page for somebody whose company has as many jobs waiting as it may have."""
    context = {"sentence": str(problem)}
    answer = render(request, "429.html", context, status=status.HTTP_429_TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


class NoFailureOfOurs:
    """What no query can hold (a NUL, a year of twenty digits) is the caller's mistake: a 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        if isinstance(exception, QueueFull):
            return _too_much_waiting(request, exception)
        if not isinstance(exception, DataError | OverflowError):
            return None
        log.warning("%s %s: %s", request.method, request.path, exception, exc_info=exception)
        return bad_request(request, exception)
