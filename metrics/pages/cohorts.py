"""The pages of the cohorts: the table, and the accounts behind each of its cells."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from metrics.analysis.cohorts import cohorts, end_of, members
from metrics.figures.parameters import parse_day
from metrics.pages.responses import figures_page, page_of
from tenants.context import tenant_of

MONTHS = 12
WHATS = ("customers", "mrr")


@figures_page
def table(request: HttpRequest) -> HttpResponse:
    """Customers, or their MRR, by the month of their first payment and the months since."""
    day = parse_day(request.GET, tenant=tenant_of(request))
    what = request.GET.get("what", "")
    context = {
        "cohorts": cohorts(day, months=MONTHS),
        "ages": range(MONTHS),
        "day": day,
        "what": what if what in WHATS else "customers",
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/cohorts.html", context)


@figures_page
def cell(request: HttpRequest, cohort: str, month: str) -> HttpResponse:
    """The accounts of one cohort at the end of one month: who is here, and who has left."""
    day = parse_day(request.GET, tenant=tenant_of(request))
    began, at = _month(cohort), _month(month)
    if began > at:
        raise Http404
    on = end_of(at, day=day)
    context = {
        "accounts": page_of(request, members(began, on=on)),
        "cohort": began,
        "on": on,
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/cohort.html", context)


def _month(text: str) -> date:
    """The first day of a month written as 2026-01. Raises Http404."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None
