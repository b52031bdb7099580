"""A file of text as lines, each with its number. Reads a stream, keeps a line."""

import codecs
import gzip
import os
import zlib
from collections import deque
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.imports.encodings import byte_order
from accounts.imports.refusals import ImportFileError

GZIP = b"\x1f\x8b"
LARGEST_LINE = 8 * 1024 * 1024
IN_MEMORY = 4 * 1024 * 1024
PIECE = 256 * 1024


def unpacked(source: BinaryIO) -> BinaryIO:
    """The file itself, or what is in it when it is gzipped."""
    packed = source.read(2) == GZIP
    source.seek(0)
    if not packed:
        return source
    file, size = _new_file(), 0
    try:
        with gzip.open(source) as inside:
            while piece := inside.read(PIECE):
                size += file.write(piece)
                if size > settings.IMPORT_LARGEST_FILE:
                    raise ImportFileError(_("The file unpacks to more than we read. Split it."))
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise ImportFileError(_("The file cannot be unpacked: %s") % problem) from problem
    file.seek(0)
    return file


def _new_file() -> BinaryIO:
    return cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))


def with_line_feeds(source: BinaryIO, encoding: str) -> tuple[BinaryIO, str]:
    """The same text in an encoding whose lines end with the byte of a line feed, and that one."""
    beginning = source.read(PIECE)
    source.seek(0)
    if encoding == "utf-16":
        order = byte_order(beginning) or "utf-16-le"
        source, encoding = _as_utf8(source, order), "utf-8"
        beginning = source.read(PIECE)
        source.seek(0)
    return (_of_old_mac(source) if _is_old_mac(beginning) else source), encoding


def _as_utf8(source: BinaryIO, codec: str) -> BinaryIO:
    """UTF-16 as UTF-8; half characters stay what they are: bytes that are no text."""
    decoder = codecs.getincrementaldecoder(codec)(errors="surrogatepass")
    file = _new_file()
    while piece := source.read(PIECE):
        file.write(decoder.decode(piece).encode("utf-8", errors="surrogatepass"))
    file.write(b"\xff" if decoder.getstate()[0] else b"")  # half a unit at the end
    file.seek(0)
    return file


def _is_old_mac(beginning: bytes) -> bool:
    """Whether the first line ends with a carriage return alone."""
    line, end, rest = beginning.partition(b"\r")
    return (
        bool(end) and b"\n" not in line and not rest.startswith(b"\n") and line.count(b'"') % 2 == 0
    )


def _of_old_mac(source: BinaryIO) -> BinaryIO:
    file, held = _new_file(), b""
    while piece := source.read(PIECE):
        piece = held + piece
        held = b"\r" if piece.endswith(b"\r") else b""
        piece = piece[: len(piece) - len(held)]
        file.write(piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    file.write(held.replace(b"\r", b"\n"))
    file.seek(0)
    return file


class Lines:
    """Lines of text with their number, which can be put back."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._waiting: deque[str] = deque()
        self.number = 0
        self.bytes = 0
        self.cut = False  # whether only the beginning of the last line was kept
        self.odd = False  # whether the last line, all of it, opens or closes a quotation

    def next(self) -> str | None:
        """The next line with its end; bytes that are no text become lone surrogates."""
        if self._waiting:
            line, self.cut = self._waiting.popleft(), False
            self.odd = line.count('"') % 2 == 1
        else:
            raw = self._source.readline(LARGEST_LINE)
            if not raw:
                return None
            self.odd = (raw.count(b'"') + self._skip_the_rest(raw)) % 2 == 1
            raw = raw.removeprefix(codecs.BOM_UTF8) if self.bytes == 0 else raw
            self.bytes += len(raw)
            line = raw.decode(self._encoding, errors="surrogateescape")
        self.number += 1
        return line

    def _skip_the_rest(self, piece: bytes) -> int:
        """Keep the beginning of a line beyond all measure; how many quotation marks follow."""
        self.cut, marks = False, 0
        while len(piece) == LARGEST_LINE and not piece.endswith(b"\n"):
            piece = self._source.readline(LARGEST_LINE)
            marks += piece.count(b'"')
            self.cut = self.cut or bool(piece)
        return marks

    @property
    def place(self) -> tuple[int, int, int] | None:
        """Where to go back to; None while lines wait that were put back."""
        return None if self._waiting else (self._source.tell(), self.number, self.bytes)

    def back_to(self, place: tuple[int, int, int]) -> None:
        position, self.number, self.bytes = place
        self._source.seek(position)

    def put_back(self, lines: list[str]) -> None:
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)

    def beginning(self, size: int) -> list[str]:
        """The lines within the first bytes, which are still to be read afterwards."""
        raw = self._source.read(size)
        self._source.seek(0)
        text = raw.removeprefix(codecs.BOM_UTF8).decode(self._encoding, errors="surrogateescape")
        lines = _split(text)
        if len(raw) == size and len(lines) > 1:
            lines.pop()  # it is not whole
        return lines


def _split(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends one."""
    lines = text.split("\n")
    last = lines.pop()
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]


def size_of(source: BinaryIO) -> int:
    """The bytes of a file; 0 of a stream whose end nobody knows."""
    try:
        return os.fstat(source.fileno()).st_size
    except (OSError, AttributeError):
        return 0
