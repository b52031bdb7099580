"""What the pages of the figures share: the answer to a wrong parameter, and the pages of a list."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from metrics.figures.parameters import InvalidParameter
from tenants.typing import AnyRows

PER_PAGE = 50
P = ParamSpec("P")


def reports_invalid_parameters(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A date that is none gets a page that says so, with status 400."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except InvalidParameter as problem:
            return render(request, "metrics/bad_question.html", {"problem": problem}, status=400)

    return answer


def page_of(request: HttpRequest, rows: AnyRows) -> Page[Any]:
    """The page of a list that the address asks for."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
