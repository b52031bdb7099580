"""The pages on which the figures are read."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.changes import changed_facts
from accounts.models import Account, MrrMovement, User
from metrics import account_page, corrections, home, trends
from metrics.book import BookQuery, book_rows, owners, segments
from metrics.catalogue import FAMILY_NAMES, METRICS
from metrics.catalogue.records import Metric
from metrics.drilldown import drill_down
from metrics.kpis import Book
from metrics.models import Band, Night
from metrics.own import known
from metrics.periods import Period
from metrics.preferences import variant_for
from metrics.questions import BadQuestion, asked_day, question
from metrics.reading import Reading
from metrics.scorecard import scorecard
from metrics.segments import Segment
from tenants.calendar import local_day
from tenants.context import tenant_of

PER_PAGE, REVISIONS = 50, 5
View = Callable[..., HttpResponse]


def answers_bad_questions(view: View) -> View:
    """A date that is none gets a page that says so, with status 400."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadQuestion as problem:
            return render(request, "metrics/bad_question.html", {"problem": problem}, status=400)

    return answer


@answers_bad_questions
def book(request: HttpRequest) -> HttpResponse:
    """The book: the tenant's main figures, and its accounts with their health."""
    query = BookQuery.of(request.GET)
    # The filters narrow the list; the figures above it are of the whole book.
    asked = {name: request.GET.get(name, "") for name in ("date", "period")}
    tenant = tenant_of(request)
    figures = Book(question(asked, tenant=tenant))
    kpis = home.main_figures(figures)
    context = {
        "kpis": kpis,
        "steps": [] if kpis else home.first_steps(user=cast(User, request.user)),
        "admins": home.admins(),
        "any_accounts": Account.objects.exists(),
        "work": home.work_in_progress(),
        "today": local_day(moment=timezone.now(), zone=tenant.timezone),
        "pending": corrections.pending_for(figures.night, zone=tenant.timezone),
        "accounts": page_of(request, book_rows(query)),
        "query": query,
        "segments": segments(),
        "owners": owners(),
        "bands": Band.choices,
        "night": Night.objects.first(),
        "currency": tenant.currency,
    }
    return render(request, "metrics/book.html", context)


@answers_bad_questions
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its scorecard, and what it rests on."""
    found = get_object_or_404(Account.objects.select_related("now"), pk=pk)
    day = asked_day(request.GET, tenant=tenant_of(request))
    health, use = account_page.chart_of_health(found, day), account_page.chart_of_use(found, day)
    context = {
        "account": found,
        "today": local_day(moment=timezone.now(), zone=tenant_of(request).timezone),
        "scorecard": scorecard(account=found, day=day),
        "measured": account_page.measured(found, day),
        "health_chart": health,
        "health_rows": list(account_page.rows_of(health)),
        "use_chart": use,
        "use_rows": list(account_page.rows_of(use)),
        "features": account_page.features(found, day),
        "answers": account_page.answers(found),
        "activities": account_page.activities(found),
        "tickets": account_page.tickets(found),
        "renewals": account_page.renewals(found),
        "onboarding": account_page.onboarding(found),
        "subscriptions": found.subscriptions.all(),
        "contacts": found.contacts.all()[:PER_PAGE],
        "movements": MrrMovement.objects.filter(account=found).order_by("-day")[:PER_PAGE],
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/scorecard.html", context)


@answers_bad_questions
def kpis(request: HttpRequest) -> HttpResponse:
    """Every metric on one date, by family."""
    asked = question(request.GET, tenant=tenant_of(request))
    answers = Book(asked)
    families = [
        (name, [answers.compare(metric) for metric in family.METRICS])
        for family, name in FAMILY_NAMES.items()
    ]
    own = [metric for key, metric in answers.metrics.items() if key not in METRICS]
    if own:
        families.append((_("Your own"), [answers.compare(metric) for metric in own]))
    context = {
        "families": families,
        "asked": asked,
        "night": answers.night,
        "pending": corrections.pending_for(answers.night, zone=tenant_of(request).timezone),
        "periods": Period.choices,
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/kpi_list.html", context)


@answers_bad_questions
def revenue(request: HttpRequest) -> HttpResponse:
    """MRR over the last periods: what there was, what moved, what there is."""
    asked = question(request.GET, tenant=tenant_of(request))
    answers = Book(asked)
    mrr = answers.compare(METRICS["mrr"]).reading
    pending = corrections.pending(mrr, zone=tenant_of(request).timezone)
    lines = trends.months(asked, behind=pending)
    context = {
        "night": answers.night,
        "pending": pending,
        "months": lines[::-1],
        "chart": trends.chart_of_months(lines),
        "moves": [METRICS[key] for key in trends.MOVEMENTS],
        "asked": asked,
        "periods": Period.choices,
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/revenue.html", context)


@answers_bad_questions
def kpi(request: HttpRequest, key: str) -> HttpResponse:
    """One metric: its variants, its trend, its segments, and the rows behind it."""
    metric = known().get(key)
    if metric is None:
        raise Http404
    chosen = request.GET.get("variant") or variant_for(metric)
    if chosen not in metric.variants:
        raise Http404
    answers = Book(question(request.GET, tenant=tenant_of(request)))
    variants = {name: answers.compare(metric, name) for name in metric.variants}
    pending = corrections.pending(variants[chosen].reading, zone=tenant_of(request).timezone)
    context = {
        "night": answers.night,
        "pending": pending,
        "metric": metric,
        "kpi": variants[chosen],
        "variants": list(variants.values()),
        "asked": answers.question,
        "periods": Period.choices,
        "currency": tenant_of(request).currency,
        **_corrected(answers, variants[chosen].reading, pending),
        **_drawn(answers, metric, chosen, pending),
        **_cut(request, answers, metric, chosen),
        **_behind(request, answers, variants[chosen].reading),
    }
    return render(request, "metrics/kpi.html", context)


def _corrected(answers: Book, reading: Reading, pending: date | None) -> dict[str, Any]:
    """What facts of the past that were corrected change, or have changed, in this number."""
    return {
        "now": answers.now(reading.metric, reading.variant) if pending else None,
        "revisions": [
            (revision, changed_facts(since=revision.since, until=revision.at))
            for revision in corrections.revisions(reading)[:REVISIONS]
        ],
    }


def _drawn(answers: Book, metric: Metric, variant: str, behind: date | None) -> dict[str, Any]:
    readings = trends.trend(metric, variant, answers.question, behind=behind)
    return {"trend": readings[::-1], "chart": trends.chart_of(readings, name=str(metric.name))}


def _cut(request: HttpRequest, answers: Book, metric: Metric, variant: str) -> dict[str, Any]:
    names = trends.cut_names(metric)
    column = request.GET.get("by", "")
    column = column if column in names else "segment"
    return {
        "cut_names": names,
        "column": column,
        "cuts": trends.cuts_of(answers, metric, variant, column),
        "overlap": Segment(column, "").overlaps,
    }


def _behind(request: HttpRequest, answers: Book, reading: Reading) -> dict[str, Any]:
    part, segment = request.GET.get("part", ""), answers.question.segment
    behind = drill_down(reading, part=part, segment=segment)
    rows = page_of(request, behind.rows)
    return {"behind": behind, "rows": rows, "lines": behind.lines(rows)}


def page_of(request: HttpRequest, rows: QuerySet[Any, Any]) -> Page[Any]:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
