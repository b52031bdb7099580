"""JSON objects as rows: the same columns as in a file, each with its JSON type.

What an object does not name stays as it is; null takes a value away. The inner id of the row may
stand in it as a GET showed it, and changes nothing.
"""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.cells import cleaned
from accounts.imports.mapped import ByName
from accounts.imports.options import ImportOptions
from accounts.imports.records import Column, Kind, Type
from accounts.imports.sheets import LARGEST_CELL, Row, Sheet, problem_of
from accounts.objects.listing import as_json, values_of
from tenants.typing import Json, ReadOnlyJson

ID, ATTRIBUTES = "id", "attributes"
NUMBERS = (Type.AMOUNT, Type.NUMBER, Type.RATE, Type.COUNT)


class BodySheet(Sheet):
    """Objects of a request; the line of each is its place, from 0."""

    # In JSON there is one way to write a number or a day.
    options = ImportOptions(date_format="ymd", decimal=".")

    def __init__(self, *, kind: Kind, objects: Sequence[ReadOnlyJson]) -> None:
        self._objects = objects
        self._misnamed = misnamed(kind, objects)  # before the rows are copied in, one by one
        named = {name for one in objects for name in one}
        header = [
            column.name
            for column in kind.columns
            if column.name in named or column.name in kind.key
        ]
        super().__init__(kind=kind, header=header, mapping=ByName({}))

    def rows(self) -> Iterator[Row]:
        for place, one in enumerate(self._objects):
            yield self._row_of(place, one)

    def _row_of(self, place: int, one: ReadOnlyJson) -> Row:
        problem = self._problem(one) or self._other_row(place)
        cells = [_cell(one, name, self.kind) for name in self.columns]
        if problem:
            shown = ["" if cell is None or problem_of(cell) else cell for cell in cells]
            return Row(place, shown, *problem)
        return Row(place, cells, attributes=_written(_cleaned(one.get(ATTRIBUTES, {}))))

    def _other_row(self, place: int) -> tuple[str, str, str] | None:
        return ("read_only", ID, "") if place in self._misnamed else None

    def _problem(self, one: ReadOnlyJson) -> tuple[str, str, str] | None:
        """Code, column and detail of the first thing that keeps an object from being a row."""
        for name, value in one.items():
            if name == ID:
                if not _is_whole(value):
                    return "type", name, _("a number")
            elif name == ATTRIBUTES and self.kind.attributes:
                if value is not None and not _is_flat(value):
                    return "type", name, _("an object of text, numbers, true and false")
                if len(_written(value)) > LARGEST_CELL:
                    return "too_large", name, ""
            elif name not in self.kind.by_name:
                return "column", name, ""
            elif wanted := wrong_type(self.kind.by_name[name], value):
                return "type", name, wanted
            elif problem := problem_of(_text(value)):
                return problem, name, ""
        return None


def misnamed(kind: Kind, objects: Sequence[ReadOnlyJson]) -> set[int]:
    """The places of objects that say the inner id of another row than their key, or of none."""
    result = {place: int(one[ID]) for place, one in enumerate(objects) if _is_whole(one.get(ID))}
    found = values_of(kind, kind.objects().filter(pk__in=set(result.values()))) if result else ()
    there = {row["id"]: as_json(kind, row) for row in found}
    return {
        place
        for place, pk in result.items()
        if pk not in there
        or any((objects[place].get(name) or "") != (there[pk][name] or "") for name in kind.key)
    }


def wrong_type(column: Column, value: object) -> str:
    """What a value should be, if it is something else."""
    if value is None:
        return ""
    if column.type in NUMBERS:
        right = isinstance(value, int | Decimal | str) and not isinstance(value, bool)
        return "" if right else _("a number")
    if column.type == Type.TRUTH:
        return "" if isinstance(value, bool) else _("true or false")
    if column.type == Type.JSON:
        return "" if isinstance(value, dict) else _("an object")
    return "" if isinstance(value, str) else _("text")


def _is_whole(value: object) -> bool:
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _is_flat(value: object) -> bool:
    values = value.values() if isinstance(value, dict) else [[]]
    return all(one is None or isinstance(one, str | int | Decimal) for one in values)


def _cell(one: ReadOnlyJson, name: str, kind: Kind) -> str | None:
    """The value as the text of a cell; None where the object says nothing."""
    if name not in one:
        return "" if name in kind.key else None
    return cleaned(_text(one[name]), is_key=kind.by_name[name].is_key)


def _cleaned(attributes: ReadOnlyJson | None) -> Json | None:
    """Free attributes, their texts cleaned like cells; None takes them all away."""
    if attributes is None:
        return None
    return {
        name: cleaned(value) if isinstance(value, str) else value
        for name, value in attributes.items()
    }


def _text(value: object) -> str:
    """A value as it would stand in a cell; its exponent is no longer than it may be."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return _written(value)
    if isinstance(value, Decimal):
        return str(int(value)) if _is_whole(value) else f"{value:f}"
    return str(value)


def _written(value: ReadOnlyJson | None) -> str:
    return json.dumps(value, default=float)
