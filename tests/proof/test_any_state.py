"""Every page and every GET of REST answers, in a tenant in every state."""

import pytest
from django.test import Client

from metrics.catalogue import METRICS
from metrics.models import Night
from metrics.pipeline.nightly import compute
from tenants.models import Tenant
from tests import states
from tests.conftest import client_of
from tests.isolation.addresses import Address, addresses, rule_of

# What must not only stand up but show itself.
SHOWN = (
    *("book", "revenue", "kpis", "kpi", "cohorts", "lifetime", "goals", "own_metrics", "rules"),
    *(
        "owners",
        "data",
        "facts",
        "import_new",
        "jobs",
        "keys",
        "history",
        "account_change_password",
    ),
    *("api:me", "api:kpis", "api:kpi", "api:series", "api:rows", "api:metrics", "api:rules"),
    *("api:scorecards", "api:jobs", "api:imports", "api:schema", "admin:index"),
)
# `/api/v1/kpis/` says every metric in every state. The pages of all are opened in these states, in
# each other one those of every fourth, a different fourth each time.
EVERY_PAGE = ("empty", "rows_without_what_is_optional")


def readable() -> list[Address]:
    found = addresses("csplatform.urls")
    return [one for one in found if "GET" in (rule_of(one.view) or {})]


def pages_of_metrics(name: str) -> list[str]:
    """The pages of metrics to open in a state."""
    first = list(states.STATES).index(name) % 4
    keys = list(METRICS) if name in EVERY_PAGE else list(METRICS)[first::4]
    return [f"/kpis/{key}/" for key in keys]


def statuses(client: Client, paths: list[str]) -> dict[str, int]:
    client.raise_request_exception = False
    return {path: client.get(path).status_code for path in paths}


@pytest.mark.parametrize("name", states.STATES)
def test_every_address_and_every_metric_answers_in(name: str, committed_acme: Tenant) -> None:
    states.STATES[name](committed_acme)
    for night in Night.objects.all():
        compute(tenant=committed_acme, day=night.day, at_stage=lambda _stage: None)
    of_metrics = pages_of_metrics(name)
    found = statuses(client_of("alice@acme.test"), [*[one.path for one in readable()], *of_metrics])
    assert {path: status for path, status in found.items() if status >= 500} == {}
    shown = [one.path for one in readable() if one.view in SHOWN] + of_metrics
    assert {path: found[path] for path in shown if found[path] != 200} == {}
