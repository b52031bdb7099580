"""A kind's rows as a list: what it is narrowed by, and how people read a row."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.countries import name_of
from accounts.imports.records import Column, Kind, Type
from accounts.objects import listing
from accounts.pages.fact_form import NUMBERS, choices_of, columns_of
from tenants import formats
from tenants.typing import AnyRows, Context

MOST_COLUMNS = 6
LONGEST_CELL = 300
LOOKS = {**dict.fromkeys(NUMBERS, "amount"), **dict.fromkeys(listing.SPANS, "text-nowrap")}


def filters_of(kind: Kind, query: Mapping[str, str]) -> list[Context]:
    """What the list is narrowed by: what a row is of, and between which days."""
    spans = [column for column in kind.columns if column.type in listing.SPANS][:1]
    others = [one for one in kind.columns if one.references and one.references is not kind.model]
    named_by = [one for one in (*others, *columns_of(kind)) if one not in spans][:1]
    found = [_filter(kind, one, one.name, "{}", query) for one in named_by]
    for one in spans:
        found.append(_filter(kind, one, f"{one.name}_from", _("{}: from"), query))
        found.append(_filter(kind, one, f"{one.name}_to", _("{}: until"), query))
    return found


def _filter(kind: Kind, column: Column, name: str, label: str, query: Mapping[str, str]) -> Context:
    return {
        "name": name,
        "label": label.format(capfirst(str(kind.label_of(column)))),
        "type": "date" if column.type in listing.SPANS else "search",
        "choices": choices_of(kind, column),
        "value": query.get(name, "").strip(),
    }


def shown(kind: Kind) -> list[Column]:
    """The columns of the list: what a row must have, and then what there is room for."""
    first = [one for one in columns_of(kind) if one.name in kind.key or one.required]
    rest = [one for one in columns_of(kind) if one not in first and one.max_length <= LONGEST_CELL]
    return [*first, *rest][:MOST_COLUMNS]


def headings(kind: Kind) -> list[dict[str, str]]:
    return [
        {"text": capfirst(str(kind.label_of(column))), "look": LOOKS.get(column.type, "")}
        for column in shown(kind)
    ]


def values(kind: Kind, rows: AnyRows) -> AnyRows:
    return rows.values("id", *{listing.path_of(column) for column in shown(kind)})


def line(kind: Kind, row: Mapping[str, object], zone: str) -> Context:
    """A row with its cells, moments in the zone."""
    cells = [
        {
            "text": _text(kind, column, row[listing.path_of(column)], zone),
            "look": LOOKS.get(column.type, ""),
        }
        for column in shown(kind)
    ]
    return {"pk": row["id"], "cells": cells}


def _text(kind: Kind, column: Column, value: object, zone: str) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.moment(value, zone=zone)
    if isinstance(value, date):
        return formats.month(value) if column.type == Type.MONTH else formats.day(value)
    if isinstance(value, Decimal | int):
        return formats.exact(value, least=2 if column.type == Type.AMOUNT else 0)
    if column.type == Type.COUNTRY:
        return name_of(str(value))
    return dict(choices_of(kind, column)).get(str(value), str(value))
