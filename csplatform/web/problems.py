"""Errors, in the shape that the caller expects: RFC 9457 for REST, a page for people."""

import logging
import sys
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views import defaults
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import exception_handler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, Throttled
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.jobs import QueueFull
from csplatform.web.json_bodies import TooLarge
from csplatform.web.statement_limit import was_stopped
from tenants.typing import Json

PROBLEM = "application/problem+json"
# A connection that is lost or cannot be made, a lock that is not got, a query that is cancelled.
AWAY = (OperationalError, InterfaceError)
RETRY_AFTER = "5"  # seconds
log = logging.getLogger(__name__)


class DatabaseAway(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = gettext_lazy("The database does not answer. Try again in a moment.")
    default_code = "unavailable"


class TookTooLong(DatabaseAway):
    default_detail = gettext_lazy(
        "This took too long and was stopped. Try a shorter period or a segment, or try again later."
    )


class ProblemFormatter(ExceptionFormatter):
    """`errors` keeps what is wrong with which part; the rest is RFC 9457."""

    def format_error_response(self, error_response: ErrorResponse) -> Json:
        errors = [
            {"code": error.code, "detail": error.detail, "pointer": pointer(error.attr)}
            for error in error_response.errors
        ]
        code = getattr(self.exc, "status_code", status.HTTP_500_INTERNAL_SERVER_ERROR)
        detail = errors[0]["detail"] if len(errors) == 1 else ""
        return problem(
            cast(Request, self.context["request"]), code=code, detail=str(detail), errors=errors
        )


def pointer(attribute: str | None) -> str | None:
    """Where in the body or the query the mistake is, as a JSON pointer."""
    return None if attribute is None else "/" + attribute.replace(".", "/")


def problem(
    request: HttpRequest | Request, *, code: int, detail: str, errors: list[Json] | None = None
) -> Json:
    """The body of a problem answer."""
    return {
        "type": "about:blank",
        "title": _title(code),
        "status": code,
        "detail": detail,
        "instance": request.path,
        "request_id": request.headers.get("X-Request-ID", "")[:100] or str(uuid.uuid4()),
        "errors": errors or [],
    }


def _title(code: int) -> str:
    """The phrase of a status, in the reader's language (RFC 9457, section 4.2.1)."""
    return _(HTTPStatus(code).phrase) if code in set(HTTPStatus) else ""


# The phrases that occur, for the translators.
PHRASES = (
    *(gettext_noop("Bad Request"), gettext_noop("Unauthorized"), gettext_noop("Forbidden")),
    *(gettext_noop("Not Found"), gettext_noop("Method Not Allowed")),
    *(gettext_noop("Not Acceptable"), gettext_noop("Conflict")),
    *(gettext_noop("Precondition Failed"), gettext_noop("Request Entity Too Large")),
    *(gettext_noop("Unsupported Media Type"), gettext_noop("Unprocessable Entity")),
    *(gettext_noop("Too Many Requests"), gettext_noop("Internal Server Error")),
    *(gettext_noop("Service Unavailable"), gettext_noop("Content Too Large")),
    gettext_noop("Unprocessable Content"),
)


def handle(exception: Exception, context: Any) -> Response | None:
    """REST framework's exception handler."""
    if isinstance(exception, DataError):
        log.warning("only the database refused: %s", exception)
        exception = ParseError()
    if isinstance(exception, RequestDataTooBig):
        exception = TooLarge()
    if isinstance(exception, QueueFull):
        exception = Throttled(wait=exception.retry_after, detail=str(exception))
    if isinstance(exception, AWAY):
        log.warning("the database is away: %s", exception)
        exception = TookTooLong() if was_stopped(exception) else DatabaseAway()
    response: Response | None = exception_handler(exception, context)
    if response is not None:
        response.content_type = PROBLEM
        if response.status_code == status.HTTP_503_SERVICE_UNAVAILABLE:
            response.headers.setdefault("Retry-After", RETRY_AFTER)
        # Whatever else the view can speak (HTML, YAML): a problem is told in JSON.
        context["request"].accepted_renderer = JSONRenderer()
        context["request"].accepted_media_type = PROBLEM
    return response


def _answer(request: HttpRequest, code: int, detail: str = "") -> HttpResponse:
    body = problem(request, code=code, detail=detail)
    return JsonResponse(body, status=code, content_type=PROBLEM)


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
    """A fault of ours; while the database is away or restarts, a 503 that says when to come."""
    problem = sys.exception()
    if isinstance(problem, AWAY):
        return _come_again(request, too_long=was_stopped(problem))
    if _is_for_a_program(request):
        return _answer(request, 500)
    return defaults.server_error(request)


def _too_much_waiting(request: HttpRequest, problem: QueueFull) -> HttpResponse:
    """The page for somebody whose company has as many jobs waiting as it may have."""
    context = {"sentence": str(problem)}
    answer = render(request, "429.html", context, status=status.HTTP_429_TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _come_again(request: HttpRequest, *, too_long: bool) -> HttpResponse:
    code = status.HTTP_503_SERVICE_UNAVAILABLE
    if _is_for_a_program(request):
        reason = TookTooLong if too_long else DatabaseAway
        answer = _answer(request, code, detail=str(reason.default_detail))
    else:
        page = loader.get_template("503.html").render({"too_long": too_long})
        answer = HttpResponse(page, status=code)
    answer["Retry-After"] = RETRY_AFTER
    return answer


class DataErrorMiddleware:
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
