"""The rows of a sheet of an XLSX file, each cell as the text that would stand in a CSV file."""

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from accounts.imports.formats import unreadable
from accounts.imports.refusals import ImportFileError
from accounts.imports.sheets import LARGEST_CELL, BadCell
from accounts.imports.xlsx_parts import SheetPart, Workbook, unescaped
from accounts.imports.xml_stream import LARGEST_TEXT, parse, too_large

MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576
DIGITS_KEPT = 15  # of a number, by every spreadsheet
LONGEST_NUMBER = 400
LARGEST_ROW = 2 * 1024 * 1024  # characters
LARGEST_SHEET = 500 * 1024 * 1024  # of all rows: cells that share a text have it each


class SheetRows:
    """The rows of a sheet: their numbers, and their cells by column from 0."""

    def __init__(self, book: Workbook, sheet: SheetPart) -> None:
        self._book, self._sheet = book, sheet
        self._size = book.size(sheet.path)
        self.share_read = 0.0

    def __iter__(self) -> Iterator[tuple[int, dict[int, str]]]:
        reader = _RowReader(self._book)
        with self._book.open(self._sheet.path) as stream:
            for seen in parse(stream, reader):
                self.share_read = min(1.0, seen / (self._size or 1))
                while reader.rows:
                    yield reader.rows.popleft()


class _RowReader:
    """Makes rows of the tags of a sheet."""

    def __init__(self, book: Workbook) -> None:
        self.rows: deque[tuple[int, dict[int, str]]] = deque()
        self._book = book
        self._number = 0
        self._column = -1
        self._cells: dict[int, str] = {}
        self._cell: Mapping[str, str] = {}
        self._reads = self._phonetic = self._has_formula = False
        self._pieces: list[str] = []
        self._formula: list[str] = []
        self._into = self._pieces
        self._size = self._size_of_row = self._size_of_all = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._cell = attributes
            self._column = (
                column_of(attributes.get("r", "")) if "r" in attributes else self._column + 1
            )
            self._pieces, self._formula, self._has_formula = [], [], False
            self._size = 0
            if self._column >= MOST_COLUMNS:
                raise ImportFileError(unreadable())
        elif name in ("v", "t"):
            self._reads, self._into = not self._phonetic, self._pieces
        elif name == "f":
            self._reads, self._into, self._has_formula = True, self._formula, True
        elif name == "row":
            self._number = int(attributes.get("r") or self._number + 1)
            self._cells, self._column, self._size_of_row = {}, -1, 0
            if not 0 < self._number <= MOST_ROWS:
                raise ImportFileError(unreadable())
        elif name == "rPh":
            self._phonetic = True

    def text(self, piece: str) -> None:
        if not self._reads:
            return
        if self._size <= LARGEST_CELL:
            self._into.append(piece)
        self._size += len(piece)
        if self._size > LARGEST_TEXT:
            raise too_large()

    def end(self, name: str) -> None:
        if name == "c":
            text = self._value()
            if text:
                self._keep(text)
        elif name in ("v", "t", "f"):
            self._reads = False
        elif name == "row":
            if self._cells:
                self.rows.append((self._number, self._cells))
        elif name == "rPh":
            self._phonetic = False

    def _keep(self, text: str) -> None:
        self._cells[self._column] = text
        self._size_of_row += len(text)
        self._size_of_all += len(text)
        if self._size_of_row > LARGEST_ROW or self._size_of_all > LARGEST_SHEET:
            raise too_large()

    def _value(self) -> str:
        """The cell as text; a BadCell where it has no value that could be used."""
        raw, kind = "".join(self._pieces), self._cell.get("t", "n")
        if self._has_formula and self._is_unknown(raw, kind):
            return BadCell("=" + "".join(self._formula)[:200], "formula")
        if kind == "s":
            return unescaped(self._book.texts[int(raw)]) if raw else ""
        if kind in ("str", "inlineStr"):
            return unescaped(raw)
        if not raw:
            return ""
        if kind == "e":
            return BadCell(raw[:80], "error")
        if kind == "b":
            return "true" if raw.strip() == "1" else "false"
        if kind == "d":
            return raw.removesuffix("Z").removesuffix(".000").removesuffix("T00:00:00")
        return self._number_text(raw.strip())

    def _is_unknown(self, raw: str, kind: str) -> bool:
        """Whether nobody has worked a formula out."""
        return (not raw and kind != "str") or (self._book.stale and raw.strip() == "0")

    def _number_text(self, raw: str) -> str:
        style = self._cell.get("s", "")
        code = self._book.styles.code(style) if style else "General"
        try:
            number = float(raw) if len(raw) < LONGEST_NUMBER else float("nan")
            if self._book.styles.is_date(code):
                epoch = CALENDAR_MAC_1904 if self._book.since_1904 else CALENDAR_WINDOWS_1900
                return _date_text(from_excel(number, epoch))
            return number_text(number, raw, code)
        except (ValueError, OverflowError):
            return BadCell(raw[:80], "error")


def column_of(reference: str) -> int:
    """The column of a cell like “AB12”, from 0."""
    column = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        column = 26 * column + ord(letter) - 64
        if column > MOST_COLUMNS:
            break
    if not column:
        raise ImportFileError(unreadable())
    return column - 1


def number_text(number: float, raw: str, code: str) -> str:
    """A number without an exponent, and of the digits that a spreadsheet shows."""
    if number != number or abs(number) == float("inf"):
        raise ValueError(raw)
    if abs(number) >= 10**DIGITS_KEPT:
        return BadCell(raw[:80], "digits")
    text = f"{Decimal(f'{number:.{DIGITS_KEPT}g}'):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    # A format of zeros alone shows leading ones: 00123.
    return text.zfill(len(code)) if set(code) == {"0"} and text.isdigit() else text


def _date_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
