"""Every address is in the table of permissions, and the walk reaches every one of them."""

import sys
from itertools import count
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts.capabilities import Capability
from csplatform import urls
from csplatform.web.permissions import TABLE
from tests.isolation.addresses import addresses, shadowed, unlisted

numbers = count()
CONFS = ["csplatform.urls", "csplatform.urls_platform"]
# The walk believes the table. So that nobody opens a door by a slip of the pen, what is not simply
# read is said a second time here: by POST where no other method is named.
CHANGES = {
    Capability.ANYONE: {
        *("account_login", "account_logout", "account_signup", "account_reset_password"),
        *("account_reset_password_from_key", "set_language"),
    },
    Capability.VIEW: {"account_change_password", "account_reauthenticate", "account_set_password"},
    Capability.SEND_EVENTS: {"api:events-bulk PUT"},
    Capability.EDIT: {
        *("api:*-list", "api:*-object PATCH", "api:*-bulk PATCH", "api:*-bulk PUT"),
        *("api:events-bulk PATCH", "api:imports", "api:import-undo", "api:job-cancel"),
        *("fact", "fact_new", "import", "import_new", "import_run", "import_undo", "job_cancel"),
        *("goals", "goal", "goal_delete"),
    },
    Capability.DELETE: {
        *("api:*-object DELETE", "api:*-bulk DELETE", "api:events-bulk DELETE", "fact_delete"),
    },
    Capability.CONFIGURE: {
        *("admin:*", "api:rules PATCH", "rules", "owners", "sample"),
        *("keys", "key_revoke", "key_rotate", "own_metrics", "own_metric", "own_metric_delete"),
    },
}
READ_BY_FEW = {
    Capability.EDIT: {
        *("data", "fact", "fact_new", "facts", "goal", "job", "jobs"),
        *("import", "import_new", "import_rejects", "import_template"),
        *("api:import", "api:import-rejects", "api:imports", "api:job", "api:jobs"),
    },
    Capability.CONFIGURE: {
        *("admin:*", "history", "keys", "own_metric", "own_metrics", "owners", "platform_home"),
        "rules",
    },
}


@pytest.mark.parametrize("urlconf", CONFS)
def test_every_address_is_in_the_table(urlconf: str) -> None:
    assert unlisted(addresses(urlconf)) == []


@pytest.mark.parametrize("urlconf", CONFS)
def test_every_path_is_answered_by_the_view_it_stands_for(urlconf: str) -> None:
    assert shadowed(addresses(urlconf), urlconf) == []


def test_the_table_names_nothing_that_is_not_there() -> None:
    views = {one.view for urlconf in CONFS for one in addresses(urlconf)}
    assert {name for name in TABLE if "*" not in name} - views == set()


def views_by_capability(*, reading: bool) -> dict[Capability, set[str]]:
    found: dict[Capability, set[str]] = {}
    for view, rule in TABLE.items():
        for method, capability in rule.items():
            if (method == "GET") == reading:
                name = view if method in ("GET", "POST") else f"{view} {method}"
                found.setdefault(capability, set()).add(name)
    return found


def test_what_changes_something_needs_the_capability_that_is_said_here_too() -> None:
    assert views_by_capability(reading=False) == CHANGES


def test_what_few_may_read_needs_the_capability_that_is_said_here_too() -> None:
    found = views_by_capability(reading=True)
    for_all = {Capability.ANYONE, Capability.VIEW}
    assert {one: views for one, views in found.items() if one not in for_all} == READ_BY_FEW


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
