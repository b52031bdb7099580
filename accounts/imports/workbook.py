"""XLSX: a sheet of a workbook as rows of text. Reads a stream, keeps one row."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from accounts.imports.headers import ROWS, Names, Record, Table, empty, passed_over, table_at
from accounts.imports.mapped import ColumnMap
from accounts.imports.merged_cells import MergedCells
from accounts.imports.options import ImportOptions, Reading
from accounts.imports.records import Kind
from accounts.imports.refusals import Ambiguous, ImportFileError
from accounts.imports.sheets import Row, Sheet
from accounts.imports.xlsx_cells import SheetRows
from accounts.imports.xlsx_parts import SheetPart, Workbook

MOST_SHEETS = 100
EMPTY = (False, False, False)


def table_of_workbook(
    book: Workbook, *, names: Names, options: ImportOptions
) -> tuple[SheetPart, Table, Reading]:
    """The sheet that is read, its header with some of its rows, and how it was read."""
    chosen = _chosen(book, names, options.sheet)
    table = table_at(_beginning(book, chosen), names=names, header_row=options.header_row)
    others = [one.name for one in book.sheets if one.visible and one != chosen]
    hidden = [one.name for one in book.sheets if not one.visible and one != chosen]
    return (
        chosen,
        table,
        Reading(
            header_row=table.header.line,
            sheet=chosen.name,
            other_sheets=tuple(others),
            passed_over=(*_hidden(hidden), *passed_over(table)),
        ),
    )


def _hidden(names: list[str]) -> Iterator[str]:
    if names:
        shown = ", ".join(f"“{name}”" for name in names[:10])
        yield _("Hidden sheets, not read: %s.") % shown


def _chosen(book: Workbook, names: Names, wanted: str) -> SheetPart:
    """The sheet that was named, else the visible one that alone can be meant."""
    if wanted:
        return _named(book, wanted)
    visible = [sheet for sheet in book.sheets if sheet.visible][:MOST_SHEETS] or book.sheets[:1]
    rated = [(_rating(book, sheet, names), sheet) for sheet in visible]
    most = max(rating for rating, _sheet in rated)
    best = [sheet for rating, sheet in rated if rating == most]
    if most == EMPTY:
        raise empty()
    if len(best) > 1:
        raise Ambiguous(
            _("The workbook has several sheets that can be read."),
            option="sheet",
            choices=[sheet.name for sheet in best],
        )
    return best[0]


def _rating(book: Workbook, sheet: SheetPart, names: Names) -> tuple[bool, bool, bool]:
    """Whether a sheet names what rows are told apart by, names any column, has any row."""
    records = _beginning(book, sheet)
    if not records:
        return EMPTY
    header = table_at(records, names=names, header_row=None).header.cells
    return names.has_key(header), names.count(header) > 0, True


def _named(book: Workbook, wanted: str) -> SheetPart:
    """A sheet by its name, or by its number among all."""
    for sheet in book.sheets:
        if sheet.name == wanted:
            return sheet
    for number, sheet in enumerate(book.sheets, start=1):
        if sheet.name.casefold() == wanted.strip().casefold() or str(number) == wanted.strip():
            return sheet
    known = ", ".join(f"“{sheet.name}”" for sheet in book.sheets if sheet.visible)
    raise ImportFileError(
        _("There is no sheet “%(name)s”: %(known)s.") % {"name": wanted, "known": known}
    )


def _beginning(book: Workbook, sheet: SheetPart) -> list[Record]:
    rows = islice(SheetRows(book, sheet), ROWS)
    return [Record(line, line, _in_order(cells)) for line, cells in rows]


def _in_order(cells: dict[int, str]) -> list[str]:
    return [cells.get(place, "") for place in range(max(cells) + 1)]


class XlsxSheet(Sheet):
    """A sheet of a workbook."""

    def __init__(
        self, *, kind: Kind, source: BinaryIO, mapping: ColumnMap, options: ImportOptions
    ) -> None:
        book, names = Workbook(source), Names(kind, mapping.by_header())
        sheet, table, self.assumptions = table_of_workbook(book, names=names, options=options)
        self._rows = SheetRows(book, sheet)
        self._merged = MergedCells(book, sheet)
        self.options = options
        self._header_line = table.header.line
        super().__init__(kind=kind, header=table.names, mapping=mapping)

    @property
    def share_read(self) -> float:
        return self._rows.share_read

    def rows(self) -> Iterator[Row]:
        for number, cells in self._rows:
            if number > self._header_line:
                yield self._row(number, cells)

    def _row(self, number: int, cells: dict[int, str]) -> Row:
        width, last = len(self.header), max(cells)
        if last >= width and any(cells[place].strip() for place in cells if place >= width):
            raw = self.delimiter.join(_in_order(cells))
            return self.broken(number, raw, "cells", detail=f"{last + 1} ≠ {width}")
        cells = self._merged.refused(number, cells, self.header)
        return self.row(number, [cells.get(place, "") for place in range(width)])
