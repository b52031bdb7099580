"""Rows under a header, from whatever source: what reading has in common.

Nothing in a source stops the reading: a row that cannot be read is passed on with what is wrong.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.cells import as_it_was, cleaned
from accounts.imports.headers import ATTRIBUTE, OF_REJECTS
from accounts.imports.mapped import ColumnMap, InvalidMapping, MappedColumn, parsed
from accounts.imports.options import ImportOptions, Reading
from accounts.imports.records import Kind, Type
from accounts.imports.refusals import ImportFileError, UnknownColumns
from accounts.strict_json import InvalidJson, halved, parse_object

LEFT_OUT = "\0"  # stands for a column of the file that means nothing to us
LARGEST_CELL = 64 * 1024
ESCAPED = re.compile("[\udc80-\udcff]")  # bytes that are no text in the encoding of the file
# Stands in a file of rejects for a cell that could not be read, until somebody writes it anew:
# whatever it was, nothing that can be read may take its place by itself.
UNREADABLE = "[unreadable]"
# The errors of spreadsheets, as they stand in the files that these save.
ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
SHORTENED = re.compile(r"[1-9]([.,][0-9]+)?E\+[0-9]{2}")  # 1.23E+15: a number that lost its digits
AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')  # how exporters keep a spreadsheet from changing a text
SHOWN_AS_THEY_ARE = (
    "error",
    "shortened",
    "json",
)  # problems of cells that are refused again as they stand


class BadCell(str):
    """A cell that cannot be used, as it can be shown; `problem` says why."""

    problem: str

    def __new__(cls, text: str, problem: str) -> "BadCell":
        made = super().__new__(cls, text)
        made.problem = problem
        return made


@dataclass(frozen=True)
class Row:
    """The cells of a row, and the first thing that kept it from being read, if any.

    A cell that is None says nothing: what is there stays. `attributes` are free ones, as JSON.
    `value` is what is shown of a problem; None stands for the cell of its column.
    """

    line: int
    cells: "Sequence[str | None]"
    problem: str = ""
    column: str = ""
    detail: str = ""
    attributes: str = "{}"
    value: str | None = None


class Sheet(ABC):
    """Rows under a header. `mapping` says what a header of the file's own stands for.

    A header that is mapped to nothing is left out; one that is not mapped stands for itself.
    """

    # What the sender said of the formats of the cells.
    options = ImportOptions()
    # What separates the columns of the file, and of its rejects.
    delimiter = ","
    assumptions = Reading()

    def __init__(self, *, kind: Kind, header: list[str], mapping: ColumnMap) -> None:
        self.kind = kind
        try:
            self._mapped = mapping.resolve(header)
        except InvalidMapping as problem:
            raise ImportFileError(str(problem)) from problem
        self.header = [
            one.column if one.column or not one.mapped else LEFT_OUT for one in self._mapped
        ]
        self.preset = mapping.preset
        self.of_rejects = of_rejects(kind)
        self._check()
        self._kept = [name not in (*self.of_rejects, LEFT_OUT, "") for name in self.header]
        self._is_key = [name in kind.by_name and kind.by_name[name].is_key for name in self.header]
        self._nameless = [place for place, name in enumerate(self.header) if not name]
        # A file of rejects went through a spreadsheet, disarmed for it.
        self._disarmed = bool(self.of_rejects) and set(self.of_rejects) <= set(self.header)
        self._json = {column.name for column in kind.columns if column.type == Type.JSON}
        self._ids = {
            column.name
            for column in kind.columns
            if column.type == Type.TEXT and (column.name in kind.key or column.references)
        }

    def _check(self) -> None:
        known = {*self.kind.by_name, *self.of_rejects, LEFT_OUT, ""}
        unknown = [
            f"“{name}”" for name in self.header if name not in known and not self._may_be(name)
        ]
        if unknown:
            raise UnknownColumns(
                _("Unknown columns: %(names)s. Known are: %(known)s.")
                % {"names": ", ".join(unknown), "known": ", ".join(self.kind.by_name)}
            )
        named = [name for name in self.header if name not in (LEFT_OUT, "")]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ImportFileError(_("Columns that stand there twice: %s.") % ", ".join(twice))
        for name in self.kind.key:
            if name not in self.header and not self.kind.by_name[name].when_empty:
                raise ImportFileError(_("The column %s is missing.") % name)

    def _may_be(self, name: str) -> bool:
        free = name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE)
        if self.preset and self.preset.knows(name):
            return True
        return bool(self.kind.attributes) and free

    @cached_property
    def columns(self) -> list[str]:
        """The columns that hold facts, as they stand in the file."""
        return [name for name, retained in zip(self.header, self._kept, strict=True) if retained]

    @cached_property
    def mapped(self) -> list[MappedColumn]:
        """The same, each with its header and its table of values."""
        return [one for one, retained in zip(self._mapped, self._kept, strict=True) if retained]

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """The rows below the header."""

    @property
    def share_read(self) -> float:
        """How much of the source has been read, from 0 to 1."""
        return 1.0

    def row(self, line: int, cells: list[str]) -> Row:
        """A row of as many cells as the header has."""
        if any(cells[place].strip() for place in self._nameless):
            return self.broken(line, self.delimiter.join(cells), "nameless")
        facts = [
            self._fact(cell, is_key)
            for cell, retained, is_key in zip(cells, self._kept, self._is_key, strict=True)
            if retained
        ]
        problems = list(map(self._problem_of_cell, facts, self.columns))
        if not any(problems):
            return Row(line, facts, attributes=self._free(facts))
        return self._bad(line, facts, problems, self._value_of_rejects(cells))

    def _fact(self, cell: str, is_key: bool) -> str:
        """A cell without what cannot be seen, and what was put around it for a spreadsheet."""
        if isinstance(cell, BadCell):
            return cell
        cell = cleaned(cell, is_key=is_key)
        if self._disarmed:
            cell = as_it_was(cell)
        if cell[:2] == '="' and (text := AS_TEXT.fullmatch(cell)):
            return cleaned(text[1].replace('""', '"'), is_key=is_key)
        return cell

    def _problem_of_cell(self, cell: str, name: str) -> str:
        """What is wrong with a cell, if anything."""
        if not cell:
            return ""
        if isinstance(cell, BadCell):
            return cell.problem
        if cell[0] == "#" and cell.upper() in ERRORS:
            return "error"
        if cell == UNREADABLE:
            return "unread"
        if name in self._ids and SHORTENED.fullmatch(cell):
            return "shortened"
        return problem_of(cell) or (not_an_object(cell) if name in self._json else "")

    def _bad(self, line: int, facts: list[str], problems: list[str], before: str) -> Row:
        """A row with bad cells: the first is named, and none of them passes when it comes back."""
        place = next(place for place, problem in enumerate(problems) if problem)
        cells = [
            UNREADABLE if problem and problem not in SHOWN_AS_THEY_ARE else shown(cell)
            for cell, problem in zip(facts, problems, strict=True)
        ]
        value = before if problems[place] == "unread" else shown(facts[place])
        return Row(line, cells, problems[place], self.columns[place], value=value)

    def _value_of_rejects(self, cells: list[str]) -> str:
        """What a file of rejects says that could not be read."""
        if "value" not in self.of_rejects or "value" not in self.header:
            return UNREADABLE
        return shown(as_it_was(cells[self.header.index("value")]))

    def _free(self, facts: list[str]) -> str:
        """The free attributes of a row, as JSON; an empty cell takes the value away."""
        if not self._has_free:
            return "{}"
        pairs = zip(self.columns, self.mapped, facts, strict=True)
        return json.dumps(
            {
                name.removeprefix(ATTRIBUTE): one.value_of(cell) or None
                for name, one, cell in pairs
                if name.startswith(ATTRIBUTE)
            }
        )

    @cached_property
    def _has_free(self) -> bool:
        return any(name.startswith(ATTRIBUTE) for name in self.columns)

    def broken(self, line: int, raw: str, problem: str, detail: str = "") -> Row:
        """A row that could not be told into cells: what was sent, and no cell that could pass."""
        cells = [UNREADABLE] * len(self.columns)
        return Row(line, cells, problem, self.columns[0], detail, value=shown(raw))


def column_map(mapping: object) -> ColumnMap:
    """A mapping as it was sent or stored, if there is one. Raises ImportFileError."""
    try:
        return parsed(mapping or {})
    except InvalidMapping as problem:
        raise ImportFileError(str(problem)) from problem


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
    """A cell that cannot be kept, as nearly as it can be shown: bytes by their numbers."""
    text = ESCAPED.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", cell[:LARGEST_CELL])
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8").replace("\0", "\\x00")


def not_an_object(cell: str) -> str:
    """The problem of a cell that should hold a JSON object, if it has one."""
    try:
        parse_object(cell or "{}")
    except InvalidJson:
        return "json"
    return ""
