"""CSV: a file's bytes, as rows of text with their line numbers. Reads a stream, keeps one row."""

import csv
import os
from collections import deque
from collections.abc import Container, Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from accounts.imports.mapped import ColumnMap
from accounts.imports.options import ImportOptions
from accounts.imports.records import Kind
from accounts.imports.sheets import Refused, Row, Sheet, column_map, problem_of
from accounts.imports.workbook import XlsxSheet

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LARGEST_LINE = 8 * 1024 * 1024
LONGEST_RECORD = 200  # lines that a quoted cell may run over before its quote counts as unclosed

csv.field_size_limit(LARGEST_LINE)


def sheet_of(
    *,
    kind: Kind,
    source: BinaryIO,
    mapping: Any = None,
    options: ImportOptions | None = None,
) -> Sheet:
    """The rows of a file, by what its first bytes say it is."""
    read = XlsxSheet if is_workbook(source) else CsvSheet
    sheet = read(kind=kind, source=source, mapping=column_map(mapping))
    sheet.options = options or ImportOptions()
    return sheet


def is_workbook(source: BinaryIO) -> bool:
    """Whether a file is XLSX, by its first bytes. Raises Refused for one of the old kind."""
    beginning = source.read(8)
    source.seek(0)
    if beginning.startswith(OLD_OFFICE):
        raise Refused(_("This is a workbook of the old kind (XLS). Save it as XLSX or CSV."))
    return beginning.startswith(ZIP)


def first_line(
    source: BinaryIO, *, known: Container[str], more: int
) -> tuple[str, list[str], list[str]]:
    """The delimiter and the header of a CSV file, and some of the lines that follow."""
    lines = _Lines(source)
    delimiter, header = _read_header(lines, known)
    following = [lines.next() for _number in range(more)]
    return delimiter, header, [line for line in following if line]


def _read_header(lines: "_Lines", known: Container[str]) -> tuple[str, list[str]]:
    first = lines.next()
    if first is None or not first.strip():
        raise Refused(_("The file is empty: not even a header is in it."))
    if problem_of(first) or "\r" in first.rstrip("\r\n"):
        raise Refused(_("The header is not a line of UTF-8 text that ends with a line feed."))
    return _header(first, known)


class CsvSheet(Sheet):
    """A CSV file: UTF-8, commas or semicolons."""

    def __init__(self, *, kind: Kind, source: BinaryIO, mapping: ColumnMap) -> None:
        self._source = source
        self._lines = _Lines(source)
        self._size = size_of(source)
        self.delimiter, header = _read_header(self._lines, {*kind.by_name, *mapping})
        super().__init__(kind=kind, header=header, mapping=mapping)

    @property
    def share_read(self) -> float:
        return min(1.0, self._lines.bytes / self._size) if self._size else 0.0

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
        return self.row(number, cells)

    def _broken(self, number: int, line: str, problem: str, detail: str = "") -> Row:
        return self.broken(
            number, line.rstrip("\r\n").split(self.delimiter), problem, detail=detail
        )

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
        self.bytes = 0

    def next(self) -> str | None:
        if self._waiting:
            line = self._waiting.popleft()
        else:
            raw = self._source.readline(LARGEST_LINE)
            if not raw:
                return None
            self.bytes += len(raw)
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


def _parsed(lines: list[str], delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def size_of(source: BinaryIO) -> int:
    """The bytes of a file; 0 of a stream whose end nobody knows."""
    try:
        return os.fstat(source.fileno()).st_size
    except (OSError, AttributeError):
        return 0


def _header(line: str, known: Container[str]) -> tuple[str, list[str]]:
    """The delimiter that makes more of the header known, and the names."""
    found = []
    for delimiter in (",", ";"):
        names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
        found.append((sum(name in known for name in names), len(names), delimiter, names))
    _known, _many, delimiter, names = max(found, key=lambda item: item[:2])
    return delimiter, names
