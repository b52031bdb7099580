"""In which encoding a file of text is: by its marks, by its bytes, and by its letters."""

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from accounts.imports.letters import likelihood
from accounts.imports.options import ENCODINGS
from accounts.imports.refusals import Ambiguous, ImportFileError

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Those of one byte to a letter; of equally good ones the first is taken.
SINGLE_BYTE = ("windows-1250", "windows-1252", "windows-1256", "iso-8859-1")
PIECE = 256 * 1024
LONGEST = 400  # bytes of a line that are looked at
EACH = 12  # lines that are kept for each byte beyond ASCII
LEAST_LIKELY = 0.7  # below it the letters make no words in any encoding that is known here
ENOUGH = 20_000  # lines that are no UTF-8, after which only some are looked at


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """An encoding, whether it was found out, what else it might be, and a line read with it."""

    name: str
    detected: bool = True
    others: tuple[str, ...] = ()
    sample: str = ""


def canonical(name: str) -> str:
    """One of ENCODINGS by any of its usual names. Raises ImportFileError for another."""
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        found = ""
    found = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(found, found)
    for one in ENCODINGS:
        if codecs.lookup(one).name == found:
            return one
    raise ImportFileError(
        _("There is no encoding “%(name)s”: %(known)s.")
        % {"name": name, "known": ", ".join(ENCODINGS)}
    )


def detect_encoding(source: BinaryIO, *, wanted: str = "") -> Encoding:
    """The encoding of a file, which is read from its beginning and put back to it."""
    if wanted:
        name = canonical(wanted)
        return Encoding(name=name, detected=False, sample=_sample_line(source, name))
    beginning = source.read(4096)
    source.seek(0)
    name = _marked(beginning) or ("utf-16" if byte_order(beginning) else "")
    if name:
        return Encoding(name=name, sample=_sample_line(source, name))
    found = _Lines.of(source)
    source.seek(0)
    return found.encoding()


def _marked(beginning: bytes) -> str:
    if beginning.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ImportFileError(_("The file is UTF-32. Save it as UTF-8: in Excel, “CSV UTF-8”."))
    return next((name for mark, name in BYTE_ORDER_MARKS.items() if beginning.startswith(mark)), "")


def byte_order(beginning: bytes) -> str:
    """The codec of UTF-16 text, marked or not, by where its zero bytes stand; else nothing."""
    if beginning.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if beginning.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    high, low = beginning[::2].count(0), beginning[1::2].count(0)
    few = len(beginning) // 16 + 1
    if low >= 4 * high and low > few:
        return "utf-16-le"
    return "utf-16-be" if high >= 4 * low and high > few else ""


def _sample_line(source: BinaryIO, name: str) -> str:
    """A line of the beginning that is not ASCII, else the first."""
    beginning = source.read(PIECE)
    source.seek(0)
    codec = byte_order(beginning) or "utf-16-le" if name == "utf-16" else name
    lines = beginning.decode(codec, errors="replace").replace("\ufeff", "").splitlines()
    return shortened(next((one for one in lines if not one.isascii()), (lines or [""])[0]))


def shortened(line: str) -> str:
    """A line to look at."""
    return " ".join("".join(c if c.isprintable() else " " for c in line).split())[:120]


class _Lines:
    """Lines that are not ASCII: how many are UTF-8, and some of the others for each byte."""

    def __init__(self) -> None:
        self.good = self.bad = 0
        self.utf8_line = b""
        self._seen: Counter[int] = Counter()
        self._kept: list[bytes] = []

    @classmethod
    def of(cls, source: BinaryIO) -> "_Lines":
        found = cls()
        for piece in _pieces(source):
            if not piece.isascii():
                found.add(piece)
        return found

    def add(self, piece: bytes) -> None:
        for number, line in enumerate(piece.split(b"\n")):
            if line.isascii() or (self.bad > ENOUGH and number % 20):
                continue
            if _is_utf8(line):
                self.good += 1
                self.utf8_line = self.utf8_line or line
            else:
                self.bad += 1
                self._keep(line)

    def _keep(self, line: bytes) -> None:
        start = next(place for place, byte in enumerate(line) if byte > 127)
        line = line[max(0, start - LONGEST // 2) :][:LONGEST]
        beyond = {byte for byte in line if byte > 127}
        if any(self._seen[byte] < EACH for byte in beyond):
            self._kept.append(line)
        self._seen.update(beyond)

    def encoding(self) -> Encoding:
        if self.good >= self.bad:  # a file of UTF-8 may have broken lines
            sample = self.utf8_line.decode("utf-8", errors="replace")
            return Encoding(name="utf-8", sample=shortened(sample))
        return _best(self._kept)


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """The file in pieces that end with a line, as long as lines are of a reasonable length."""
    rest = b""
    while piece := source.read(PIECE):
        whole, end, rest_of_piece = piece.rpartition(b"\n")
        if end:
            yield rest + whole
            rest = rest_of_piece
        else:
            yield rest + piece
            rest = b""
    yield rest


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _best(lines: list[bytes]) -> Encoding:
    """Of the encodings of one byte: the one that makes the most likely letters of these lines."""
    text = b"\n".join(lines)
    # Where a byte means nothing in any of them, its row is rejected by the likeliest one.
    readings = {name: _decoded(text, name) for name in _possible(text) or SINGLE_BYTE}
    rated = sorted(readings, key=lambda name: -likelihood(readings[name], name))
    best, *others = rated
    others = [name for name in others if _differ(readings[best], readings[name])]
    tied = [
        name
        for name in others
        if likelihood(readings[name], name) >= likelihood(readings[best], best)
    ]
    if tied:
        raise _undecided(lines, [best, *tied])
    if _has_letters(readings[best]) and likelihood(readings[best], best) < LEAST_LIKELY:
        raise _unlikely(lines, rated)
    return Encoding(name=best, others=tuple(others), sample=shortened(_decoded(lines[0], best)))


def _possible(text: bytes) -> list[str]:
    """The encodings that charset-normalizer does not rule out, in our order."""
    found = from_bytes(text, cp_isolation=list(SINGLE_BYTE), threshold=1.0)
    named = {codecs.lookup(match.encoding).name for match in found}
    return [name for name in SINGLE_BYTE if codecs.lookup(name).name in named]


def _decoded(text: bytes, name: str) -> str:
    return text.decode(name, errors="replace")


def _differ(one: str, other: str) -> bool:
    """Whether two readings differ in a letter, and not only in signs."""
    return any(a != b and (a.isalpha() or b.isalpha()) for a, b in zip(one, other, strict=False))


def _has_letters(text: str) -> bool:
    """Whether there are letters beyond ASCII; signs alone tell no encoding."""
    return any(letter.isalpha() and not letter.isascii() for letter in text)


def _undecided(lines: list[bytes], names: list[str]) -> Ambiguous:
    message = _("The file can be read in several encodings. %s.") % _readings(lines, names)
    return Ambiguous(message, option="encoding", choices=names)


def _unlikely(lines: list[bytes], names: list[str]) -> Ambiguous:
    message = _(
        "The encoding of the file is not recognised: no reading makes likely words. %s."
        " Save it as UTF-8: in Excel, “CSV UTF-8”."
    )
    return Ambiguous(message % _readings(lines, names), option="encoding", choices=names)


def _readings(lines: list[bytes], names: list[str]) -> str:
    return "; ".join(f"{name}: “{shortened(_decoded(lines[0], name))}”" for name in names)
