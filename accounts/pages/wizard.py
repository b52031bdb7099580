"""The import wizard: upload, columns, a trial, the import, and its undoing."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.imports.headers import ATTRIBUTE
from accounts.imports.intake import refuse_too_large
from accounts.imports.kinds import KINDS
from accounts.imports.mapped import MappedColumn, as_json
from accounts.imports.mapping import Preview, remember
from accounts.imports.presets import PRESETS, other_kind
from accounts.imports.refusals import Ambiguous, ImportFileError
from accounts.models import Import, Job, User
from accounts.pages import columns
from accounts.pages.outcome import counts, details
from accounts.pages.reading import PREFIX, ReadingForm, preset_choices
from accounts.pages.work import see_ends
from tenants.context import tenant_of

Files = MultiValueDict[str, UploadedFile[bytes]]


class UploadForm(forms.Form):
    """Which kind, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What is in the file"))
    preset = forms.ChoiceField(label=gettext_lazy("Saved by"), required=False)
    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.gz"}),
    )

    def __init__(
        self, data: QueryDict | None, files: Files | None, *, initial: dict[str, str]
    ) -> None:
        super().__init__(data, files, initial=initial)
        field = cast(forms.ChoiceField, self.fields["kind"])
        field.choices = [(kind.name, kind.label) for kind in KINDS.values()]
        field.widget.attrs["class"] = "form-select"
        saved_by = cast(forms.ChoiceField, self.fields["preset"])
        saved_by.choices = preset_choices()
        saved_by.widget.attrs["class"] = "form-select"
        self.fields["file"].widget.attrs["class"] = "form-control"

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        refuse_too_large(file.size)
        return file

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        preset = PRESETS.get(data.get("preset", ""))
        if preset and data.get("kind") and preset.kind != data["kind"]:
            self.add_error("preset", other_kind(preset))
        return data


def upload(request: HttpRequest) -> HttpResponseBase:
    """The first step."""
    chosen = {"kind": request.GET.get("kind", "")}
    form = UploadForm(request.POST or None, request.FILES or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        entry = Import(
            kind=form.cleaned_data["kind"],
            source=Import.Source.FILE,
            name=file.name[:300],
            preset=form.cleaned_data["preset"],
            owner=cast(User, request.user),
        )
        entry.file.save(file.name[-80:], file)
        return redirect("import", entry.pk)
    status = 400 if form.errors else 200
    return render(request, "accounts/import_upload.html", {"form": form}, status=status)


def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An import wherever it is: columns to be chosen, running, looked at, done, undone."""
    entry = _entry(pk)
    if request.method == "POST":
        return _columns_chosen(request, entry)
    context = {"entry": entry, "job": entry.job, **counts(entry)}
    if entry.job is not None and entry.job.is_open:
        jobs.with_positions([entry.job], tenant=tenant_of(request))
        return render(request, "accounts/import_running.html", context)
    see_ends(Job.objects.filter(parameters__import=pk), user=request.user)
    if entry.state == Import.State.UPLOADED or _wants_columns(request, entry):
        return _ask_for_columns(request, entry)
    return render(request, "accounts/import.html", context | details(entry))


def _wants_columns(request: HttpRequest, entry: Import) -> bool:
    again = (Import.State.CHECKED, Import.State.REFUSED)
    wanted = "columns" in request.GET or bool(entry.question)
    return wanted and entry.state in again and bool(entry.file)


def _entry(pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("owner", "job"), pk=pk)


def _ask_for_columns(
    request: HttpRequest,
    entry: Import,
    mapped: Sequence[MappedColumn] | None = None,
    form: ReadingForm | None = None,
    error: str = "",
) -> HttpResponse:
    try:
        seen = columns.seen_of(entry)
    except FileNotFoundError:
        return _unreadable(request, entry, _("The file is no longer there. Upload it again."))
    except Ambiguous as problem:
        entry.question = problem.as_json()
        return _unreadable(request, entry, "", ReadingForm(entry=entry))
    except ValueError as problem:
        return _unreadable(request, entry, str(problem), form or ReadingForm(entry=entry))
    mapped, further = mapped or columns.meant(entry, seen), columns.further_columns(entry)
    context = {
        "entry": entry,
        "error": error,
        "columns": columns.rows_of(entry, seen, mapped),
        "known": [(column, entry.of_kind.label_of(column)) for column in entry.of_kind.columns],
        "further": further,
        "further_names": [name for name, label in further],
        "reading": seen.reading.sentences(),
        "form": form or ReadingForm(entry=entry, reading=seen.reading),
        "seems": columns.proposed_preset(entry, seen),
        "as_it_is": columns.AS_IT_IS,
    }
    status = 400 if error else 200
    return render(request, "accounts/import_columns.html", context, status=status)


def _unreadable(
    request: HttpRequest, entry: Import, problem: str, form: ReadingForm | None = None
) -> HttpResponse:
    """Why a file cannot be read, with how else it might be."""
    context = {"entry": entry, "problem": problem, "form": form}
    status = 400 if problem else 200
    return render(request, "accounts/import_unreadable.html", context, status=status)


def _columns_chosen(request: HttpRequest, entry: Import) -> HttpResponseBase:
    """Remember how the file is read and what the columns mean, and try the file with that."""
    if entry.state not in (Import.State.UPLOADED, Import.State.CHECKED, Import.State.REFUSED):
        return redirect("import", entry.pk)
    seen = _seen(entry)
    form = ReadingForm(request.POST, entry=entry, reading=seen.reading if seen else None)
    if not form.is_valid():
        error = _("Choose from what is offered.")
        return _ask_for_columns(request, entry, form=form, error=error)
    mapped = columns.sent(entry, seen, request.POST) if seen else []
    if _says_how(request) and _read_otherwise(entry, form):
        mapped = []
    if "read" in request.POST or not seen or [one.header for one in mapped] != _header(entry):
        return _read_again(entry, mapped)
    error = columns.wrong(entry, mapped)
    if error:
        return _ask_for_columns(request, entry, mapped=mapped, error=error)
    if not entry.preset:
        remember(
            kind=entry.of_kind,
            mapping={one.header: one.column for one in sorted(mapped, key=_means_something)},
        )
    entry.mapping = as_json(mapped)
    _start(request, entry, "check")
    return redirect("import", entry.pk)


def _means_something(one: MappedColumn) -> bool:
    return bool(one.column) and not one.column.startswith(ATTRIBUTE)


def _seen(entry: Import) -> Preview | None:
    """The beginning of the file, where it can be read."""
    try:
        return columns.seen_of(entry)
    except (ImportFileError, FileNotFoundError, ValueError):
        return None


def _header(entry: Import) -> list[str]:
    seen = _seen(entry)
    return seen.header if seen else []


def _says_how(request: HttpRequest) -> bool:
    return any(name.startswith(f"{PREFIX}-") for name in request.POST)


def _read_otherwise(entry: Import, form: ReadingForm) -> bool:
    """Note how the file is to be read; returns whether it is by another preset."""
    preset, options = form.chosen()
    other = preset != entry.preset
    if other or options != entry.options:
        entry.preset, entry.options = preset, options
        entry.question, entry.refusal, entry.state = {}, "", Import.State.UPLOADED
        entry.mapping = {} if other else entry.mapping
        entry.save()
    return other


def _read_again(entry: Import, mapped: Sequence[MappedColumn]) -> HttpResponseBase:
    """The page of the columns anew; what was chosen of the columns stays if they are the same."""
    if mapped and [one.header for one in mapped] == _header(entry):
        entry.mapping = as_json(mapped)
        entry.save(update_fields=["mapping"])
    return redirect(f"{reverse('import', args=[entry.pk])}?columns")


def _start(request: HttpRequest, entry: Import, kind: str) -> None:
    job = jobs.enqueue(
        kind=kind,
        subject=entry.name,
        owner=cast(User, request.user),
        parameters={"import": entry.pk, "language": get_language()},
        tenant=tenant_of(request),
        size=entry.file.size if entry.file else 0,
    )
    entry.job = job
    entry.save()


def run(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take in what was tried."""
    entry = _entry(pk)
    if entry.can_be_imported and not (entry.job and entry.job.is_open):
        _start(request, entry, "import")
    return redirect("import", pk)


def undo_import(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Undo an import."""
    entry = _entry(pk)
    if entry.can_be_undone and not (entry.job and entry.job.is_open):
        _start(request, entry, "undo")
    return redirect("import", pk)


def rejects(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows, as a file that can be mended and sent again."""
    entry = _entry(pk)
    if not entry.rejects:
        raise Http404
    name = f"{entry.name.rsplit('.', 1)[0]}.rejected.csv"
    return FileResponse(
        entry.rejects.open("rb"),
        as_attachment=True,
        filename=name,
        content_type="text/csv; charset=utf-8",
    )
