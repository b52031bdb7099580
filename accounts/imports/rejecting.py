"""The rejected rows as a file that can be mended and sent again."""

import csv
from typing import IO, Any

from accounts.cells import disarmed
from accounts.imports.reasons import Reject
from accounts.imports.records import Kind
from accounts.imports.sheets import of_rejects


class RejectWriter:
    """Writes rows as they came, with what is wrong.

    A row with several faults stands there once, its reasons joined.
    """

    def __init__(self, stream: IO[str], *, kind: Kind) -> None:
        self.said = of_rejects(kind)
        self._rows = csv.writer(stream)
        self._waiting: list[Reject] = []
        self.any = False

    def is_new(self, reject: Reject) -> bool:
        """Whether it is of another row than the fault before it."""
        return not self._waiting or self._waiting[0].line != reject.line

    def __call__(self, columns: list[str], reject: Reject) -> None:
        if not self.any:
            self._rows.writerow([*columns, *self.said])
            self.any = True
        if self._waiting and self.is_new(reject):
            self.flush()
        self._waiting.append(reject)

    def flush(self) -> None:
        """Write the row that waits for more of its faults."""
        faults, self._waiting = self._waiting, []
        if faults:
            said = explained(faults)
            cells = map(disarmed, faults[0].cells)
            self._rows.writerow([*cells, *[disarmed(said[name]) for name in self.said]])


def explained(faults: list[Reject]) -> dict[str, Any]:
    """What is wrong with one row, in a line."""
    return {
        "line": str(faults[0].line),
        "column": "; ".join(fault.column for fault in faults),
        "value": "; ".join(fault.value for fault in faults),
        "reason": "; ".join(fault.reason for fault in faults),
    }
