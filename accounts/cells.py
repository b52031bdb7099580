"""Cells of CSV files that spreadsheets open: text that looks like a formula is disarmed."""

import re

# What makes a formula, in its plain and its full-width forms, with whatever space before it.
FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")
MARK = "'"
BYTE_ORDER_MARK = "\ufeff"


def disarmed(cell: str) -> str:
    """The cell as text, for good; numbers stay numbers."""
    if (FORMULA.match(cell) or cell[:1] in "\t\r") and cell and not NUMBER.fullmatch(cell):
        return MARK + cell
    return cell


def as_it_was(cell: str) -> str:
    """The cell before it was disarmed."""
    if cell.startswith(MARK) and disarmed(cell[1:]) == cell:
        return cell[1:]
    return cell
