"""Objects out: which ones, in pages, and their JSON."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.imports.records import INTERNAL_ID_PREFIX, Column, Kind, Type
from accounts.objects.listing import (
    DECIMAL,
    LARGEST,
    NUMBERS,
    SPANS,
    InvalidFilter,
    as_json,
    filters_of,
    narrowed,
    values_of,
)
from tenants.typing import AnyRows, Json

MOST, USUAL = 200, 50
OF_PAGES = ("cursor", "limit", "count")
CURSORS = "c[0-9a-f]{1,16}"
CURSOR = OpenApiParameter(
    "cursor", {"type": "string", "pattern": f"^({CURSORS})?$"}, description="next_cursor of a page."
)
LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
)
COUNT = OpenApiParameter("count", str, enum=["1"], description="Say how many there are in all.")


def parameters(kind: Kind) -> list[OpenApiParameter]:
    """What may stand in the address of a list."""
    named = [OpenApiParameter(name, _sought(one)) for name, one in filters_of(kind).items()]
    return [*named, CURSOR, LIMIT, COUNT]


def _sought(column: Column) -> OpenApiTypes | Json:
    if column.type in SPANS:
        return OpenApiTypes.DATE
    if column.type == Type.TRUTH:
        return OpenApiTypes.BOOL
    if column.type == Type.COUNT:
        return {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}
    if column.type in NUMBERS:
        return {"type": "string", "pattern": DECIMAL}
    return {"type": "string", "pattern": r"^[^\x00]*$"}


def page(*, kind: Kind, query: Mapping[str, str]) -> Json:
    """A page of a kind's objects, in the order in which they came."""
    rows = _narrowed(kind, query)
    limit = limit_of(query.get("limit", ""))
    after = place_of(query.get("cursor", ""))
    found = list(values_of(kind, rows.filter(pk__gt=after).order_by("pk")[: limit + 1]))
    more, found = len(found) > limit, found[:limit]
    answer = {
        "data": [as_json(kind, one) for one in found],
        "next_cursor": cursor_of(found[-1]["id"]) if more else None,
        "has_more": more,
    }
    return answer | ({"count": rows.count()} if wants_count(query) else {})


def _narrowed(kind: Kind, query: Mapping[str, str]) -> AnyRows:
    """Return the rows that fit the filters. Raises ValidationError, by the name of the filter."""
    filters = {name: value for name, value in query.items() if name not in OF_PAGES}
    try:
        return narrowed(kind, filters)
    except InvalidFilter as problem:
        if problem.name not in filters_of(kind):
            known = ", ".join([*filters_of(kind), *OF_PAGES])
            raise wrong(problem.name, _("Unknown. Known are: %s.") % known) from problem
        raise wrong(problem.name, str(problem)) from problem


def one(*, kind: Kind, name: str, lock: bool = False) -> Any:
    """The object with this external id, or with the inner id 123 where the name is `id:123`.

    Neither stands in for the other. Rows that are matched on several columns have the inner id
    alone. With `lock` nobody else changes the row before the transaction ends. Raises Http404.
    """
    rows = kind.objects().select_for_update(of=("self",)) if lock else kind.objects()
    inner = _inner_id(kind, name)
    if inner is not None:
        found = rows.filter(pk=inner).first()
    elif kind.has_external_id and "\0" not in name and not name.startswith(INTERNAL_ID_PREFIX):
        found = rows.filter(**{kind.by_name[kind.key[0]].target: name}).first()
    else:
        found = None
    if found is None:
        raise Http404
    return found


def _inner_id(kind: Kind, name: str) -> int | None:
    """The inner id that a name in an address stands for, if it stands for one."""
    digits = name.removeprefix(INTERNAL_ID_PREFIX)
    if digits == name and kind.has_external_id:
        return None
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
    return int(digits) if is_number else None


def wrong(name: str, result: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail(result, code="filter")]})


def limit_of(text: str) -> int:
    if not text:
        return USUAL
    if not re.fullmatch("[0-9]{1,9}", text, re.ASCII) or not 1 <= int(text) <= MOST:
        raise wrong("limit", _("From 1 to %s.") % MOST)
    return int(text)


def wants_count(query: Mapping[str, str]) -> bool:
    """Whether the answer says how many there are in all."""
    text = query.get("count", "")
    if text not in ("", "1"):
        raise wrong("count", _("Known is only: %s.") % "1")
    return text == "1"


def cursor_of(pk: int) -> str:
    return f"c{pk:x}"


def place_of(cursor: str) -> int:
    """Where a page begins. Raises ValidationError for what is no cursor."""
    if cursor and not re.fullmatch(CURSORS, cursor):
        raise wrong("cursor", _("This is no cursor that we gave."))
    return min(int(cursor[1:], 16), LARGEST) if cursor else 0
