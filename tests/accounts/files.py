"""Files as customers send them, and what an import makes of them."""

import csv
from io import BytesIO, StringIO
from typing import Any

from accounts.imports.engine import ImportResult
from accounts.imports.intake import dry_run_sheet, import_sheet
from accounts.imports.kinds import KINDS
from accounts.imports.options import ImportOptions
from accounts.imports.reading import sheet_of
from accounts.imports.reasons import Reject
from accounts.models import Import
from tenants.models import Tenant

Counts = tuple[int, int, int, int]


def text(columns: list[str], rows: list[list[Any]], *, delimiter: str = ",") -> str:
    """A CSV file of these rows."""
    written = StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows([columns, *rows])
    return written.getvalue()


class Sending:
    """Sends files to a tenant, and keeps what was rejected of the last."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.rejects: list[Reject] = []
        self.assumptions: list[str] = []

    def __call__(
        self,
        kind: str,
        file: str | bytes,
        *,
        dry_run: bool = False,
        mapping: Any = None,
        options: ImportOptions | None = None,
    ) -> Counts:
        """Created, updated, unchanged, rejected."""
        content = file.encode() if isinstance(file, str) else file
        self.rejects = []
        entry = Import(kind=kind, source=Import.Source.FILE, name="book.csv")
        sheet = sheet_of(
            kind=KINDS[kind],
            source=BytesIO(content),
            mapping=mapping,
            options=options or ImportOptions(),
        )
        result = (dry_run_sheet if dry_run else import_sheet)(
            entry=entry,
            sheet=sheet,
            tenant=self.tenant,
            on_reject=lambda _columns, reject: self.rejects.append(reject),
        )
        self.entry, self.assumptions = entry, result.assumptions
        return counts(result)

    @property
    def faults(self) -> list[tuple[int, str, str]]:
        """Line, column and code of what was rejected of the last file."""
        return [(reject.line, reject.column, reject.code) for reject in self.rejects]


def send_to_two_accounts(tenant: Tenant) -> Sending:
    """Sends to a tenant that has Ant, a, and Bee, b."""
    send = Sending(tenant)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    return send


def counts(result: ImportResult) -> Counts:
    return result.created, result.updated, result.unchanged, result.rejected
