"""Tables as CSV files: every row, machine formats, and nothing that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from django.http import FileResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.settings import api_settings

from accounts.cells import disarmed
from accounts.rest.reading import plain

IN_MEMORY = 2_000_000  # bytes; a larger file waits on disk


class CsvRenderer(BaseRenderer):
    """Makes `Accept: text/csv` and `?format=csv` known; the file is written by `csv_file`."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, *args: Any, **options: Any) -> bytes:
        """Only what has gone wrong comes this way: a problem in words."""
        return str((data or {}).get("detail", "")).encode()


# What an address answers in that also answers with a table.
WITH_CSV = cast(
    "tuple[type[BaseRenderer], ...]", (*api_settings.DEFAULT_RENDERER_CLASSES, CsvRenderer)
)


def wants_csv(request: Request) -> bool:
    return bool(request.accepted_renderer.format == "csv")


def csv_file(name: str, header: Sequence[str], rows: Iterable[Iterable[Any]]) -> FileResponse:
    """A file to download. It is whole before it is sent: rows are read inside the tenant."""
    binary = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (the response closes it)
    text = TextIOWrapper(cast(Any, binary), encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    text.detach()
    binary.seek(0)
    return FileResponse(binary, as_attachment=True, filename=name, content_type="text/csv")


def cell(value: Any) -> str:
    """A value as text: ISO dates, plain digits, and what is unknown left empty."""
    said = plain(value)
    return "" if said is None else disarmed(str(said))
