"""How a file is to be read: what its sender says of it, the same by command, wizard and REST.

What is left empty is recognised where the file leaves only one reading, and asked for otherwise.
"""

from dataclasses import dataclass

ENCODINGS = ("utf-8", "utf-16", "windows-1250", "windows-1252", "windows-1256", "iso-8859-1")
DELIMITERS = (",", ";", "\t", "|")
DATE_FORMATS = ("ymd", "dmy", "mdy", "jalali")
DECIMALS = (".", ",")


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """What a sender says of a file. `header_row` counts lines (of a sheet: rows) from 1."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int | None = None
    date_format: str = ""
    decimal: str = ""
