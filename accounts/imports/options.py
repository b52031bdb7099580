"""How a file is to be read: what its sender says of it, the same by command, wizard and REST.

What is left empty is recognised where the file leaves only one reading, and asked for otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _

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


OPTIONS = tuple(one.name for one in fields(ImportOptions))


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file was read, for people to see.

    `sample` is a line of it in that encoding; `other_encodings` are those it might be in as well.
    `passed_over` are sentences on what is in the file and was not read.
    """

    encoding: str = ""
    encoding_detected: bool = False
    sample: str = ""
    other_encodings: tuple[str, ...] = ()
    delimiter: str = ""
    header_row: int = 1
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """What was assumed, in words; nothing of what goes without saying."""
        return [*self._of_text(), *self._of_workbook(), *self._of_header(), *self.passed_over]

    def _of_text(self) -> Iterator[str]:
        if self.encoding and (self.encoding != "utf-8" or self.other_encodings):
            yield _("Encoding: %(encoding)s. A line read so: “%(sample)s”.") % {
                "encoding": self.encoding,
                "sample": self.sample,
            }
        if self.delimiter not in ("", ","):
            yield _("Separator: %s.") % {"\t": _("tab")}.get(self.delimiter, self.delimiter)

    def _of_workbook(self) -> Iterator[str]:
        if self.sheet:
            yield _("Sheet: “%s”.") % self.sheet
        if self.other_sheets:
            others = ", ".join(f"“{name}”" for name in self.other_sheets)
            yield _("Other sheets, not read: %s.") % others

    def _of_header(self) -> Iterator[str]:
        if self.header_row > 1:
            yield _("The header is line %s.") % self.header_row
