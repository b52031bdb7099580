"""Every address is in the table of permissions, and the walk reaches every one of them."""

import sys
from itertools import count
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from csplatform import urls
from csplatform.web.permissions import TABLE
from tests.isolation.addresses import addresses, shadowed, unlisted

numbers = count()
CONFS = ["csplatform.urls", "csplatform.urls_platform"]


@pytest.mark.parametrize("urlconf", CONFS)
def test_every_address_is_in_the_table(urlconf: str) -> None:
    assert unlisted(addresses(urlconf)) == []


@pytest.mark.parametrize("urlconf", CONFS)
def test_every_path_is_answered_by_the_view_it_stands_for(urlconf: str) -> None:
    assert shadowed(addresses(urlconf), urlconf) == []


def test_the_table_names_nothing_that_is_not_there() -> None:
    views = {one.view for urlconf in CONFS for one in addresses(urlconf)}
    assert {name for name in TABLE if "*" not in name} - views == set()


def nothing(request: HttpRequest, **arguments: str) -> HttpResponse:
    return HttpResponse()


def urlconf_with(monkeypatch: pytest.MonkeyPatch, *patterns: object) -> str:
    # A name of its own, for Django remembers the addresses of a module by its name.
    module = ModuleType(f"throw_away_urls_{next(numbers)}")
    module.urlpatterns = [*patterns, *urls.urlpatterns]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module.__name__


def test_an_address_that_is_not_in_the_table_is_complained_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inner = ([path("deeper/", nothing, name="deeper")], "new")
    urlconf = urlconf_with(
        monkeypatch,
        path("named/", nothing, name="named"),
        path("unnamed/", nothing),
        path("nested/", include(inner)),
    )
    assert unlisted(addresses(urlconf)) == ["named", "new:deeper", f"{__name__}.nothing"]


def test_an_argument_without_an_example_is_complained_of(monkeypatch: pytest.MonkeyPatch) -> None:
    urlconf = urlconf_with(monkeypatch, path("<int:unheard_of>/", nothing, name="book"))
    with pytest.raises(LookupError, match="book takes 'unheard_of'"):
        addresses(urlconf)


def test_an_address_behind_another_is_complained_of(monkeypatch: pytest.MonkeyPatch) -> None:
    urlconf = urlconf_with(monkeypatch, path("kpis/", nothing, name="book"))
    hidden = shadowed(addresses(urlconf), urlconf)
    assert [(one.view, one.path) for one in hidden] == [("kpis", "/kpis/")]
