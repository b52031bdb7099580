"""The one reader of JSON bodies: strict, so that nothing odd gets further than the door.

An object at the top; UTF-8; at most 32 levels; no name twice; no number that a database or another
program would lose; no text that PostgreSQL cannot keep.
"""

import json
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 32
LARGEST_NUMBER = 2**63 - 1
LONGEST_NUMBER = 400  # characters; more than any number has that is meant
# What is between two quotation marks can hold brackets that open nothing.
TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The body is too large.")
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    """Reads a body, or says what is wrong with it: ParseError, or TooLarge."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        text = _decoded(_read(stream, parser_context or {}))
        try:
            value = json.loads(
                text,
                object_pairs_hook=_object,
                parse_constant=_refuse_constant,
                parse_int=_integer,
                parse_float=_fraction,
            )
        except json.JSONDecodeError as problem:
            where = {"line": problem.lineno, "column": problem.colno}
            said = _("This is not JSON: line %(line)s, column %(column)s.")
            raise ParseError(said % where) from None
        if not isinstance(value, dict):
            raise ParseError(_("At the top of the body there must be an object."))
        _check_texts(value)
        return value


def _read(stream: IO[Any], context: Mapping[str, Any]) -> bytes:
    """The body, never more of it than may be."""
    most: int = settings.API_LARGEST_BODY
    request = context.get("request")
    said = request.headers.get("Content-Length", "") if request is not None else ""
    if said.isdigit() and int(said[:18]) > most:
        raise TooLarge
    body: bytes = stream.read(most + 1)
    if len(body) > most:
        raise TooLarge
    return body


def _decoded(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise ParseError(_("The body begins with a byte order mark."))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise ParseError(_("The body is not UTF-8.")) from None
    if _depth(body) > DEEPEST:
        raise ParseError(_("The body is nested more than %s levels deep.") % DEEPEST)
    return text


def _depth(body: bytes) -> int:
    """How deep brackets are nested, without going down into them."""
    deepest = depth = 0
    for bracket in re.findall(rb"[\[\]{}]", TEXTS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(_("The name “%s” stands twice in an object.") % _shown(twice))
    return found


def _refuse_constant(name: str) -> None:
    raise ParseError(_("%s is no number in JSON.") % name)


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER or abs(int(text)) > LARGEST_NUMBER:
        raise ParseError(_("A whole number is at most %s.") % LARGEST_NUMBER)
    return int(text)


def _fraction(text: str) -> Decimal:
    """Exact: what is meant as money stays what it was."""
    if len(text) > LONGEST_NUMBER or not math.isfinite(float(text)):
        raise ParseError(_("The number %s is too large.") % text[:20])
    return Decimal(text)


def _check_texts(value: Any, where: str = "") -> None:
    """No name or text that cannot be kept. The depth has been looked at before."""
    if isinstance(value, dict):
        for name, one in value.items():
            _check_text(name, where)
            _check_texts(one, f"{where}/{name}")
    elif isinstance(value, list):
        for place, one in enumerate(value):
            _check_texts(one, f"{where}/{place}")
    elif isinstance(value, str):
        _check_text(value, where)


def _check_text(text: str, where: str) -> None:
    if "\0" in text:
        raise ParseError(_("There is a NUL character in “%s”.") % _shown(where or "/"))
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ParseError(_("There is half a character in “%s”.") % _shown(where or "/"))


def _shown(text: str) -> str:
    """A text that may be put into an answer."""
    return text[:100].replace("\0", "").encode("utf-8", errors="replace").decode("utf-8")
