"""`manage.py import_data SLUG KIND FILE`: a file of facts into a tenant."""

import csv
import gzip
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError

from accounts.imports.engine import ImportResult, run_import
from accounts.imports.kinds import KINDS
from accounts.imports.reading import of_rejects
from accounts.imports.reasons import Reject
from accounts.imports.records import Kind
from accounts.management.refusal import refusing
from tenants.context import find, inside


class Command(BaseCommand):
    help = "Import a CSV file, plain or gzipped. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("kind", help=", ".join(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = KINDS.get(options["kind"])
        if kind is None:
            known = ", ".join(KINDS)
            raise CommandError(f"There is no kind “{options['kind']}”: {known}.", returncode=2)
        file, dry_run = options["file"], options["dry_run"]
        with refusing():
            result = import_file(slug=options["slug"], kind=kind, file=file, dry_run=dry_run)
        counts = f"created {result.created}, updated {result.updated}"
        self.stdout.write(f"{counts}, unchanged {result.unchanged}, rejected {result.rejected}")
        if result.rejected:
            rejected = f"{result.rejected} rows rejected: see {rejects_of(file)}"
            raise CommandError(rejected, returncode=1)


def import_file(*, slug: str, kind: Kind, file: Path, dry_run: bool) -> ImportResult:
    """Import a file, with its rejects in a file beside it."""
    tenant = find(slug=slug)
    with (
        opened(file) as source,
        RejectFile(rejects_of(file), kind=kind) as rejects,
        inside(tenant.schema_name),
    ):
        return run_import(
            kind=kind,
            source=source,
            tenant=tenant,
            name=file.name,
            dry_run=dry_run,
            on_reject=rejects.write,
        )


def opened(file: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(file)) if file.suffix == ".gz" else file.open("rb")


def rejects_of(file: Path) -> Path:
    name = file.name.removesuffix(".gz").removesuffix(".csv")
    return file.with_name(f"{name}.rejected.csv")


class RejectFile:
    """The rejected rows as they came, with what is wrong; made only when there is one.

    A row with several faults stands there once, its reasons joined, so that the mended file can
    be sent again.
    """

    def __init__(self, path: Path, *, kind: Kind) -> None:
        self.path, self.said = path, of_rejects(kind)
        self._rows: Any = None
        self._waiting: list[Reject] = []

    def __enter__(self) -> "RejectFile":
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if self._rows:
            self._flush()
            self._file.close()
        # One of an earlier run stays when the file was refused, and goes when all is well now.
        if bool(self._rows) == bool(failure):
            self.path.unlink(missing_ok=True)

    def write(self, columns: list[str], reject: Reject) -> None:
        if self._rows is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._rows = csv.writer(self._file)
            self._rows.writerow([*columns, *self.said])
        if self._waiting and self._waiting[0].line != reject.line:
            self._flush()
        self._waiting.append(reject)

    def _flush(self) -> None:
        faults, self._waiting = self._waiting, []
        said = {
            "line": str(faults[0].line),
            "column": "; ".join(fault.column for fault in faults),
            "value": "; ".join(fault.value for fault in faults),
            "reason": "; ".join(fault.reason for fault in faults),
        }
        self._rows.writerow([*faults[0].cells, *[said[name] for name in self.said]])
