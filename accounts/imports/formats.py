"""What a file is, by its first bytes; and what to do with one that is not for us."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from accounts.imports.refusals import ImportFileError

ZIP, OLD_OFFICE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream in which a protected XLSX lies
PIECE = 1024 * 1024


def is_workbook(source: BinaryIO) -> bool:
    """Whether a file is a workbook. Raises ImportFileError for one that we do not read."""
    beginning = source.read(8)
    source.seek(0)
    if beginning.startswith(OLD_OFFICE):
        raise ImportFileError(protected() if _holds(source, ENCRYPTED) else _old())
    return beginning.startswith(ZIP)


def protected() -> str:
    return _("The workbook is protected with a password. Save it without one.")


def _old() -> str:
    return _("This is a workbook of the old kind (XLS). Save it as XLSX or CSV.")


def _holds(source: BinaryIO, wanted: bytes) -> bool:
    rest = b""
    while piece := source.read(PIECE):
        if wanted in rest + piece:
            return True
        rest = piece[-len(wanted) :]
    return False


def refuse_other_archives(names: list[str]) -> None:
    """Raise ImportFileError for a zip that is no XLSX, by the names of its parts."""
    if "xl/workbook.bin" in names:
        raise ImportFileError(
            _("This is a workbook of the binary kind (XLSB). Save it as XLSX or CSV.")
        )
    if "content.xml" in names or any(name.startswith("Index/") for name in names):
        raise ImportFileError(_("This workbook is not XLSX. Save it as XLSX or CSV."))
    if not any(name.startswith("xl/") for name in names):
        raise ImportFileError(unreadable())


def unreadable() -> str:
    return _("The file cannot be read as a workbook. Save it as XLSX or CSV again.")


def refuse_other_formats(beginning: str) -> None:
    """Raise ImportFileError for text that is no table: JSON, a web page, a document."""
    text = beginning.lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[{", "[[", "[\n", "[\r", "[ ")) or text.strip() == "[]":
        raise ImportFileError(_("This is JSON, not CSV. Send CSV or XLSX, or use the REST API."))
    if text[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<table", "<meta")):
        raise ImportFileError(_("This is a web page or XML, not CSV. Save it as CSV or XLSX."))
    if text.startswith("%PDF"):
        raise ImportFileError(_("This is a PDF, not CSV. Save it as CSV or XLSX."))
