"""The rejected rows as a file that can be mended and sent again."""

import csv
from io import TextIOWrapper
from itertools import islice
from typing import IO, BinaryIO

from accounts.cells import BYTE_ORDER_MARK, disarmed
from accounts.imports.options import DELIMITERS
from accounts.imports.reasons import Reject
from accounts.imports.records import Kind
from accounts.imports.sheets import of_rejects
from tenants.typing import Json

BETWEEN = "; "  # the faults of one row


class RejectWriter:
    """Writes rows as they came, with what is wrong.

    In the separator of the file that they came in, and with a byte order mark: without it a
    spreadsheet takes the text for another encoding, and spoils it.

    A row with several faults stands there once, its reasons joined.
    """

    def __init__(self, stream: IO[str], *, kind: Kind, delimiter: str = ",") -> None:
        self.said = of_rejects(kind)
        self._stream = stream
        self._rows = csv.writer(stream, delimiter=delimiter)
        self._waiting: list[Reject] = []
        self.any = False

    def is_new(self, reject: Reject) -> bool:
        """Whether it is of another row than the fault before it."""
        return not self._waiting or self._waiting[0].line != reject.line

    def __call__(self, columns: list[str], reject: Reject) -> None:
        if not self.any:
            self._stream.write(BYTE_ORDER_MARK)
            self._rows.writerow([*columns, *self.said])
            self.any = True
        if self._waiting and self.is_new(reject):
            self.flush()
        self._waiting.append(reject)

    def flush(self) -> None:
        """Write the row that waits for more of its faults."""
        faults, self._waiting = self._waiting, []
        if faults:
            result = explained(faults)
            cells = map(disarmed, faults[0].cells)
            self._rows.writerow([*cells, *[disarmed(result[name]) for name in self.said]])


def first_rejects(stream: BinaryIO, *, kind: Kind, most: int) -> list[dict[str, str]]:
    """What is wrong with the first rows of such a file."""
    lines = TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    header = lines.readline()
    delimiter = next(
        (one for one in DELIMITERS if f"{one}{of_rejects(kind)[0]}{one}" in header), DELIMITERS[0]
    )
    rows = csv.DictReader(lines, fieldnames=_cells(header, delimiter), delimiter=delimiter)
    return [
        {name: str(row.get(name) or "") for name in (*of_rejects(kind), "value")}
        for row in islice(rows, most)
    ]


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter))


def explained(faults: list[Reject]) -> Json:
    """What is wrong with one row, in a line."""
    return {
        "line": str(faults[0].line),
        "column": BETWEEN.join(fault.column for fault in faults),
        "value": BETWEEN.join(fault.value for fault in faults),
        "reason": BETWEEN.join(fault.reason for fault in faults),
    }
