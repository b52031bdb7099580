"""An import as a whole: what comes in is written down, with what became of it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.imports.engine import ImportResult, OnReject, Progress, run_import
from accounts.imports.sheets import Sheet
from accounts.imports.staging import no_progress
from accounts.models import Import, User
from tenants.models import Tenant
from tenants.typing import Json

CHANGES_SHOWN = 20


class AlreadyImported(Exception):
    """What was asked for has been done by another process."""


def locked(entry: Import) -> Import:
    """The entry as it is now; whoever else wants it waits for the end of this transaction."""
    return Import.objects.select_for_update().get(pk=entry.pk)


def refuse_too_large(size: int | None) -> None:
    """Raise ValidationError for a file that is larger than may be."""
    if (size or 0) > settings.IMPORT_LARGEST_FILE:
        most = settings.IMPORT_LARGEST_FILE // 2**20
        raise ValidationError(_("The file is larger than %s MB. Split it.") % most)


def import_sheet(
    *,
    entry: Import,
    sheet: Sheet,
    tenant: Tenant,
    outcomes: bool = False,
    on_reject: OnReject | None = None,
    on_progress: Progress = no_progress,
) -> ImportResult:
    """Import a sheet and note what became of it, both or neither. A new entry is saved by this.

    Raises AlreadyImported for an entry that somebody else has imported meanwhile.
    """
    with transaction.atomic():
        if entry.pk and locked(entry).state == Import.State.DONE:
            raise AlreadyImported
        entry.save()
        result = run_import(
            kind=entry.of_kind,
            sheet=sheet,
            tenant=tenant,
            context=context_of(entry),
            outcomes=outcomes,
            on_reject=on_reject,
            on_progress=on_progress,
        )
        _note(entry, result)
        entry.state, entry.imported_at = Import.State.DONE, timezone.now()
        entry.save()
    return result


def dry_run_sheet(
    *,
    entry: Import,
    sheet: Sheet,
    tenant: Tenant,
    on_reject: OnReject | None = None,
    on_progress: Progress = no_progress,
) -> ImportResult:
    """The same as a trial: counted, shown, and taken back."""
    result = run_import(
        kind=entry.of_kind,
        sheet=sheet,
        tenant=tenant,
        context=context_of(entry),
        dry_run=True,
        show_changes=CHANGES_SHOWN,
        on_reject=on_reject,
        on_progress=on_progress,
    )
    _note(entry, result)
    entry.changes, entry.state = result.changes, Import.State.CHECKED
    entry.save()
    return result


def _note(entry: Import, result: ImportResult) -> None:
    entry.created, entry.updated = result.created, result.updated
    entry.unchanged, entry.rejected = result.unchanged, result.rejected
    entry.accounts_created, entry.assumptions = result.accounts_created, result.assumptions
    entry.unknown_values, entry.question, entry.refusal = result.unknown_values, {}, ""


def context_of(entry: Import) -> Json:
    """What the history says beside each change."""
    source = "rest" if entry.source == Import.Source.REST else "import"
    answer = {"source": source, "import": entry.pk, "file": entry.name}
    return answer | ({"user": entry.owner.email} if isinstance(entry.owner, User) else {})
