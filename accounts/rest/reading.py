"""Objects out: which ones, in pages, and their JSON."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.countries import code_of
from accounts.imports.records import INNER, Column, Kind, Type

MOST, USUAL = 200, 50
OF_PAGES = ("cursor", "limit", "count")
SPANS = (Type.DATE, Type.MONTH, Type.MOMENT)
NUMBERS = (Type.AMOUNT, Type.NUMBER, Type.RATE)
LARGEST = 2**63 - 1
WHOLE, DAY = re.compile(r"-?[0-9]{1,19}\Z"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
DECIMAL = r"^-?[0-9]{1,14}(\.[0-9]{1,10})?$"
CURSORS = "c[0-9a-f]{1,16}"
CURSOR = OpenApiParameter(
    "cursor", {"type": "string", "pattern": f"^({CURSORS})?$"}, description="next_cursor of a page."
)
LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
)
COUNT = OpenApiParameter("count", str, enum=["1"], description="Say how many there are in all.")
LONGEST_FILTER = 300  # texts longer than this are read, not looked for


def filters_of(kind: Kind) -> dict[str, Column]:
    """The names by which a list may be narrowed, and the column of each."""
    names: dict[str, Column] = {}
    for column in kind.columns:
        if column.type in SPANS:
            names |= {f"{column.name}_from": column, f"{column.name}_to": column}
        if column.type != Type.JSON and column.max_length <= LONGEST_FILTER:
            names[column.name] = column
    return names


def parameters(kind: Kind) -> list[OpenApiParameter]:
    """What may stand in the address of a list."""
    named = [OpenApiParameter(name, _sought(one)) for name, one in filters_of(kind).items()]
    return [*named, CURSOR, LIMIT, COUNT]


def _sought(column: Column) -> Any:
    if column.type in SPANS:
        return OpenApiTypes.DATE
    if column.type == Type.TRUTH:
        return OpenApiTypes.BOOL
    if column.type == Type.COUNT:
        return {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}
    if column.type in NUMBERS:
        return {"type": "string", "pattern": DECIMAL}
    return {"type": "string", "pattern": r"^[^\x00]*$"}


def page(*, kind: Kind, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of a kind's objects, in the order in which they came."""
    rows = narrowed(kind, query)
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


def one(*, kind: Kind, name: str, lock: bool = False) -> Any:
    """The object with this external id, or with the inner id 123 where the name is `id:123`.

    Neither stands in for the other. Rows that are matched on several columns have the inner id
    alone. With `lock` nobody else changes the row before the transaction ends. Raises Http404.
    """
    rows = kind.objects().select_for_update(of=("self",)) if lock else kind.objects()
    inner = _inner_id(kind, name)
    if inner is not None:
        found = rows.filter(pk=inner).first()
    elif kind.has_external_id and "\0" not in name and not name.startswith(INNER):
        found = rows.filter(**{kind.by_name[kind.key[0]].target: name}).first()
    else:
        found = None
    if found is None:
        raise Http404
    return found


def _inner_id(kind: Kind, name: str) -> int | None:
    """The inner id that a name in an address stands for, if it stands for one."""
    digits = name.removeprefix(INNER)
    if digits == name and kind.has_external_id:
        return None
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
    return int(digits) if is_number else None


def shown(*, kind: Kind, pk: int) -> dict[str, Any]:
    return as_json(kind, values_of(kind, kind.objects().filter(pk=pk)).get())


def values_of(kind: Kind, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    paths = {path_of(column) for column in kind.columns} | {"id"}
    found: QuerySet[Any, Any] = rows.values(*paths, *([kind.attributes] if kind.attributes else []))
    return found


def path_of(column: Column) -> str:
    """Where the value of a column is: of a reference, what the other row is called."""
    return f"{column.target}__{column.by}" if column.references else column.target


def as_json(kind: Kind, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is answered, and could be sent again."""
    result = {column.name: plain(row[path_of(column)]) for column in kind.columns}
    free = {"attributes": row[kind.attributes]} if kind.attributes else {}
    return {"id": row["id"], **result, **free}


def plain(value: Any) -> Any:
    """A value in JSON: decimals as text, so that no digit is lost; moments in UTC."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def narrowed(kind: Kind, query: Mapping[str, str]) -> QuerySet[Any, Any]:
    """The rows that fit every filter. Raises ValidationError, by the name of the filter."""
    known = filters_of(kind)
    rows: QuerySet[Any, Any] = kind.objects().all()
    for name, value in query.items():
        if name in OF_PAGES:
            continue
        if name not in known:
            raise wrong(name, _("Unknown. Known are: %s.") % ", ".join([*known, *OF_PAGES]))
        try:
            rows = rows.filter(**_condition(known[name], name, value))
        except (ValueError, InvalidValue, ArithmeticError):
            raise wrong(name, _("This value cannot be looked for.")) from None
    return rows


def _condition(column: Column, name: str, value: str) -> dict[str, Any]:
    """One condition; of a span both ends are included, by the day."""
    path = path_of(column)
    if column.type == Type.TRUTH:
        return {path: {"true": True, "false": False}[value]} if value in TRUTHS else _refuse()
    if column.type in SPANS:
        day = date.fromisoformat(value) if DAY.match(value) else _refuse()
        path += "__date" if column.type == Type.MOMENT else ""
        end = name.removeprefix(column.name)
        return {path + {"_from": "__gte", "_to": "__lte", "": ""}[end]: day}
    if column.type == Type.COUNT:
        return (
            {path: int(value)} if WHOLE.match(value) and abs(int(value)) <= LARGEST else _refuse()
        )
    if column.type in NUMBERS:
        return {path: Decimal(value)} if re.match(DECIMAL, value) else _refuse()
    if "\0" in value:
        return _refuse()
    return {path: code_of(value) if column.type == Type.COUNTRY else value}


TRUTHS = ("true", "false")


def _refuse() -> dict[str, Any]:
    raise ValueError


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
