"""Cells: without what cannot be seen; and disarmed, where a spreadsheet would take a formula."""

import re
import unicodedata

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


BLANKS = (
    " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\u2800\u3164\uffa0"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
# Format characters: marks of direction and order, joiners, zero widths.
FORMATS = "\xad\u061c\u180e\ufeff\ufff9\ufffa\ufffb" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
)
INVISIBLE = BLANKS + FORMATS
WITHOUT_FORMATS = str.maketrans("", "", FORMATS)


def cleaned(cell: str, *, is_key: bool = False) -> str:
    """A cell in composed letters (NFC), without invisible characters at its ends.

    Inside they stay, for a joiner belongs to the spelling of words; but in no key or address.
    """
    if cell.isascii():
        return cell.strip()
    cell = unicodedata.normalize("NFC", cell)
    return (cell.translate(WITHOUT_FORMATS) if is_key else cell).strip(INVISIBLE)
