"""The parts of an XLSX file: sheets and their names, shared texts, formats of numbers."""

import os
import posixpath
import re
import struct
import zipfile
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from accounts.imports.formats import protected, refuse_other_archives, unreadable
from accounts.imports.refusals import ImportFileError
from accounts.imports.sheets import LARGEST_CELL
from accounts.imports.xml_stream import parse_all

# What the directory says a workbook unpacks to is the most that is ever read of it.
LARGEST_UNPACKED = 300 * 1024 * 1024
# No sheet of facts is packed so well: a part is refused that is large and nothing but repetition.
LARGE, REPETITIVE = 32 * 1024 * 1024, 200
MOST_PARTS, LARGEST_DIRECTORY = 5_000, 4 * 1024 * 1024
MOST_STYLES = 100_000
# Whatever a directory or a part that is broken makes the library raise.
UNUSABLE = (
    *(zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError),
    *(ValueError, OSError, EOFError, struct.error),
)
END_OF_DIRECTORY = b"PK\x05\x06"
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, kw_only=True)
class SheetPart:
    """A sheet of a workbook."""

    name: str
    path: str
    visible: bool


class Workbook:
    """An XLSX file that has been opened. Raises ImportFileError for one that cannot be used."""

    def __init__(self, source: BinaryIO) -> None:
        _check_directory(source)
        try:
            self._zip = zipfile.ZipFile(source)
        except UNUSABLE as problem:
            raise ImportFileError(unreadable()) from problem
        _check_parts(self._zip.infolist())
        self._main = _Main()
        path = self._main_path()
        parse_all(self.open(path), self._main)
        folder, name = posixpath.split(path)
        links = self._links(posixpath.join(folder, "_rels", f"{name}.rels"), folder)
        self.sheets = [
            SheetPart(name=one["name"], path=links[one["id"]][1], visible=one["visible"] == "yes")
            for one in self._main.sheets
            if links.get(one["id"], ("", ""))[0] == "worksheet"
        ]
        if not self.sheets:
            raise ImportFileError(unreadable())
        self.since_1904 = self._main.since_1904
        self.stale = self._main.stale
        self._texts_path = _of_type(links, "sharedStrings")
        self._styles_path = _of_type(links, "styles")

    def open(self, path: str) -> BinaryIO:
        """A part to read from."""
        try:
            return cast(BinaryIO, self._zip.open(path))
        except UNUSABLE as problem:
            raise ImportFileError(unreadable()) from problem

    def size(self, path: str) -> int:
        """The bytes of a part; 0 of one that is not there."""
        part = self._zip.NameToInfo.get(path)
        return part.file_size if part else 0

    @cached_property
    def texts(self) -> "Texts":
        """The texts that cells share."""
        texts = Texts()
        if self._has(self._texts_path):
            parse_all(self.open(self._texts_path), texts)
        return texts

    @cached_property
    def styles(self) -> "Styles":
        """How the numbers of cells are formatted."""
        styles = Styles()
        if self._has(self._styles_path):
            parse_all(self.open(self._styles_path), styles)
        return styles

    def _has(self, path: str) -> bool:
        return path in self._zip.NameToInfo

    def _main_path(self) -> str:
        found = self._links("_rels/.rels", "") if self._has("_rels/.rels") else {}
        return _of_type(found, "officeDocument") or "xl/workbook.xml"

    def _links(self, path: str, folder: str) -> dict[str, tuple[str, str]]:
        links = _Links()
        parse_all(self.open(path), links)
        return {
            key: (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
            for key, (kind, target) in links.found.items()
        }


def _of_type(links: Mapping[str, tuple[str, str]], wanted: str) -> str:
    return next((path for kind, path in links.values() if kind == wanted), "")


def _check_directory(source: BinaryIO) -> None:
    """Refuse a directory that is too large before anybody reads it."""
    size = source.seek(0, os.SEEK_END)
    source.seek(max(0, size - 66_000))
    end = source.read()
    source.seek(0)
    place = end.rfind(END_OF_DIRECTORY)
    if place < 0 or len(end) < place + 22:
        raise ImportFileError(unreadable())
    parts, bytes_of_directory = struct.unpack(
        "<H I", b"".join((end[place + 10 : place + 12], end[place + 12 : place + 16]))
    )
    if parts > MOST_PARTS or bytes_of_directory > LARGEST_DIRECTORY:
        raise ImportFileError(unreadable())


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    refuse_other_archives([part.filename for part in parts])
    if any(part.flag_bits & 1 for part in parts):
        raise ImportFileError(protected())
    swollen = any(part.file_size > max(LARGE, REPETITIVE * part.compress_size) for part in parts)
    if swollen or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise ImportFileError(
            _("The workbook unpacks to more than we read. Split it, or send CSV.")
        )


class _Main:
    """The workbook's own part: the sheets in their order."""

    def __init__(self) -> None:
        self.sheets: list[dict[str, str]] = []
        self.since_1904 = self.stale = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet" and len(self.sheets) < MOST_PARTS:
            number = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            visible = attributes.get("state", "visible") == "visible"
            self.sheets.append(
                {
                    "name": attributes.get("name", ""),
                    "id": number,
                    "visible": "yes" if visible else "",
                }
            )
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "calcPr":
            # Written by programs that do not compute: they store 0 for every formula.
            self.stale = attributes.get("fullCalcOnLoad") in ("1", "true")

    def text(self, piece: str) -> None: ...

    def end(self, name: str) -> None: ...


class _Links:
    """Which part an id of another one means, with the last word of its type."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and len(self.found) < MOST_PARTS:
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = kind, attributes.get("Target", "")

    def text(self, piece: str) -> None: ...

    def end(self, name: str) -> None: ...


class Texts:
    """The shared texts: on disk, with their places in memory."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  (it lives as long as the workbook)
        self._ends = array("Q", [0])
        self._pieces: list[str] = []
        self._size = 0
        self._reads = self._phonetic = self._flushed = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._pieces, self._size = [], 0
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._reads = not self._phonetic

    def text(self, piece: str) -> None:
        if self._reads and self._size <= LARGEST_CELL:
            self._pieces.append(piece)
            self._size += len(piece)

    def end(self, name: str) -> None:
        if name == "t":
            self._reads = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            written = "".join(self._pieces).encode("utf-8", errors="surrogatepass")
            self._file.write(written)
            self._ends.append(self._ends[-1] + len(written))

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends) - 1:
            raise ImportFileError(unreadable())
        if not self._flushed:
            self._file.flush()
            self._flushed = True
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8")


def unescaped(text: str) -> str:
    """A text with the characters for which XML has no other form."""
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class Styles:
    """The format code of each style that a cell may have."""

    def __init__(self) -> None:
        self._own: dict[str, str] = {}
        self._used: list[str] = []
        self._inside = False
        self._dates: dict[str, bool] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt" and len(self._own) < MOST_STYLES:
            self._own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:1000]
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside and len(self._used) < MOST_STYLES:
            self._used.append(attributes.get("numFmtId", "0"))

    def text(self, piece: str) -> None: ...

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False

    def code(self, style: str) -> str:
        """The format code of a cell's style."""
        place = int(style or 0)
        number = self._used[place] if 0 <= place < len(self._used) else "0"
        if number in self._own:
            return self._own[number]
        return str(BUILTIN_FORMATS.get(int(number), "General"))

    def is_date(self, code: str) -> bool:
        """Whether numbers of this format are dates or times."""
        if code not in self._dates:
            self._dates[code] = bool(is_date_format(code))
        return self._dates[code]
