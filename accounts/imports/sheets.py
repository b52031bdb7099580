"""Rows under a header, from whatever source: what reading has in common.

Nothing in a source stops the reading: a row that cannot be read is passed on with what is wrong.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.cells import as_it_was
from accounts.imports.records import Kind, Type
from accounts.strict_json import InvalidJson, halved, parse_object

LEFT_OUT = "\0"  # stands for a column of the file that means nothing to us
LARGEST_CELL = 64 * 1024
ATTRIBUTE = "attr."
# What a file of rejects has in addition; mended and sent again, it is read without them.
OF_REJECTS = ("line", "column", "value", "reason")


class Refused(ValueError):
    """The file as a whole cannot be used; nothing was changed."""


@dataclass(frozen=True)
class Row:
    """The cells of a row, and the first thing that kept it from being read, if any.

    A cell that is None says nothing: what is there stays. `attributes` are free ones, as JSON.
    """

    line: int
    cells: "Sequence[str | None]"
    problem: str = ""
    column: str = ""
    detail: str = ""
    attributes: str = "{}"


class Sheet(ABC):
    """Rows under a header. `mapping` says what a header of the file's own stands for.

    A header that is mapped to nothing is left out; one that is not mapped stands for itself.
    """

    # What the rows are told apart by when a broken one is put together again.
    delimiter = ","

    def __init__(self, *, kind: Kind, header: list[str], mapping: Mapping[str, str]) -> None:
        self.kind = kind
        self.header = [(mapping[name] or LEFT_OUT) if name in mapping else name for name in header]
        self.of_rejects = of_rejects(kind)
        self._check()
        self._kept = [name not in (*self.of_rejects, LEFT_OUT) for name in self.header]
        # A file of rejects went through a spreadsheet, disarmed for it.
        self._disarmed = bool(self.of_rejects) and set(self.of_rejects) <= set(self.header)
        self._json = {column.name for column in kind.columns if column.holds == Type.JSON}

    def _check(self) -> None:
        known = {*self.kind.by_name, *self.of_rejects, LEFT_OUT}
        unknown = [
            f"“{name}”" for name in self.header if name not in known and not self._may_be(name)
        ]
        if unknown:
            raise Refused(
                _("Unknown columns: %(names)s. Known are: %(known)s.")
                % {"names": ", ".join(unknown), "known": ", ".join(self.kind.by_name)}
            )
        named = [name for name in self.header if name != LEFT_OUT]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise Refused(_("Columns that stand there twice: %s.") % ", ".join(twice))
        for name in self.kind.key:
            if name not in self.header and not self.kind.by_name[name].when_empty:
                raise Refused(_("The column %s is missing.") % name)

    def _may_be(self, name: str) -> bool:
        free = name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE)
        return bool(self.kind.attributes) and free

    @cached_property
    def columns(self) -> list[str]:
        """The columns that hold facts, as they stand in the file."""
        return [name for name, kept in zip(self.header, self._kept, strict=True) if kept]

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """The rows below the header."""

    @property
    def share_read(self) -> float:
        """How much of the source has been read, from 0 to 1."""
        return 1.0

    def row(self, line: int, cells: list[str]) -> Row:
        """A row of as many cells as the header has."""
        facts = [cell.strip() for cell, kept in zip(cells, self._kept, strict=True) if kept]
        if self._disarmed:
            facts = [as_it_was(cell) for cell in facts]
        for cell, name in zip(facts, self.columns, strict=True):
            problem = problem_of(cell) or (name in self._json and not_an_object(cell))
            if problem:
                return Row(line, [shown(cell) for cell in facts], problem, name)
        return Row(line, facts, attributes=self._free(facts))

    def _free(self, facts: list[str]) -> str:
        """The free attributes of a row, as JSON; an empty cell says nothing."""
        if not self._has_free:
            return "{}"
        pairs = zip(self.columns, facts, strict=True)
        free = {
            name.removeprefix(ATTRIBUTE): cell for name, cell in pairs if name.startswith(ATTRIBUTE)
        }
        return json.dumps({name: cell for name, cell in free.items() if cell})

    @cached_property
    def _has_free(self) -> bool:
        return any(name.startswith(ATTRIBUTE) for name in self.columns)

    def broken(self, line: int, pieces: list[str], problem: str, detail: str = "") -> Row:
        """A row that is no row: its pieces, from which the line can be put together again."""
        return Row(line, [shown(piece) for piece in pieces], problem, self.columns[0], detail)


def of_rejects(kind: Kind) -> list[str]:
    """The columns of a file of rejects that are not the kind's own."""
    return [name for name in OF_REJECTS if name not in kind.by_name]


def problem_of(cell: str) -> str:
    if len(cell) > LARGEST_CELL:
        return "too_large"
    if "\0" in cell:
        return "nul"
    return "bytes" if not cell.isascii() and halved(cell) else ""


def shown(cell: str) -> str:
    """A cell that cannot be kept, as nearly as it can be shown."""
    text = cell[:LARGEST_CELL].encode("utf-8", errors="replace").decode("utf-8")
    return text.replace("\0", "\ufffd")


def not_an_object(cell: str) -> str:
    """The problem of a cell that should hold a JSON object, if it has one."""
    try:
        parse_object(cell or "{}")
    except InvalidJson:
        return "json"
    return ""
