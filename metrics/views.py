"""The pages on which the figures are read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import Account, MrrMovement
from metrics.book import BookQuery, book_rows, segments
from metrics.catalogue import METRICS
from metrics.drilldown import drill_down
from metrics.kpis import Book
from metrics.models import Band, Night
from metrics.periods import Period
from metrics.questions import BadQuestion, asked_day, question
from metrics.scorecard import scorecard
from tenants.context import tenant_of

PER_PAGE = 50
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
    """The book: the tenant's figures, and its accounts with their health."""
    query = BookQuery.of(request.GET)
    # The filters narrow the list; the figures above it are of the whole book.
    asked = {name: request.GET.get(name, "") for name in ("date", "period")}
    context = {
        "kpis": Book(question(asked, tenant=tenant_of(request))).all(),
        "accounts": page_of(request, book_rows(query)),
        "query": query,
        "segments": segments(),
        "bands": Band.choices,
        "night": Night.objects.first(),
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/book.html", context)


@answers_bad_questions
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its scorecard, and what it rests on."""
    found = get_object_or_404(Account.objects.select_related("now"), pk=pk)
    day = asked_day(request.GET, tenant=tenant_of(request))
    context = {
        "account": found,
        "scorecard": scorecard(account=found, day=day),
        "subscriptions": found.subscriptions.all(),
        "contacts": found.contacts.all()[:PER_PAGE],
        "movements": MrrMovement.objects.filter(account=found).order_by("-day")[:PER_PAGE],
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/scorecard.html", context)


@answers_bad_questions
def kpis(request: HttpRequest) -> HttpResponse:
    """Every metric on one date."""
    asked = question(request.GET, tenant=tenant_of(request))
    context = {
        "kpis": Book(asked).all(),
        "asked": asked,
        "periods": Period.choices,
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/kpi_list.html", context)


@answers_bad_questions
def kpi(request: HttpRequest, key: str) -> HttpResponse:
    """One metric: its variants side by side, and the rows behind the one that is chosen."""
    metric = METRICS.get(key)
    if metric is None:
        raise Http404
    chosen = request.GET.get("variant") or metric.default_variant
    if chosen not in metric.variants:
        raise Http404
    answers = Book(question(request.GET, tenant=tenant_of(request)))
    variants = {name: answers.compare(metric, name) for name in metric.variants}
    segment = answers.question.segment
    behind = drill_down(variants[chosen].reading, part=request.GET.get("part", ""), segment=segment)
    rows = page_of(request, behind.rows)
    context = {
        "metric": metric,
        "kpi": variants[chosen],
        "variants": list(variants.values()),
        "asked": answers.question,
        "periods": Period.choices,
        "behind": behind,
        "rows": rows,
        "lines": behind.lines(rows),
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/kpi.html", context)


def page_of(request: HttpRequest, rows: QuerySet[Any, Any]) -> Page[Any]:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
