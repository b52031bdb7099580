"""XLSX: the first sheet of a workbook, as rows of text. Reads a stream, keeps one row."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from accounts.imports.formats import unreadable
from accounts.imports.headers import Names, Record, Table, empty, table_at
from accounts.imports.mapped import ColumnMap
from accounts.imports.options import ImportOptions, Reading
from accounts.imports.records import Kind
from accounts.imports.refusals import Refused
from accounts.imports.sheets import Row, Sheet

# A workbook is a zip: what it says it unpacks to is the most that is ever read of it.
LARGEST_UNPACKED = 300 * 1024 * 1024
LARGEST_TEXTS = 48 * 1024 * 1024  # the one part of it that is kept in memory whole
TEXTS = "xl/sharedStrings.xml"


class XlsxSheet(Sheet):
    """The first sheet; its first row is the header."""

    def __init__(
        self, *, kind: Kind, source: BinaryIO, mapping: ColumnMap, options: ImportOptions
    ) -> None:
        names = Names(kind, mapping.by_header())
        table, self.assumptions = table_of_workbook(source, names=names, options=options)
        sheet, self._count, _others = _sheet(source, options.sheet)
        self._number = self._first = table.header.line
        self._rows = islice(_read(sheet), self._first, None)
        self.options = options
        super().__init__(kind=kind, header=table.names, mapping=mapping)

    @property
    def share_read(self) -> float:
        return min(1.0, self._number / self._count) if self._count else 0.0

    def rows(self) -> Iterator[Row]:
        for self._number, cells in enumerate(self._rows, start=self._first + 1):  # noqa: B020
            if any(cells):
                yield self._row(cells)

    def _row(self, cells: list[str]) -> Row:
        width = len(self.header)
        if any(cells[width:]):
            return self.broken(
                self._number, ",".join(cells), "cells", detail=f"{len(cells)} ≠ {width}"
            )
        return self.row(self._number, (cells + [""] * width)[:width])


def _read(sheet: Any) -> Iterator[list[str]]:
    """The rows as text. Raises Refused where the workbook is broken inside."""
    try:
        for row in sheet.iter_rows(values_only=True):
            yield [_text(cell) for cell in row]
    except (ValueError, KeyError, SyntaxError, zipfile.BadZipFile, EOFError, zlib.error) as problem:
        raise Refused(unreadable()) from problem


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells after the last name."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def table_of_workbook(
    source: BinaryIO, *, names: Names, options: ImportOptions
) -> tuple[Table, Reading]:
    """The header of a workbook's sheet with some of its rows, and how it was read."""
    sheet, _count, others = _sheet(source, options.sheet)
    rows = islice(_read(sheet), 25)
    records = [Record(line, line, _trimmed(cells)) for line, cells in enumerate(rows, start=1)]
    if not any(record.filled for record in records):
        raise empty()
    table = table_at(records, names=names, header_row=options.header_row)
    return table, Reading(
        header_row=table.header.line, sheet=sheet.title, other_sheets=tuple(others)
    )


def _sheet(source: BinaryIO, wanted: str) -> tuple[Any, int, list[str]]:
    """A sheet, else the first that is visible, how many rows it has, and the other sheets."""
    _refuse_a_bomb(source)
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
        visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        sheet = book[wanted or visible[0]]
        count = sheet.max_row or 0
        # Programs write wrong dimensions; without them every row is read that is there.
        sheet.reset_dimensions()
        return sheet, count, [one for one in visible if one != sheet.title]
    except (InvalidFileException, zipfile.BadZipFile) as problem:
        raise Refused(unreadable()) from problem
    except Exception as problem:  # whatever openpyxl makes of a broken part: there are many ways
        raise Refused(unreadable()) from problem


def _refuse_a_bomb(source: BinaryIO) -> None:
    try:
        parts = zipfile.ZipFile(source).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as problem:
        raise Refused(unreadable()) from problem
    texts = sum(part.file_size for part in parts if part.filename == TEXTS)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or texts > LARGEST_TEXTS:
        raise Refused(_("The workbook unpacks to more than we read. Split it, or send CSV."))


def _text(value: Any) -> str:
    """A cell's value as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return _plain(value)
    return str(value)


def _plain(number: float) -> str:
    """Without an exponent, and without what only binary fractions add."""
    return f"{Decimal(repr(number)):f}".removesuffix(".0")
