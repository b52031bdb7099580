"""The one reader of JSON: bodies, form fields, cells of files, cursors.

Strict, and bounded in what it does: a text is refused for its depth, its number of values or the
size of a number before anything works with them. No name twice; no number that a database or
another program would lose; no text that PostgreSQL cannot keep.
"""

import json
import math
import re
from collections import Counter
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tenants.typing import Json

DEEPEST = 32
MOST_VALUES = 250_000
LARGEST_NUMBER = 2**63 - 1
LONGEST_NUMBER = 400  # characters, written out: more than any number has that is meant
# What is between two quotation marks can hold brackets that open nothing. Possessive: without the
# way back a text of 5 MB takes no memory.
TEXTS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
EXPONENT = re.compile(r"[eE]([+-]?)0*([0-9]+)$")


class InvalidJson(ValueError):
    """The text is not JSON that we read; says why, in the reader's language."""


def parse(text: str | bytes) -> Any:
    """Read JSON. Raises InvalidJson with what is wrong."""
    body = text if isinstance(text, bytes) else text.encode("utf-8", errors="surrogatepass")
    written = _decoded(body)
    _check_structure(body)
    try:
        value = json.loads(
            written,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_fraction,
        )
    except json.JSONDecodeError as problem:
        where = {"line": problem.lineno, "column": problem.colno}
        result = _("This is not JSON: line %(line)s, column %(column)s.")
        raise InvalidJson(result % where) from None
    _check_texts(value, [])
    return value


def parse_object(text: str | bytes) -> Json:
    """Read a JSON object. Raises InvalidJson with what is wrong."""
    value: object = parse(text)
    if not isinstance(value, dict):
        raise InvalidJson(_("At the top of the body there must be an object."))
    return value


def _decoded(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise InvalidJson(_("The body begins with a byte order mark."))
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidJson(_("The body is not UTF-8.")) from None


def _check_structure(body: bytes) -> None:
    """Bound depth and number of values, without going down into them."""
    # A name and a text for each value; what stands escaped in a text marks none.
    if body.count(b'"') - body.count(b'\\"') > 4 * MOST_VALUES:
        raise InvalidJson(_("There are more than %s values in the body.") % MOST_VALUES)
    bare = TEXTS.sub(b"", body)
    if _too_deep(bare.translate(None, delete=NOT_BRACKETS)):
        raise InvalidJson(_("The body is nested more than %s levels deep.") % DEEPEST)
    if sum(map(bare.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise InvalidJson(_("There are more than %s values in the body.") % MOST_VALUES)


def _too_deep(brackets: bytes) -> bool:
    """Whether brackets are nested too deep; of more than may be, the first ones are looked at."""
    depth = 0
    for bracket in brackets[: 2 * MOST_VALUES + 2]:
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


def _object(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _count), *_others = Counter(name for name, _value in pairs).most_common(1)
        raise InvalidJson(_("The name “%s” stands twice in an object.") % shown(twice))
    return found


def _refuse_constant(name: str) -> None:
    raise InvalidJson(_("%s is no number in JSON.") % name)


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER or abs(int(text)) > LARGEST_NUMBER:
        raise InvalidJson(_("A whole number is at most %s.") % LARGEST_NUMBER)
    return int(text)


def _fraction(text: str) -> Decimal:
    """Exact: what is meant as money stays what it was."""
    if len(text) > LONGEST_NUMBER or not math.isfinite(float(text)):
        raise InvalidJson(_("The number %s is too large.") % text[:20])
    exponent = EXPONENT.search(text)
    if exponent and (len(exponent[2]) > 3 or int(exponent[2]) > LONGEST_NUMBER):
        raise InvalidJson(_("The number %s is too small.") % text[:20])
    return Decimal(text)


def _check_texts(value: object, where: list[object]) -> None:
    """No name or text that cannot be kept. The depth has been looked at before."""
    if isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, dict):
        for name, one in value.items():
            _check_text(name, where)
            _check_texts(one, [*where, name])
    elif isinstance(value, list):
        for place, one in enumerate(value):
            _check_texts(one, [*where, place])


def _check_text(text: str, where: list[object]) -> None:
    if "\0" in text:
        raise InvalidJson(_("There is a NUL character in “%s”.") % _path(where))
    if not text.isascii() and halved(text):
        raise InvalidJson(_("There is half a character in “%s”.") % _path(where))


def halved(text: str) -> bool:
    """Whether half a character (a lone surrogate) is in a text."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _path(where: list[object]) -> str:
    return shown("".join(f"/{str(part)[:100]}" for part in where) or "/")


def shown(text: str) -> str:
    """A text that may be put into an answer."""
    return text[:100].replace("\0", "").encode("utf-8", errors="replace").decode("utf-8")
