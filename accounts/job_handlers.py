"""The long work of this floor: looking at a file, taking it in, undoing that."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.imports import intake
from accounts.imports.entries import refuse, sheet_of_entry
from accounts.imports.reasons import Reject
from accounts.imports.refusals import ImportFileError
from accounts.imports.rejecting import RejectWriter
from accounts.imports.undoing import undo
from accounts.jobs import JobError, JobProgress, job_handler
from accounts.models import Import, Job
from tenants.context import tenant_connection
from tenants.typing import Json


@job_handler("check", title=gettext_lazy("Trial of %(subject)s"), interactive=True)
def check(job: Job, progress: JobProgress) -> Json:
    """Import an uploaded file and roll it back; returns the counts."""
    entry = _entry(job)
    return _read(entry, progress, intake.dry_run_sheet)


@job_handler("import", title=gettext_lazy("Import of %(subject)s"))
def import_file(job: Job, progress: JobProgress) -> Json:
    """Import an uploaded file; returns the counts, those stored where it was imported before."""
    entry = _entry(job)
    if entry.state == Import.State.DONE:
        return entry.counts
    try:
        result = _read(entry, progress, intake.import_sheet)
    except intake.AlreadyImported:
        return _entry(job).counts
    entry.file.delete()  # people's data, of which the rows are kept now and nothing else is needed
    return result


@job_handler("undo", title=gettext_lazy("Undoing of %(subject)s"))
def undo_import(job: Job, progress: JobProgress) -> Json:
    """Undo an import."""
    return undo(entry=_entry(job), tenant=tenant_connection().tenant, on_progress=progress)


def _entry(job: Job) -> Import:
    return Import.objects.select_related("owner").get(pk=job.parameters["import"])


def _read(entry: Import, progress: JobProgress, does: Callable[..., object]) -> Json:
    """Read the file and keep its rejects."""
    try:
        with entry.file.open("rb") as source:
            sheet = sheet_of_entry(entry=entry, source=cast(BinaryIO, source))
            with kept_rejects(entry, sheet.delimiter) as on_reject:

                def count(columns: list[str], reject: Reject) -> None:
                    progress.errors += on_reject.is_new(reject)  # rows, not the faults of a row
                    on_reject(columns, reject)

                does(
                    entry=entry,
                    sheet=sheet,
                    tenant=tenant_connection().tenant,
                    on_reject=count,
                    on_progress=progress,
                )
    except ImportFileError as problem:
        refuse(entry=entry, problem=problem)
        raise JobError(str(problem)) from problem
    except FileNotFoundError as problem:
        raise JobError(_("The file is no longer there. Upload it again.")) from problem
    progress.done = progress.total = entry.rows
    return entry.counts


@contextmanager
def kept_rejects(entry: Import, delimiter: str) -> Iterator[RejectWriter]:
    """The rejected rows, in a file beside the import."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rejected.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = RejectWriter(stream, kind=entry.of_kind, delimiter=delimiter)
            yield writer
            writer.flush()
        entry.rejects.delete(save=False)
        if writer.any:
            with path.open("rb") as written:
                entry.rejects.save(f"{entry.pk}.rejected.csv", File(written), save=False)
        Import.objects.filter(pk=entry.pk).update(rejects=entry.rejects.name or "")
