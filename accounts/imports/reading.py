"""Files of facts, whatever they are: CSV here, workbooks in `workbook.py`."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from accounts.imports.encodings import detect_encoding
from accounts.imports.formats import is_workbook, refuse_other_formats
from accounts.imports.headers import Names, Table, passed_over, table_of
from accounts.imports.lines import (
    LARGEST_LINE,
    PIECE,
    Lines,
    size_of,
    unpacked,
    with_line_feeds,
)
from accounts.imports.mapped import ColumnMap
from accounts.imports.options import ImportOptions, Reading
from accounts.imports.records import Kind
from accounts.imports.refusals import ImportFileError
from accounts.imports.sheets import Row, Sheet, column_map, problem_of, shown
from accounts.imports.workbook import XlsxSheet, table_of_workbook
from accounts.imports.xlsx_parts import Workbook

DEFAULT = ImportOptions()
MOST_MISQUOTED = 5_000  # rows whose quotation marks do not fit, if they are the most

csv.field_size_limit(4 * LARGEST_LINE)  # so that what is too large is one cell, not many rows


def sheet_of(
    *,
    kind: Kind,
    source: BinaryIO,
    mapping: object = None,
    options: ImportOptions = DEFAULT,
) -> Sheet:
    """The rows of a file, by what its first bytes say it is.

    Raises ImportFileError for a file that cannot be used, Ambiguous where an option decides.
    """
    source = unpacked(source)
    sheet = XlsxSheet if is_workbook(source) else CsvSheet
    return sheet(kind=kind, source=source, mapping=column_map(mapping), options=options)


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """The header of a file and its first rows, as they stand there, and how they were read."""

    header: list[str]
    rows: list[list[str]]
    reading: Reading


def beginning_of(
    *, kind: Kind, source: BinaryIO, options: ImportOptions = DEFAULT, rows: int
) -> Beginning:
    """Look at the beginning of a file. Raises ImportFileError when there is none to look at."""
    source = unpacked(source)
    if is_workbook(source):
        book = Workbook(source)
        _sheet, table, reading = table_of_workbook(book, names=Names(kind), options=options)
    else:
        text = _Text(source, names=Names(kind), options=options)
        table, reading = text.table, text.reading
    return Beginning(
        header=table.names,
        rows=[[shown(cell.strip()) for cell in row.cells] for row in table.following[:rows]],
        reading=reading,
    )


class _Text:
    """A file of text: its lines below the header, and how it was read."""

    def __init__(self, source: BinaryIO, *, names: Names, options: ImportOptions) -> None:
        encoding = detect_encoding(source, wanted=options.encoding)
        source, codec = with_line_feeds(source, encoding.name)
        self.size = size_of(source)
        self.lines = Lines(source, codec)
        beginning = self.lines.beginning(PIECE)
        refuse_other_formats("".join(beginning[:3]))
        self.table = table_of(
            beginning, names=names, delimiter=options.delimiter, header_row=options.header_row
        )
        _check_header(self.table, encoding.name)
        for _line in range(self.table.header.last_line):
            self.lines.next()
        self.reading = Reading(
            encoding=encoding.name,
            encoding_detected=encoding.detected,
            sample=encoding.sample,
            other_encodings=encoding.others,
            delimiter=self.table.delimiter,
            header_row=self.table.header.line,
            passed_over=tuple(passed_over(self.table)),
        )


def _check_header(table: Table, encoding: str) -> None:
    if any(map(problem_of, table.header.cells)):
        name = shown(next(filter(problem_of, table.header.cells)))[:80]
        raise ImportFileError(
            _("The header is not text in the encoding %(encoding)s: “%(name)s”.")
            % {"encoding": encoding, "name": name}
        )


class CsvSheet(Sheet):
    """A file of text whose columns are separated by a sign."""

    def __init__(
        self,
        *,
        kind: Kind,
        source: BinaryIO,
        mapping: ColumnMap,
        options: ImportOptions = DEFAULT,
    ) -> None:
        self._text = _Text(source, names=Names(kind, mapping.by_header()), options=options)
        self._lines = self._text.lines
        self._misquoted = 0
        self.delimiter = self._text.table.delimiter
        self.assumptions = self._text.reading
        self.options = options
        super().__init__(kind=kind, header=self._text.table.names, mapping=mapping)

    @property
    def share_read(self) -> float:
        return min(1.0, self._lines.bytes / self._text.size) if self._text.size else 0.0

    def rows(self) -> Iterator[Row]:
        while (line := self._lines.next()) is not None:
            if line.strip():
                yield self._row(line)

    def _row(self, first: str) -> Row:
        number, raw = self._lines.number, first.rstrip("\r\n")
        found = self._cells(first)
        if found == "quote":
            self._count_misquoted()
        if isinstance(found, str):
            return self.broken(number, raw, "line_end" if "\r" in raw else found)
        width = len(self.header)
        if any(cell.strip() for cell in found[width:]) or len(found) < width:
            return self.broken(number, raw, "cells", detail=f"{len(found)} ≠ {width}")
        return self.row(number, found[:width])

    def _cells(self, line: str) -> list[str] | str:
        """A record's cells, or what is wrong; reads on where a quoted cell holds line ends."""
        odd, cut = self._lines.odd, self._lines.cut
        cells = _parsed([line], self.delimiter)
        if cells is not None or not odd:
            return ("too_large" if cut else "quote") if cells is None else cells
        lines, closed = self._until_closed(line)
        cells = _parsed(lines, self.delimiter) if closed == "all" and not cut else None
        if cells is not None:
            return cells
        if closed == "end" or (closed == "all" and cut):
            return "too_large"
        self._lines.put_back(lines[1:])
        return "quote"

    def _count_misquoted(self) -> None:
        """Give up a file in which quotation marks are no quotation marks."""
        self._misquoted += 1
        if self._misquoted > MOST_MISQUOTED and 2 * self._misquoted > self._lines.number:
            raise ImportFileError(
                _("In most rows the quotation marks do not fit together, the last is line %s.")
                % self._lines.number
            )

    def _until_closed(self, first: str) -> tuple[list[str], str]:
        """The lines up to the one that closes the quotation mark, as many as one may keep.

        With them “all” when they are all, “end” when only the end was found, nothing otherwise.
        """
        lines, size = [first], len(first)
        while size < LARGEST_LINE or self._lines.place is None:
            line = self._lines.next()
            if line is None:
                return lines, ""
            lines.append(line)
            size += len(line)
            if self._lines.odd:
                return lines, "all" if self._closes(line) else ""
        place = self._lines.place
        while (line := self._lines.next()) is not None:
            if self._lines.odd:
                if self._closes(line):
                    return lines, "end"
                break
        if place:
            self._lines.back_to(place)
        return lines, ""

    def _closes(self, line: str) -> bool:
        """Whether a line can be the end of a quoted cell, and of its row."""
        return self._lines.cut or _parsed([f'"{line}'], self.delimiter) is not None


def _parsed(lines: list[str], delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
