"""The import wizard: upload, columns, a trial, the import, and its undoing."""

from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.imports.headers import ATTRIBUTE
from accounts.imports.intake import refuse_too_large
from accounts.imports.kinds import KINDS
from accounts.imports.mapping import Preview, guess, preview, remember
from accounts.imports.refusals import Refused
from accounts.imports.rejecting import first_rejects
from accounts.imports.sheets import of_rejects
from accounts.models import Import, User
from tenants.context import tenant_of

REJECTS_SHOWN = 20


class UploadForm(forms.Form):
    """Which kind, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What is in the file"))
    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.gz"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["kind"])
        field.choices = [(kind.name, kind.label) for kind in KINDS.values()]
        field.widget.attrs["class"] = "form-select"
        self.fields["file"].widget.attrs["class"] = "form-control"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        refuse_too_large(file.size)
        return file


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
    context = {"entry": entry, "job": entry.job, **_counts(entry)}
    if entry.job is not None and entry.job.is_open:
        jobs.with_positions([entry.job], tenant=tenant_of(request))
        return render(request, "accounts/import_running.html", context)
    if entry.state == Import.State.UPLOADED or _wants_columns(request, entry):
        return _ask_for_columns(request, entry)
    context["rejects"] = _some_rejects(entry)
    return render(request, "accounts/import.html", context)


def _wants_columns(request: HttpRequest, entry: Import) -> bool:
    again = (Import.State.CHECKED, Import.State.REFUSED)
    return "columns" in request.GET and entry.state in again and bool(entry.file)


def _entry(pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("owner", "job"), pk=pk)


def _counts(entry: Import) -> dict[str, Any]:
    """What became of the rows, each with its name."""
    return {
        "counts": [
            (_("created"), entry.created),
            (_("changed"), entry.updated),
            (_("unchanged"), entry.unchanged),
            (_("rejected"), entry.rejected),
        ]
    }


def _ask_for_columns(
    request: HttpRequest, entry: Import, chosen: Mapping[str, str] | None = None, error: str = ""
) -> HttpResponse:
    try:
        seen = _seen(entry)
    except (Refused, FileNotFoundError, ValueError) as problem:
        told = {"entry": entry, "problem": str(problem)}
        return render(request, "accounts/import_unreadable.html", told, status=400)
    mapping = chosen or entry.mapping or guess(kind=entry.of_kind, header=seen.header)
    context = {
        "entry": entry,
        "error": error,
        "columns": [
            {
                "number": number,
                "header": header,
                "samples": samples,
                "chosen": mapping.get(header, ""),
                "free": _free_name(header),
            }
            for number, (header, samples) in enumerate(
                zip(seen.header, seen.samples(), strict=True)
            )
        ],
        "known": [(column, entry.of_kind.label_of(column)) for column in entry.of_kind.columns],
    }
    status = 400 if error else 200
    return render(request, "accounts/import_columns.html", context, status=status)


def _seen(entry: Import) -> Preview:
    with entry.file.open("rb") as source:
        return preview(kind=entry.of_kind, source=cast(BinaryIO, source))


def _free_name(header: str) -> str:
    return header if header.startswith(ATTRIBUTE) else f"{ATTRIBUTE}{header}"


def _columns_chosen(request: HttpRequest, entry: Import) -> HttpResponseBase:
    """Remember what the columns mean and try the file with that."""
    if entry.state not in (Import.State.UPLOADED, Import.State.CHECKED, Import.State.REFUSED):
        return redirect("import", entry.pk)
    try:
        header = _seen(entry).header
    except (Refused, FileNotFoundError, ValueError):
        return _ask_for_columns(request, entry)
    fixed = of_rejects(entry.of_kind)
    mapping = {
        name: name if name in fixed else request.POST.get(f"column-{number}", "")
        for number, name in enumerate(header)
    }
    error = _wrong(entry, mapping)
    if error:
        return _ask_for_columns(request, entry, chosen=mapping, error=error)
    remember(kind=entry.of_kind, mapping=mapping)
    entry.mapping = mapping
    _start(request, entry, "check", _("Trial of %(file)s") % {"file": entry.name})
    return redirect("import", entry.pk)


def _wrong(entry: Import, mapping: Mapping[str, str]) -> str:
    """What is wrong with a choice of columns, if anything."""
    kind = entry.of_kind
    used = [name for name in mapping.values() if name]
    known = {*kind.by_name, *of_rejects(kind)}
    if any(name not in known and not name.startswith(ATTRIBUTE) for name in used):
        return _("Choose one of the columns of the list.")
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        return _("Each column can be chosen once: %s.") % ", ".join(twice)
    missing = [name for name in kind.key if name not in used and not kind.by_name[name].when_empty]
    if missing:
        return _("Say which column is: %s. Rows are told apart by it.") % ", ".join(missing)
    return ""


def _start(request: HttpRequest, entry: Import, kind: str, title: str) -> None:
    job = jobs.start(
        kind=kind,
        title=title,
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
    if entry.state == Import.State.CHECKED and not (entry.job and entry.job.is_open):
        _start(request, entry, "import", _("Import of %(file)s") % {"file": entry.name})
    return redirect("import", pk)


def take_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Undo an import."""
    entry = _entry(pk)
    if entry.can_be_undone and not (entry.job and entry.job.is_open):
        _start(request, entry, "undo", _("Undoing of %(file)s") % {"file": entry.name})
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


def _some_rejects(entry: Import) -> list[dict[str, str]]:
    """The first of the rejected rows, with what is wrong with them."""
    if not entry.rejects:
        return []
    try:
        with entry.rejects.open("rb") as stream:
            return first_rejects(cast(BinaryIO, stream), kind=entry.of_kind, most=REJECTS_SHOWN)
    except FileNotFoundError:
        return []
