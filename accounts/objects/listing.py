"""Rows out: which ones, and the values of each."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NoReturn

from django.core.exceptions import ValidationError as InvalidValue
from django.utils.translation import gettext as _

from accounts.countries import code_of
from accounts.imports.records import Column, Kind, Type
from tenants.typing import AnyRows, Json

SPANS = (Type.DATE, Type.MONTH, Type.MOMENT)
NUMBERS = (Type.AMOUNT, Type.NUMBER, Type.RATE)
LARGEST = 2**63 - 1
WHOLE, DAY = re.compile(r"-?[0-9]{1,19}\Z"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
DECIMAL = r"^-?[0-9]{1,14}(\.[0-9]{1,10})?$"
TRUTHS = ("true", "false")
LONGEST_FILTER = 300  # texts longer than this are read, not looked for


class InvalidFilter(ValueError):
    """A filter that there is not, or whose value cannot be looked for: `name`, and why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def filters_of(kind: Kind) -> dict[str, Column]:
    """The names by which a list may be narrowed, and the column of each."""
    names: dict[str, Column] = {}
    for column in kind.columns:
        if column.type in SPANS:
            names |= {f"{column.name}_from": column, f"{column.name}_to": column}
        if column.type != Type.JSON and column.max_length <= LONGEST_FILTER:
            names[column.name] = column
    return names


def narrowed(kind: Kind, query: Mapping[str, str]) -> AnyRows:
    """Return the rows that fit every filter. Raises InvalidFilter."""
    known = filters_of(kind)
    rows: AnyRows = kind.objects().all()
    for name, value in query.items():
        if name not in known:
            raise InvalidFilter(name, _("Unknown. Known are: %s.") % ", ".join(known))
        try:
            rows = rows.filter(**_condition(known[name], name, value))
        except (ValueError, InvalidValue, ArithmeticError):
            raise InvalidFilter(name, _("This value cannot be looked for.")) from None
    return rows


def _condition(column: Column, name: str, value: str) -> Json:
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


def _refuse() -> NoReturn:
    raise ValueError


def shown(*, kind: Kind, pk: int) -> Json:
    return as_json(kind, values_of(kind, kind.objects().filter(pk=pk)).get())


def values_of(kind: Kind, rows: AnyRows) -> AnyRows:
    paths = {path_of(column) for column in kind.columns} | {"id"}
    return rows.values(*paths, *([kind.attributes] if kind.attributes else []))


def path_of(column: Column) -> str:
    """Where the value of a column is: of a reference, what the other row is called."""
    return f"{column.target}__{column.by}" if column.references else column.target


def as_json(kind: Kind, row: Mapping[str, object]) -> Json:
    """A row as it is answered, and could be sent again."""
    result = {column.name: plain(row[path_of(column)]) for column in kind.columns}
    free = {"attributes": row[kind.attributes]} if kind.attributes else {}
    return {"id": row["id"], **result, **free}


def plain(value: object) -> object:
    """A value in JSON: decimals as text, so that no digit is lost; moments in UTC."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
