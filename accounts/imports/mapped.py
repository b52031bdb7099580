"""What the columns of a file stand for, by their place: two may have the same header."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.utils.translation import gettext as _

from accounts.cells import cleaned
from tenants.typing import Json

if TYPE_CHECKING:
    from accounts.imports.presets.records import Preset

IN_UTC = re.compile(r"\b(UTC|GMT)\b")


@dataclass(frozen=True, kw_only=True)
class MappedColumn:
    """One column of a file: its header, the column it stands for ("": none), a table of values.

    A value that is not in the table is taken as it stands. `mapped`: somebody said what it means.
    """

    header: str
    column: str
    values: dict[str, str] = field(default_factory=dict)
    mapped: bool = True

    def value_of(self, cell: str) -> str:
        """A cell by the table, in any letter case."""
        if not self.values:
            return cell
        table = {folded(value): result for value, result in self.values.items()}
        return table.get(folded(cell), cell)

    @property
    def in_utc(self) -> bool:
        """Whether the header says that times without an offset are in UTC."""
        return bool(IN_UTC.search(self.header))


class ColumnMap(Protocol):
    """Says what the columns under a header stand for, by itself or by a tool's preset."""

    preset: "Preset | None"

    def by_header(self) -> dict[str, str]:
        """What the headers that it knows stand for."""

    def resolve(self, header: Sequence[str]) -> list[MappedColumn]:
        """What the columns under this header stand for, by place. Raises InvalidMapping."""


class ByName:
    """A mapping by header, in whatever letter case; what it does not name stands for itself."""

    preset: "Preset | None" = None

    def __init__(self, columns: Mapping[str, MappedColumn]) -> None:
        self._columns = dict(columns)
        self._folded = {folded(name): one for name, one in columns.items()}

    def by_header(self) -> dict[str, str]:
        return {name: one.column for name, one in self._columns.items()}

    def resolve(self, header: Sequence[str]) -> list[MappedColumn]:
        return [self._one(name) for name in header]

    def _one(self, name: str) -> MappedColumn:
        found = self._columns.get(name) or self._folded.get(folded(name))
        if found is None:
            return MappedColumn(header=name, column=name, mapped=False)
        return MappedColumn(header=name, column=found.column, values=found.values)


class ByPlace:
    """A mapping by place; it fits no other header than its own, save for letter case."""

    preset: "Preset | None" = None

    def __init__(self, columns: Sequence[MappedColumn]) -> None:
        self.columns = list(columns)

    def by_header(self) -> dict[str, str]:
        meant = {one.header: one.column for one in self.columns if one.column}
        return {one.header: "" for one in self.columns} | meant

    def resolve(self, header: Sequence[str]) -> list[MappedColumn]:
        if [folded(one.header) for one in self.columns] != [folded(name) for name in header]:
            raise InvalidMapping(_("The mapping is of a file with other columns."))
        return self.columns


class InvalidMapping(ValueError):
    """What was sent as a mapping is none, or is not one of this file."""


def folded(name: str) -> str:
    return cleaned(name).casefold()


def parsed(data: object) -> ColumnMap:
    """A mapping as it is sent and stored: an object by header, or a list by place.

    Raises InvalidMapping.
    """
    if hasattr(data, "resolve"):
        return cast(ColumnMap, data)
    if isinstance(data, Mapping):
        return ByName({str(name): _entry(str(name), result) for name, result in data.items()})
    if isinstance(data, list):
        return ByPlace([_by_place(result) for result in data])
    raise InvalidMapping(_("A mapping is a JSON object by header, or a list by place."))


def _by_place(result: object) -> MappedColumn:
    if not isinstance(result, Mapping) or not isinstance(result.get("header"), str):
        raise InvalidMapping(_("Each column of a mapping by place names its header."))
    return _entry(result["header"], {name: result[name] for name in result if name != "header"})


def _entry(header: str, result: Any) -> MappedColumn:
    if result is None or isinstance(result, str):
        return MappedColumn(header=header, column=(result or "").strip())
    column = (result.get("column") or "") if isinstance(result, Mapping) else None
    values = (result.get("values") or {}) if isinstance(result, Mapping) else None
    if (
        not isinstance(column, str)
        or not isinstance(values, Mapping)
        or not set(result) <= {"column", "values"}
        or not all(isinstance(one, str | None) for one in values.values())
    ):
        raise InvalidMapping(
            _("The mapping of “%s” is neither a column nor a column with a table of values.")
            % header
        )
    table = {str(value): one or "" for value, one in values.items()}
    return MappedColumn(header=header, column=column.strip(), values=table)


def as_json(columns: Sequence[MappedColumn]) -> list[Json]:
    """A mapping by place as it is stored and printed."""
    return [
        {"header": one.header, "column": one.column}
        | ({"values": one.values} if one.values else {})
        for one in columns
    ]
