"""XML as a stream: never more of it in memory than one tag or one piece of text."""

import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Protocol
from xml.parsers import expat
from zipfile import BadZipFile

from django.utils.translation import gettext as _

from accounts.imports.formats import unreadable
from accounts.imports.refusals import ImportFileError

PIECE = 8 * 1024  # little, for a few bytes of cells may stand for long shared texts
LARGEST_TAG = 1024 * 1024  # bytes; of a comment and the like too
LARGEST_TEXT = 1024 * 1024  # characters between two tags: a cell holds 32,767 at most
BROKEN = (expat.ExpatError, BadZipFile, EOFError, zlib.error, ValueError, NotImplementedError)


class Handler(Protocol):
    """Is told of tags, by their names without a prefix, and of the text between them."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def text(self, piece: str) -> None: ...

    def end(self, name: str) -> None: ...


def parse(stream: BinaryIO, handler: Handler) -> Iterator[int]:
    """Parse a stream into a handler, piece by piece; gives the bytes read so far.

    Raises ImportFileError for what is not well-formed, declares entities or is too large.
    """
    parser, seen = _parser(handler), 0
    try:
        while piece := stream.read(PIECE):
            parser.Parse(piece, False)
            seen += len(piece)
            if seen - parser.CurrentByteIndex > LARGEST_TAG:
                raise too_large()
            yield seen
        parser.Parse(b"", True)
    except ImportFileError:
        raise
    except BROKEN as problem:
        raise ImportFileError(unreadable()) from problem
    yield seen


def parse_all(stream: BinaryIO, handler: Handler) -> None:
    """Parse a stream into a handler."""
    for _seen in parse(stream, handler):
        pass


def too_large() -> ImportFileError:
    return ImportFileError(_("The workbook holds a cell or a part that is larger than we read."))


def _parser(handler: Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    between = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal between
        between = 0
        handler.start(name.rpartition(":")[2], attributes)

    def text(piece: str) -> None:
        nonlocal between
        between += len(piece)
        if between > LARGEST_TEXT:
            raise too_large()
        handler.text(piece)

    def end(name: str) -> None:
        nonlocal between
        between = 0
        handler.end(name.rpartition(":")[2])

    def doctype(*_declared: object) -> None:
        raise ImportFileError(unreadable())

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    return parser
