"""Home: the main figures of a tenant and its accounts, or its first steps."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.figures_jobs import BACKFILL, SHORT_NIGHT
from accounts.models import Account, CountingRules, Job, Role, User
from accounts.models.rules import customers_known_by
from metrics.catalogue import METRICS
from metrics.catalogue.records import Source
from metrics.figures import revisions
from metrics.figures.kpis import Comparison, KpiReader
from metrics.figures.parameters import parse_kpi_query
from metrics.figures.time_limit import FiguresTakeLong, awaited, wait_for
from metrics.health.account_list import AccountListQuery, listed_accounts, owners, segments
from metrics.models import HealthStatus, Night
from metrics.pages.first_steps import first_steps
from metrics.pages.responses import awaited_work, figures_page, page_of
from tenants.calendar import local_day
from tenants.context import tenant_of

CustomersBy = CountingRules.CustomersBy
VOICE_AND_USE = ("nps", "csat", "mau", "feature_adoption")
# Of each family the number that is looked at first, by what the tenant sells.
MAIN = {
    CustomersBy.SUBSCRIPTIONS: (
        *("mrr", "customers", "customer_churn_rate", "nrr"),
        *VOICE_AND_USE,
    ),
    CustomersBy.PURCHASES: (
        *("non_recurring_revenue", "customers", "average_purchase_value", "purchase_frequency"),
        *VOICE_AND_USE,
    ),
}
WORK_SHOWN = (SHORT_NIGHT, BACKFILL, "import", "sample_in")


@figures_page
def book(request: HttpRequest) -> HttpResponse:
    """The book: the tenant's main figures, and its accounts with their health."""
    query = AccountListQuery.of(request.GET)
    # The filters narrow the list; the figures above it are of the whole book.
    requested = {name: request.GET.get(name, "") for name in ("date", "period")}
    tenant = tenant_of(request)
    figures = KpiReader(parse_kpi_query(requested, tenant=tenant))
    kpis = _figures_at_once(figures)
    context = {
        "kpis": kpis,
        "is_awaited": bool(awaited()),
        "steps": [] if kpis else first_steps(user=cast(User, request.user)),
        "admins": admins(),
        "any_accounts": Account.objects.exists(),
        "work": awaited_work(request) or work_in_progress(),
        "today": local_day(moment=timezone.now(), zone=tenant.timezone),
        "pending": revisions.pending_for(figures.night, zone=tenant.timezone),
        "accounts": page_of(request, listed_accounts(query)),
        "query": query,
        "segments": segments(),
        "owners": owners(),
        "statuses": HealthStatus.choices,
        "night": Night.objects.first(),
        "currency": tenant.currency,
    }
    return render(request, "metrics/book.html", context)


def _figures_at_once(kpis: KpiReader) -> list[Comparison]:
    """The main figures; none where the list below them would have to wait for these."""
    try:
        return main_figures(kpis)
    except FiguresTakeLong as problem:
        wait_for(problem.days)
        return []


def main_figures(book: KpiReader) -> list[Comparison]:
    """The figures of home; one that has had no data in any of its periods is left out."""
    keys = MAIN[customers_known_by()]
    found = book.compare_each((METRICS[key], "") for key in keys)
    return [one for one in found if _has_data(one)]


def _has_data(found: Comparison) -> bool:
    periods = (found.reading, found.previous, found.year_before)
    if found.metric.source == Source.USAGE:  # over all accounts, who may have sent no events at all
        return any(one.numerator for one in periods)
    return any(one.n for one in periods)


def admins() -> list[User]:
    """Whom to ask for what one may not do."""
    return list(User.objects.filter(role=Role.ADMIN, is_active=True)[:5])


def work_in_progress() -> Job | None:
    """The job that is bringing data or figures to home, if there is one."""
    jobs = Job.objects.filter(kind__in=WORK_SHOWN, state__in=Job.OPEN)
    return jobs.order_by("-state", "pk").first()
