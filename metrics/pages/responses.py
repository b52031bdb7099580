"""What the pages of the figures share: the answer to a wrong parameter, and the pages of a list."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.figures_jobs import request_days
from accounts.models import Job
from metrics.figures.parameters import InvalidParameter
from metrics.figures.time_limit import FiguresTakeLong, awaited, page_limit
from tenants.calendar import last_closed_day
from tenants.context import tenant_of
from tenants.models import Tenant
from tenants.typing import AnyRows

PER_PAGE = 50
P = ParamSpec("P")


def figures_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """What pages of figures have in common.

    A date that is none gets a page that says so, with status 400. What cannot be told at once is
    computed by a job, which the page follows.
    """

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            with _limit(tenant_of(request)):
                return view(request, *args, **kwargs)
        except InvalidParameter as problem:
            return render(request, "metrics/bad_question.html", {"problem": problem}, status=400)
        except FiguresTakeLong as problem:
            work = request_days(problem.days, tenant=tenant_of(request))
            context = {"work": work, "days": sorted(problem.days)}
            return render(request, "metrics/being_computed.html", context)

    return answer


def _limit(tenant: Tenant) -> AbstractContextManager[None]:
    closed = last_closed_day(moment=timezone.now(), zone=tenant.timezone)
    return page_limit(seconds=settings.PAGE_FIGURES_SECONDS, last_closed_day=closed)


def awaited_work(request: HttpRequest) -> Job | None:
    """The job that computes what the page is shown without; asked for here. None: all is there."""
    days = awaited()
    return request_days(days, tenant=tenant_of(request)) if days else None


def page_of(request: HttpRequest, rows: AnyRows) -> Page[Any]:
    """The page of a list that the address asks for."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
