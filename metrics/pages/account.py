"""The page of one account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import Account, MrrMovement
from metrics.figures.parameters import parse_day
from metrics.health.scorecard import scorecard
from metrics.pages import account_facts
from metrics.pages.responses import PER_PAGE, figures_page
from tenants.calendar import local_day
from tenants.context import tenant_of


@figures_page
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its scorecard, and what it rests on."""
    found = get_object_or_404(Account.objects.select_related("now"), pk=pk)
    day = parse_day(request.GET, tenant=tenant_of(request))
    health, use = account_facts.chart_of_health(found, day), account_facts.chart_of_use(found, day)
    context = {
        "account": found,
        "today": local_day(moment=timezone.now(), zone=tenant_of(request).timezone),
        "scorecard": scorecard(account=found, day=day),
        "measured": account_facts.measured(found, day),
        "health_chart": health,
        "health_rows": list(account_facts.rows_of(health)),
        "use_chart": use,
        "use_rows": list(account_facts.rows_of(use)),
        "features": account_facts.features(found, day),
        "answers": account_facts.answers(found),
        "activities": account_facts.activities(found),
        "tickets": account_facts.tickets(found),
        "renewals": account_facts.renewals(found),
        "onboarding": account_facts.onboarding(found),
        "subscriptions": found.subscriptions.all(),
        "contacts": found.contacts.all()[:PER_PAGE],
        "movements": MrrMovement.objects.filter(account=found).order_by("-day")[:PER_PAGE],
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/scorecard.html", context)
