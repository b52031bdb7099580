"""`manage.py import_data SLUG KIND FILE`: a file of facts into a tenant."""

import gzip
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError

from accounts.imports.engine import ImportResult
from accounts.imports.intake import dry_run_sheet, import_sheet
from accounts.imports.kinds import KINDS
from accounts.imports.mapping import proposed
from accounts.imports.options import DATE_FORMATS, DECIMALS, OPTIONS, ImportOptions
from accounts.imports.presets import PRESETS, Preset
from accounts.imports.reading import DEFAULT, sheet_of
from accounts.imports.records import Kind
from accounts.imports.refusals import ImportFileError, UnknownColumns
from accounts.imports.rejecting import RejectWriter
from accounts.imports.sheets import Sheet, column_map
from accounts.management.refusal import refusing
from accounts.models import Import
from accounts.strict_json import parse
from tenants.context import find, inside
from tenants.models import Tenant
from tenants.typing import Options


class Command(BaseCommand):
    help = "Import a CSV (plain or gzipped) or XLSX file. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("kind", help=", ".join(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--preset", default="", help=", ".join(PRESETS))
        parser.add_argument("--mapping", type=Path, help="a JSON file: what the columns mean")
        for name in ("encoding", "delimiter", "sheet"):
            parser.add_argument(f"--{name}", default="")
        parser.add_argument("--date-format", default="", choices=DATE_FORMATS)
        parser.add_argument("--decimal", default="", choices=DECIMALS)
        parser.add_argument("--header-row", type=int)
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def handle(self, *args: object, **options: Any) -> None:
        kind = KINDS.get(options["kind"])
        if kind is None:
            known = ", ".join(KINDS)
            raise CommandError(f"There is no kind “{options['kind']}”: {known}.", returncode=2)
        file, dry_run = options["file"], options["dry_run"]
        preset = PRESETS.get(options["preset"])
        if options["preset"] and (preset is None or preset.kind != kind.name):
            message = f"There is no preset “{options['preset']}” for {kind.name}."
            raise CommandError(message, returncode=2)
        with refusing(), self._proposing(kind, options):
            result = import_file(
                slug=options["slug"],
                kind=kind,
                file=file,
                dry_run=dry_run,
                mapping=_mapping(options["mapping"], preset),
                options=_reading(options),
            )
        for assumption in result.assumptions:
            self.stdout.write(assumption)
        if result.accounts_created:
            self.stdout.write(f"accounts created {result.accounts_created}")
        counts = f"created {result.created}, updated {result.updated}"
        self.stdout.write(f"{counts}, unchanged {result.unchanged}, rejected {result.rejected}")
        if result.rejected:
            rows = "row" if result.rejected == 1 else "rows"
            rejected = f"{result.rejected} {rows} rejected: see {rejects_of(file)}"
            raise CommandError(rejected, returncode=1)

    @contextmanager
    def _proposing(self, kind: Kind, options: Options) -> Iterator[None]:
        """Print a mapping where the header has unknown names and none was passed."""
        try:
            yield
        except UnknownColumns as problem:
            if options["mapping"] or options["preset"]:
                raise
            with opened(options["file"]) as source, inside(find(slug=options["slug"]).schema_name):
                mapping = proposed(kind=kind, source=source, options=_reading(options))
            self.stdout.write(json.dumps(mapping, ensure_ascii=False, indent=1))
            hint = "A mapping is proposed: save it, correct it, and pass it with --mapping."
            raise ImportFileError(f"{problem} {hint}") from problem


def _reading(options: Options) -> ImportOptions:
    """What was said of the file's formats."""
    return ImportOptions(**{one: options[one] for one in OPTIONS})


def _mapping(file: Path | None, preset: Preset | None) -> object:
    """What the columns mean, by a file, by a preset or by both. Raises ImportFileError."""
    try:
        answer = column_map(parse(file.read_bytes())) if file else None
    except ValueError as problem:
        raise ImportFileError(f"The mapping cannot be read: {problem}") from problem
    return preset.with_mapping(answer) if preset else answer


def import_file(
    *,
    slug: str,
    kind: Kind,
    file: Path,
    dry_run: bool,
    mapping: object = None,
    options: ImportOptions = DEFAULT,
) -> ImportResult:
    """Import a file, with its rejects in a file beside it."""
    tenant = find(slug=slug)
    with opened(file) as source, inside(tenant.schema_name):
        entry = Import(kind=kind.name, source=Import.Source.COMMAND, name=file.name)
        sheet = sheet_of(kind=kind, source=source, mapping=mapping, options=options)
        with reject_file(rejects_of(file), kind=kind, delimiter=sheet.delimiter) as on_reject:
            if dry_run:
                return _tried(entry, sheet, tenant, on_reject)
            return import_sheet(entry=entry, sheet=sheet, tenant=tenant, on_reject=on_reject)


def _tried(entry: Import, sheet: Sheet, tenant: Tenant, on_reject: RejectWriter) -> ImportResult:
    result = dry_run_sheet(entry=entry, sheet=sheet, tenant=tenant, on_reject=on_reject)
    entry.delete()  # nothing has come in
    return result


def opened(file: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(file)) if file.suffix == ".gz" else file.open("rb")


def rejects_of(file: Path) -> Path:
    name = file.name.removesuffix(".gz").removesuffix(".csv").removesuffix(".xlsx")
    return file.with_name(f"{name}.rejected.csv")


@contextmanager
def reject_file(path: Path, *, kind: Kind, delimiter: str) -> Iterator[RejectWriter]:
    """A file for rejects, which is there afterwards only when there are some.

    One of an earlier run stays when the file is refused.
    """
    beside = path.with_name(f".{path.name}")
    try:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            writer = RejectWriter(stream, kind=kind, delimiter=delimiter)
            yield writer
            writer.flush()
        path.unlink(missing_ok=True)
        if writer.any:
            beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)
