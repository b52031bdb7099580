"""Rows of a kind of fact, to look through, to add and to correct."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.imports.kinds import KINDS
from accounts.imports.records import Column, Kind, Type
from accounts.pages.fact_form import FactForm, choices_of, columns_of
from accounts.rest import reading
from accounts.rest.writing import Busy, Conflict, write_one
from tenants import formats
from tenants.context import tenant_of

PER_PAGE = 50
MOST_COLUMNS = 6


def facts(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows of a kind, the latest first, narrowed by the form above them."""
    known = _kind(kind)
    asked = {one["name"]: one["value"] for one in _filters(known, request) if one["value"]}
    wrong, rows = "", known.objects().none()
    try:
        rows = reading.narrowed(known, asked)
    except ValidationError as problem:
        wrong = _said(problem)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(_values(known, rows.order_by("-pk")[: PER_PAGE + 1]))
    context = {
        "kind": known,
        "columns": [capfirst(str(known.label_of(column))) for column in _shown(known)],
        "rows": [_line(known, row, request) for row in found[:PER_PAGE]],
        "older": found[PER_PAGE - 1]["id"] if len(found) > PER_PAGE else None,
        "filters": _filters(known, request),
        "narrowed": bool(asked),
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
        stored=reading.shown(kind=known, pk=pk),
    )
    if request.method == "POST" and _saved(request, form, new=False):
        messages.success(request, _("It is changed."))
        return redirect("facts", kind)
    return _form_page(request, form, pk=pk)


def delete(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    with pghistory.context(kind=kind):
        get_object_or_404(_kind(kind).objects(), pk=pk).delete()
    messages.success(request, _("It is deleted."))
    return redirect("facts", kind)


def _kind(name: str) -> Kind:
    """A kind whose rows can be corrected; what has happened is not."""
    kind = KINDS.get(name)
    if kind is None or kind.happened:
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
    except ValidationError as problem:
        form.refuse(problem.detail if isinstance(problem.detail, dict) else {"": problem.detail})
    except (Conflict, Busy) as problem:
        form.refuse({"": problem.detail})
    return not form.errors


def _said(problem: ValidationError) -> str:
    details: Mapping[str, Any] = problem.detail if isinstance(problem.detail, dict) else {}
    return " ".join(str(detail) for found in details.values() for detail in found)


# What a list is narrowed by: what a row is of, and between which days.


def _filters(kind: Kind, request: HttpRequest) -> list[dict[str, Any]]:
    spans = [column for column in kind.columns if column.holds in reading.SPANS][:1]
    others = [one for one in kind.columns if one.points_to and one.points_to is not kind.model]
    named_by = [one for one in (*others, *columns_of(kind)) if one not in spans][:1]
    found = [_filter(kind, one, one.name, "{}", request) for one in named_by]
    for one in spans:
        found.append(_filter(kind, one, f"{one.name}_from", _("{}: from"), request))
        found.append(_filter(kind, one, f"{one.name}_to", _("{}: until"), request))
    return found


def _filter(
    kind: Kind, column: Column, name: str, label: str, request: HttpRequest
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label.format(capfirst(str(kind.label_of(column)))),
        "type": "date" if column.holds in reading.SPANS else "search",
        "choices": choices_of(kind, column),
        "value": request.GET.get(name, "").strip(),
    }


# How a row is shown


def _shown(kind: Kind) -> list[Column]:
    """The columns of the list: what a row must have, and then what there is room for."""
    first = [one for one in columns_of(kind) if one.name in kind.key or one.required]
    rest = [one for one in columns_of(kind) if one not in first and one.longest <= 300]
    return [*first, *rest][:MOST_COLUMNS]


def _values(kind: Kind, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows.values("id", *{reading.path_of(column) for column in _shown(kind)})


def _line(kind: Kind, row: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    zone = tenant_of(request).timezone
    cells = [
        {
            "text": _text(kind, column, row[reading.path_of(column)], zone),
            "number": _is_amount(column),
        }
        for column in _shown(kind)
    ]
    return {"pk": row["id"], "cells": cells}


def _is_amount(column: Column) -> bool:
    return column.holds in (Type.AMOUNT, Type.NUMBER, Type.RATE, Type.COUNT)


def _text(kind: Kind, column: Column, value: Any, zone: str) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.moment(value, zone=zone)
    if isinstance(value, date):
        return formats.month(value) if column.holds == Type.MONTH else formats.day(value)
    if isinstance(value, Decimal | int):
        return formats.exact(value, least=2 if column.holds == Type.AMOUNT else 0)
    return dict(choices_of(kind, column)).get(value, str(value))
