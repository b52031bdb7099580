"""Where the header of a table stands, and what separates its columns.

Known names decide: a header is the first row that has them, under rows that are less full.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from accounts.cells import cleaned
from accounts.imports.names import all_names, plain
from accounts.imports.options import DELIMITERS
from accounts.imports.records import Kind
from accounts.imports.refusals import Ambiguous, ImportFileError

ROWS = 25  # that are looked at
OF_REJECTS = ("line", "column", "value", "reason")
ATTRIBUTE = "attr."
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
# How people write a delimiter where they cannot type it.
SPOKEN = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


@dataclass(frozen=True)
class Names:
    """The names that the columns of a file may have."""

    kind: Kind
    mapping: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str) or not name:
            return False
        if name in self.kind.by_name or name in self.mapping or name in OF_REJECTS:
            return True
        return name.startswith(ATTRIBUTE) or plain(name) in all_names(self.kind)

    def count(self, cells: Iterable[str]) -> int:
        """How many of the cells of a row are such names."""
        return sum(name in self for name in {tidy(cell) for cell in cells})

    def has_key(self, cells: Iterable[str]) -> bool:
        """Whether a header names what rows are told apart by, as far as it can be recognised."""
        names = {tidy(cell) for cell in cells}
        meant = {self.mapping.get(name, name) for name in names}
        return all(name in meant or self.kind.by_name[name].when_empty for name in self.kind.key)


@dataclass(frozen=True)
class Record:
    """A row of the beginning of a file: its first line, its last, and its cells."""

    line: int
    last_line: int
    cells: list[str]

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A header, what stands above it and some of what follows."""

    delimiter: str = ""
    header: Record
    above: list[Record]
    following: list[Record]

    @property
    def names(self) -> list[str]:
        return [tidy(cell) for cell in self.header.cells]

    @property
    def regular(self) -> float:
        """The share of the rows that follow which are as long as the header."""
        width = len(self.header.cells)
        fit = [len(row.cells) == width for row in self.following]
        return sum(fit) / len(fit) if fit else 1.0


def tidy(name: str) -> str:
    """A column's name without what cannot be seen."""
    return " ".join(cleaned(name).split())


def empty() -> ImportFileError:
    return ImportFileError(_("The file is empty: not even a header is in it."))


def table_at(records: list[Record], *, names: Names, header_row: int | None) -> Table:
    """The table that begins in a given row, else where its header is recognised."""
    filled = [record for record in records if record.filled]
    if header_row is not None:
        place = next((n for n, one in enumerate(filled) if one.line == header_row), None)
        if place is None:
            raise ImportFileError(_("There is no header in line %s.") % header_row)
    elif not filled:
        raise empty()
    else:
        place = _header_place(filled, names)
    return Table(header=filled[place], above=filled[:place], following=filled[place + 1 :])


def _header_place(records: list[Record], names: Names) -> int:
    """A title, and notes under it, are less full than the header."""
    counts = [names.count(record.cells) for record in records]
    most = max(counts)
    if most:
        place = next(n for n, count in enumerate(counts) if 2 * count >= most)
    else:
        widest = max(record.filled for record in records)
        place = next(n for n, record in enumerate(records) if record.filled == widest)
    width = records[place].filled
    return place if all(record.filled < width for record in records[:place]) else 0


def delimiter_named(name: str) -> str:
    """One of DELIMITERS. Raises ImportFileError for another."""
    delimiter = SPOKEN.get(name.lower(), name)
    if delimiter not in DELIMITERS:
        known = ", ".join(_spoken(one) for one in DELIMITERS)
        raise ImportFileError(
            _("There is no separator “%(name)s”: %(known)s.") % {"name": name, "known": known}
        )
    return delimiter


def _spoken(delimiter: str) -> str:
    return next(name for name, one in SPOKEN.items() if one == delimiter)


def table_of(
    lines: list[str], *, names: Names, delimiter: str = "", header_row: int | None = None
) -> Table:
    """The table of a text file that begins with `lines`. Raises ImportFileError, Ambiguous."""
    separator = SEPARATOR_LINE.fullmatch(lines[0].strip("\r\n")) if lines else None
    first = 1
    if separator:
        delimiter = delimiter or delimiter_named(separator[1])
        lines, first = lines[1:], 2
    if delimiter:
        return _separated(lines, first, delimiter_named(delimiter), names, header_row)
    return _likeliest(
        [_separated(lines, first, one, names, header_row) for one in DELIMITERS], names
    )


def _separated(
    lines: list[str], first: int, delimiter: str, names: Names, header_row: int | None
) -> Table:
    skipped = (header_row or first) - first
    if header_row is not None:
        lines, first = lines[max(0, skipped) :], max(first, header_row)
    records = list(islice(_records(lines, first, delimiter), ROWS))
    table = table_at(records, names=names, header_row=header_row)
    return Table(
        delimiter=delimiter, header=table.header, above=table.above, following=table.following
    )


def _records(lines: list[str], first: int, delimiter: str) -> Iterable[Record]:
    rows = csv.reader(lines, delimiter=delimiter)
    line = first
    try:
        for cells in rows:
            yield Record(line, first + rows.line_num - 1, cells)
            line = first + rows.line_num
    except csv.Error:  # a cell beyond all measure: what is above it will do
        return


def _likeliest(tables: list[Table], names: Names) -> Table:
    """The reading with most known names, then the most regular one, then the widest."""
    wide = [table for table in tables if len(table.header.cells) > 1]
    if not wide:
        return _single(tables[0], names)

    def rating(table: Table) -> tuple[int, float, int]:
        return names.count(table.header.cells), table.regular, len(table.header.cells)

    best, *others = sorted(wide, key=rating, reverse=True)
    tied = [one for one in others if rating(one) == rating(best)]
    if tied:
        raise Ambiguous(
            _("The columns may be separated in several ways."),
            option="delimiter",
            choices=[table.delimiter for table in (best, *tied)],
        )
    return best


def _single(table: Table, names: Names) -> Table:
    """A table of one column; refused where the column seems to be several."""
    name = table.names[0]
    if name not in names and names.count(re.split(r"[\s:^~#/]+", name)) > 1:
        raise Ambiguous(
            _("Only one column was found: “%s”.") % name[:80],
            option="delimiter",
            choices=DELIMITERS,
        )
    return table


def passed_over(table: Table) -> Iterator[str]:
    """What stands above the header, and the columns without a name, in words."""
    if table.above:
        lines = "; ".join(" ".join(filter(None, row.cells))[:80] for row in table.above[:3])
        yield _("Lines above the header, not read: %s.") % lines
    names = table.names
    while names and not names[-1]:
        names.pop()
    nameless = [str(place) for place, name in enumerate(names, start=1) if not name]
    if nameless:
        yield _("Columns without a name, not read: %s.") % ", ".join(nameless)
