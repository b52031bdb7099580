"""Tables as CSV and XLSX files: every row, and nothing that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from django.http import FileResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.settings import api_settings

from accounts.cells import BYTE_ORDER_MARK, disarmed
from accounts.objects.listing import plain
from tenants.typing import ReadOnlyJson

IN_MEMORY = 2_000_000  # bytes; a larger file waits on disk


class CsvRenderer(BaseRenderer):
    """Makes `Accept: text/csv` and `?format=csv` known; the file is written by `csv_file`."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: ReadOnlyJson | None, *args: object, **options: object) -> bytes:
        """Only what has gone wrong comes this way: a problem in words."""
        return str((data or {}).get("detail", "")).encode()


class XlsxRenderer(CsvRenderer):
    """The same for `?format=xlsx`; the file is written by `xlsx_file`."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


# What an address answers in that also answers with a table.
WITH_CSV = cast(
    "tuple[type[BaseRenderer], ...]", (*api_settings.DEFAULT_RENDERER_CLASSES, CsvRenderer)
)
WITH_FILES = (*WITH_CSV, XlsxRenderer)


def wants_csv(request: Request) -> bool:
    return bool(request.accepted_renderer.format == "csv")


def wants_xlsx(request: Request) -> bool:
    return bool(request.accepted_renderer.format == "xlsx")


def xlsx_file(name: str, header: Sequence[str], rows: Iterable[Iterable[object]]) -> FileResponse:
    """The same as a workbook: numbers are numbers, a text is a text and never a formula."""
    binary = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (the response closes it)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name.rpartition(".")[0][:31])
    sheet.append(list(header))
    for row in rows:
        sheet.append([_worksheet_cell(sheet, value) for value in row])
    book.save(cast(Any, binary))
    binary.seek(0)
    return FileResponse(
        binary, as_attachment=True, filename=name, content_type=XlsxRenderer.media_type
    )


def _worksheet_cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    if value is None or isinstance(value, bool | int | Decimal | float):
        return value
    written = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", str(plain(value))))
    written.data_type = "s"
    return written


def csv_file(name: str, header: Sequence[str], rows: Iterable[Iterable[object]]) -> FileResponse:
    """A file to download. It is whole before it is sent: rows are read inside the tenant."""
    binary = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (the response closes it)
    text = TextIOWrapper(cast(Any, binary), encoding="utf-8", newline="", write_through=True)
    text.write(BYTE_ORDER_MARK)  # without it spreadsheets take the text for another encoding
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    text.detach()
    binary.seek(0)
    return FileResponse(
        binary, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )


def cell(value: object) -> str:
    """A value as text: ISO dates, plain digits, and what is unknown left empty."""
    result = plain(value)
    return "" if result is None else disarmed(str(result))
