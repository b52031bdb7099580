"""Who changed what: the audit trail as a page."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.changes import PER_PAGE, Asked, changes, tracked
from tenants.context import tenant_of


def history(request: HttpRequest) -> HttpResponse:
    """The changes of one kind of row, as asked for in the address."""
    kinds, chosen = tracked(), request.GET.get("kind", "account")
    if chosen not in kinds:
        raise Http404
    wrong = [name for name in ("first", "last", "before") if not _fits(request, name)]
    found = [] if wrong else changes(query=_asked(request, chosen))
    context = {
        "kinds": {name: model._meta.verbose_name_plural for name, model in kinds.items()},
        "chosen": chosen,
        "changes": found[:PER_PAGE],
        "older": found[PER_PAGE - 1].number if len(found) > PER_PAGE else None,
        "wrong": _("This is not a date like 2026-01-31, between 1900 and 2199.") if wrong else "",
        "narrowed": any(request.GET.get(name) for name in ("row", "who", "first", "last")),
    }
    return render(request, "accounts/history.html", context, status=400 if wrong else 200)


def _asked(request: HttpRequest, chosen: str) -> Asked:
    before = request.GET.get("before", "")
    return Asked(
        model=tracked()[chosen],
        row=request.GET.get("row", "").strip(),
        who=request.GET.get("who", "").strip(),
        first=_day(request, "first"),
        last=_day(request, "last"),
        before=int(before) if before else None,
        timezone=tenant_of(request).timezone,
    )


def _fits(request: HttpRequest, name: str) -> bool:
    text = request.GET.get(name, "")
    if not text:
        return True
    if name == "before":
        return text.isascii() and text.isdigit() and len(text) < 19
    day = _day(request, name)
    return day is not None and 1900 <= day.year < 2200


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
