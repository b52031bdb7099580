"""JSON bodies of requests: an object at the top, read strictly (`accounts.strict_json`)."""

from typing import IO

from django.conf import settings
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

from accounts.strict_json import InvalidJson, parse_object
from tenants.typing import Json, ReadOnlyJson


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The body is too large.")
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    """Reads a body, or says what is wrong with it: ParseError, or TooLarge."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: ReadOnlyJson | None = None,
    ) -> Json:
        try:
            return parse_object(_read(stream, parser_context or {}))
        except InvalidJson as problem:
            raise ParseError(str(problem)) from None


def _read(stream: IO[bytes], context: ReadOnlyJson) -> bytes:
    """The body, never more of it than may be."""
    most: int = settings.API_LARGEST_BODY
    request = context.get("request")
    result = request.headers.get("Content-Length", "") if request is not None else ""
    if result.isdigit() and int(result[:18]) > most:
        raise TooLarge
    body: bytes = stream.read(most + 1)
    if len(body) > most:
        raise TooLarge
    return body
