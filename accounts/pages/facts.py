"""Rows of a kind of fact, to look through, to add and to correct."""

import pghistory
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.figures_jobs import request_after_commit
from accounts.imports.kinds import KINDS
from accounts.imports.records import Kind
from accounts.objects import listing
from accounts.objects.writing import Busy, Exists, Rejected, write_one
from accounts.pages.fact_form import FactForm
from accounts.pages.fact_list import filters_of, headings, line, values
from tenants.context import tenant_of

PER_PAGE = 50


def facts(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows of a kind, the latest first, narrowed by the form above them."""
    known = _kind(kind)
    filters = filters_of(known, request.GET)
    query = {one["name"]: one["value"] for one in filters if one["value"]}
    wrong, rows = "", known.objects().none()
    try:
        rows = listing.narrowed(known, query)
    except listing.InvalidFilter as problem:
        wrong = str(problem)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(values(known, rows.order_by("-pk")[: PER_PAGE + 1]))
    context = {
        "kind": known,
        "columns": headings(known),
        "rows": [line(known, row, tenant_of(request).timezone) for row in found[:PER_PAGE]],
        "older": found[PER_PAGE - 1]["id"] if len(found) > PER_PAGE else None,
        "filters": filters,
        "narrowed": bool(query),
        "wrong": wrong,
    }
    return render(request, "accounts/facts.html", context, status=400 if wrong else 200)


def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new row; the address may say already what some of its columns are."""
    known = _kind(kind)
    form = FactForm(
        request.POST or None,
        kind=known,
        zone=tenant_of(request).timezone,
        initial={name: request.GET[name] for name in known.by_name if name in request.GET},
    )
    if request.method == "POST" and _saved(request, form, new=True):
        messages.success(request, _("It is added."))
        return redirect("facts", kind)
    return _form_page(request, form)


def change(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One row, to be corrected."""
    known = _kind(kind)
    get_object_or_404(known.objects(), pk=pk)
    form = FactForm(
        request.POST or None,
        kind=known,
        zone=tenant_of(request).timezone,
        stored=listing.shown(kind=known, pk=pk),
    )
    if request.method == "POST" and _saved(request, form, new=False):
        messages.success(request, _("It is changed."))
        return redirect("facts", kind)
    return _form_page(request, form, pk=pk)


def delete(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    with pghistory.context(kind=kind):
        get_object_or_404(_kind(kind).objects(), pk=pk).delete()
    request_after_commit(tenant=tenant_of(request))
    messages.success(request, _("It is deleted."))
    return redirect("facts", kind)


def _kind(name: str) -> Kind:
    """A kind whose rows can be corrected; what has happened is not."""
    kind = KINDS.get(name)
    if kind is None or kind.append_only:
        raise Http404
    return kind


def _form_page(request: HttpRequest, form: FactForm, *, pk: int | None = None) -> HttpResponse:
    context = {"kind": form.kind, "form": form, "pk": pk}
    return render(request, "accounts/fact.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: FactForm, *, new: bool) -> bool:
    """Whether the engine has taken what was filled in; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        write_one(kind=form.kind, body=form.body(), tenant=tenant_of(request), context={}, new=new)
    except Rejected as problem:
        form.refuse(problem.faults)
    except (Exists, Busy) as problem:
        form.add_error(None, str(problem))
    return not form.errors
