"""A file's bytes, as rows of text with their line numbers. Reads a stream, keeps one row.

Nothing in a file stops the reading: a row that cannot be read is passed on with what is wrong.
"""

import csv
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from accounts.imports.records import Kind

LARGEST_CELL = 64 * 1024
LARGEST_LINE = 8 * 1024 * 1024
LONGEST_RECORD = 200  # lines that a quoted cell may run over before its quote counts as unclosed
ATTRIBUTE = "attr."
# What a file of rejects has in addition; mended and sent again, it is read without them.
OF_REJECTS = ("line", "column", "value", "reason")

csv.field_size_limit(LARGEST_LINE)


class Refused(ValueError):
    """The file as a whole cannot be used; nothing was changed."""


@dataclass(frozen=True)
class Row:
    """The cells of a row, and the first thing that kept it from being read, if any."""

    line: int
    cells: list[str]
    problem: str = ""
    column: str = ""
    detail: str = ""


class Table:
    """A CSV file: its header, understood, and an iterator of its rows."""

    def __init__(self, *, kind: Kind, source: BinaryIO) -> None:
        self._lines = _Lines(source)
        first = self._lines.next()
        if first is None or not first.strip():
            raise Refused(_("The file is empty: not even a header is in it."))
        if _problem(first) or "\r" in first.rstrip("\r\n"):
            raise Refused(_("The header is not a line of UTF-8 text that ends with a line feed."))
        self.delimiter, self.header = _header(first, kind)
        self.of_rejects = of_rejects(kind)
        self._check(kind)

    def _check(self, kind: Kind) -> None:
        known = {*kind.by_name, *self.of_rejects}
        unknown = [
            f"“{name}”"
            for name in self.header
            if name not in known and not self._is_free(name, kind)
        ]
        if unknown:
            raise Refused(
                _("Unknown columns: %(names)s. Known are: %(known)s.")
                % {"names": ", ".join(unknown), "known": ", ".join(kind.by_name)}
            )
        twice = sorted({name for name in self.header if self.header.count(name) > 1})
        if twice:
            raise Refused(_("Columns that stand there twice: %s.") % ", ".join(twice))
        if kind.columns[0].name not in self.header:
            raise Refused(_("The column %s is missing.") % kind.columns[0].name)

    @staticmethod
    def _is_free(name: str, kind: Kind) -> bool:
        return bool(kind.attributes) and name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE)

    @property
    def columns(self) -> list[str]:
        """The columns that hold facts, as they stand in the file."""
        return [name for name in self.header if name not in self.of_rejects]

    def rows(self) -> Iterator[Row]:
        while (line := self._lines.next()) is not None:
            if line.strip():
                yield self._row(line)

    def _row(self, first: str) -> Row:
        number, cells = self._lines.number, self._cells(first)
        if cells is None:
            inside = first.rstrip("\r\n")
            return self._broken(number, first, "line_end" if "\r" in inside else "quote")
        if len(cells) != len(self.header):
            return self._broken(number, first, "cells", detail=str(len(cells)))
        facts = [
            cell.strip()
            for cell, name in zip(cells, self.header, strict=True)
            if name not in self.of_rejects
        ]
        for cell, name in zip(facts, self.columns, strict=True):
            problem = _problem(cell)
            if problem:
                return Row(number, [_shown(cell) for cell in facts], problem, name)
        return Row(number, facts)

    def _broken(self, number: int, line: str, problem: str, detail: str = "") -> Row:
        """A row that is no row: its pieces, from which the line can be put together again."""
        pieces = [_shown(piece) for piece in line.rstrip("\r\n").split(self.delimiter)]
        return Row(number, pieces, problem, self.columns[0], detail)

    def _cells(self, line: str) -> list[str] | None:
        """A record's cells; reads on where a quoted cell runs over the end of the line."""
        cells = _parsed([line], self.delimiter)
        if cells is None and line.count('"') % 2:
            lines = [line, *self._until_closed(len(line))]
            cells = _parsed(lines, self.delimiter)
            if cells is None:
                self._lines.put_back(lines[1:])
        return cells

    def _until_closed(self, size: int) -> Iterator[str]:
        """The lines up to the one that closes the quotation mark, as far as one may read on."""
        for _number in range(LONGEST_RECORD):
            line = self._lines.next() if size < LARGEST_LINE else None
            if line is None:
                return
            yield line
            size += len(line)
            if line.count('"') % 2:
                return


class _Lines:
    """Lines of text with their number, which can be put back."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._waiting: deque[str] = deque()
        self.number = 0

    def next(self) -> str | None:
        if self._waiting:
            line = self._waiting.popleft()
        else:
            raw = self._source.readline(LARGEST_LINE)
            if not raw:
                return None
            self._skip_the_rest(raw)
            raw = raw.removeprefix(b"\xef\xbb\xbf") if self.number == 0 else raw
            line = raw.decode("utf-8", errors="surrogateescape")
        self.number += 1
        return line

    def _skip_the_rest(self, piece: bytes) -> None:
        """Of a line beyond all measure only the beginning is kept."""
        while len(piece) == LARGEST_LINE and not piece.endswith(b"\n"):
            piece = self._source.readline(LARGEST_LINE)

    def put_back(self, lines: list[str]) -> None:
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)


def of_rejects(kind: Kind) -> list[str]:
    """The columns of a file of rejects that are not the kind's own."""
    return [name for name in OF_REJECTS if name not in kind.by_name]


def _parsed(lines: list[str], delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _header(line: str, kind: Kind) -> tuple[str, list[str]]:
    """The delimiter that makes more of the header known, and the names."""
    found = []
    for delimiter in (",", ";"):
        names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
        found.append((sum(name in kind.by_name for name in names), delimiter, names))
    _known, delimiter, names = max(found, key=lambda item: item[0])
    return delimiter, names


def _problem(cell: str) -> str:
    if len(cell) > LARGEST_CELL:
        return "too_large"
    if "\0" in cell:
        return "nul"
    return "" if cell.isascii() or not any("\ud800" <= c <= "\udfff" for c in cell) else "bytes"


def _shown(cell: str) -> str:
    """A cell that cannot be kept, as nearly as it can be shown."""
    text = cell[:LARGEST_CELL].encode("utf-8", errors="replace").decode("utf-8")
    return text.replace("\0", "\ufffd")


def attributes_of(row: Row, columns: list[str]) -> str:
    """The free attributes of a row, as JSON; an empty cell says nothing."""
    pairs = zip(columns, row.cells, strict=True)
    free = {
        name.removeprefix(ATTRIBUTE): cell for name, cell in pairs if name.startswith(ATTRIBUTE)
    }
    return json.dumps({name: cell for name, cell in free.items() if cell})
