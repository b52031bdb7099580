"""Merged cells of a sheet: the first of them has the value, the others have none of their own.

Taken for empty cells they would take away what is there, and who merged them meant the opposite.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accounts.imports.sheets import BadCell
from accounts.imports.xlsx_cells import column_of
from accounts.imports.xlsx_parts import SheetPart, Workbook
from accounts.imports.xml_stream import too_large

RANGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref=.([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
PIECE, LONGEST_TAG = 256 * 1024, 256
MOST_COVERED = 1_000_000  # columns of all ranges together


@dataclass(frozen=True, kw_only=True)
class MergedRange:
    """Cells that are merged, by column from 0 and by the number of their row."""

    left: int
    top: int
    right: int
    bottom: int
    text: str


class MergedCells:
    """The merged cells of a sheet, asked for row by row from above."""

    def __init__(self, book: Workbook, sheet: SheetPart) -> None:
        self._ranges = sorted(_ranges(book, sheet), key=lambda one: (one.top, one.left))
        self._next = 0
        self._latest: dict[int, MergedRange] = {}  # of each column, the one that began last

    def refused(self, line: int, cells: dict[int, str], header: Sequence[str]) -> dict[int, str]:
        """The cells of a row; those of named columns that are merged away are no empty ones."""
        self._go_to(line)
        found = {
            column: BadCell(merged.text, "merged")
            for column, merged in self._latest.items()
            if column not in cells and _hides(merged, line, column)
        }
        named = {column: cell for column, cell in found.items() if any(header[column : column + 1])}
        return cells | named if named else cells

    def _go_to(self, line: int) -> None:
        while self._next < len(self._ranges) and self._ranges[self._next].top <= line:
            merged = self._ranges[self._next]
            self._latest |= dict.fromkeys(range(merged.left, merged.right + 1), merged)
            self._next += 1


def _hides(merged: MergedRange, line: int, column: int) -> bool:
    return line <= merged.bottom and (line, column) != (merged.top, merged.left)


def _ranges(book: Workbook, sheet: SheetPart) -> Iterator[MergedRange]:
    """The ranges, which stand behind all rows: so the part is searched, not parsed, for them."""
    covered = 0
    for left, top, right, bottom in _found(book, sheet):
        merged = MergedRange(
            left=column_of(left),
            top=int(top),
            right=column_of(right),
            bottom=int(bottom),
            text=f"{left}{top}:{right}{bottom}",
        )
        covered += merged.right - merged.left + 1
        if covered > MOST_COVERED:
            raise too_large()
        yield merged


def _found(book: Workbook, sheet: SheetPart) -> Iterator[tuple[str, ...]]:
    rest = b""
    with book.open(sheet.path) as stream:
        while piece := stream.read(PIECE):
            rest += piece
            end = 0
            for found in RANGE.finditer(rest):
                end = found.end()
                yield tuple(group.decode() for group in found.groups())
            rest = rest[max(end, len(rest) - LONGEST_TAG) :]
