"""The paths of the API: a name may hold a slash, and the last slash of a path may be left out."""

from collections.abc import Callable, Mapping
from urllib.parse import unquote, unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.urls import register_converter
from django.utils.encoding import repercent_broken_unicode

API = "/api/"


class NameConverter:
    """The name of an object in a path, whatever characters it has."""

    regex = ".+"

    def to_python(self, value: str) -> str:
        return unquote(value)

    def to_url(self, value: str) -> str:
        return value


register_converter(NameConverter, "name")


class ApiPathMiddleware:
    """Routes a path of the API by its segments as they were sent, with a slash at the end.

    A server decodes `f%2F2` to `f/2` before a route is looked for; here a percent sign and a slash
    inside of a segment stay encoded until `NameConverter` reads them. A path without its last
    slash is the same path: a redirect would lose the body of a POST.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(API):
            request.path_info = _with_slash(_encoded(request))
            request.path = _with_slash(request.path)
        return self.get_response(request)


def _with_slash(path: str) -> str:
    return path if path.endswith("/") else f"{path}/"


def _encoded(request: HttpRequest) -> str:
    """The path, in whose segments only a percent sign and a slash are encoded."""
    sent = _sent_path(request.META)
    if _decoded(sent) != request.path_info:  # the server does not hand it on, or it was rewritten
        return request.path_info.replace("%", "%25")
    segments = map(_decoded, sent.split("/"))
    return "/".join(one.replace("%", "%25").replace("/", "%2F") for one in segments)


def _sent_path(environ: Mapping[str, object]) -> str:
    """The path as it was sent, where the server hands it on."""
    return str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "").partition("?")[0]


def _decoded(path: str) -> str:
    return repercent_broken_unicode(unquote_to_bytes(path)).decode()
