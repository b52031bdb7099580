"""How many statements every page and every answer of REST takes, and that more rows take no more.

The budgets stand in `query_budgets.json`, by the name of the view. After a change that is meant:

    QUERY_BUDGETS=write make test ARGS=tests/test_query_budgets.py

writes the file anew; its difference is then read like that of any code.
"""

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account, Contact, Purchase, Subscription
from metrics.models import Goal
from metrics.pipeline.nightly import compute
from support.models import Ticket
from surveys.models import Response
from tenants.context import inside
from tests.isolation import worlds
from tests.isolation.addresses import Address
from tests.isolation.walks import Walker, refusal, tenant_addresses
from usage.models import Event

FILE = Path(__file__).parent / "query_budgets.json"
MORE = 30  # of everything that there are many of
Counts = dict[str, int]


@pytest.fixture(scope="module")
def measured(django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Counts, Counts]]:
    """The statements of every view, in a small tenant and in the same with many rows more."""
    with django_db_blocker.unblock(), worlds.world(f"cstest_budgets_{os.getpid()}") as keys:
        people = Walker("acme", "admin", user=1).client
        programs = Walker("acme", "key admin", key=keys["acme"]["key admin"]).client
        found = [one for one in tenant_addresses("acme") if is_read(one)]
        add_rows(range(1))
        small = counts(people, programs, found)
        add_rows(range(1, MORE))
        yield small, counts(people, programs, found)


def is_read(address: Address) -> bool:
    """Pages, and lists and objects of REST; not the admin, whose pages Django makes."""
    walker = "key admin" if address.is_for_programs else "admin"
    ours = not address.view.startswith(("admin:", "account_")) and address.view not in UNCOUNTED
    return ours and refusal(walker, "GET", address) is None


# The description of the API and its page: no row is read for them.
UNCOUNTED = ("api:schema", "api:docs")


def counts(people: Client, programs: Client, found: list[Address]) -> Counts:
    return {
        one.view: statements(programs if one.is_for_programs else people, one.path) for one in found
    }


def statements(client: Client, path: str) -> int:
    client.get(path)  # whatever is read once for a process has then been read
    with CaptureQueriesContext(connection) as captured:
        answer: Any = client.get(path)
        if answer.streaming:
            b"".join(answer)
    assert answer.status_code in (200, 302), f"{path}: {answer.status_code}"
    return len(captured)


def add_rows(numbers: range) -> None:
    """Rows like the first, of accounts of their own, and the nights once more.

    Without the nights pages would say that their figures are being corrected; both sizes have had
    a correction, which the page of a metric tells with the facts that changed.
    """
    with inside("acme") as tenant:
        for number in numbers:
            _add_account(number)
        for day in worlds.NIGHTS:
            compute(tenant=tenant, day=day, at_stage=lambda stage: None)


def _add_account(number: int) -> None:
    account = again(Account.objects.get(pk=1), external_id=f"more-{number}", name=f"More {number}")
    for model in (Contact, Subscription, Purchase, Ticket, Response):
        row = model._default_manager.get(pk=1)
        again(row, external_id=f"more-{number}", account_id=account)
    again(Event.objects.get(pk=1), message_id=f"more-{number}", account_id=account)
    due = date(2024, 12, 1 + number % 28)
    again(Goal.objects.get(pk=1), external_id=f"more-{number}", due_on=due)


def again(row: Any, **changes: Any) -> int:
    """Store a row once more, under a new number, which is returned."""
    for name, value in {**changes, "pk": None}.items():
        setattr(row, name, value)
    row._state.adding = True
    row.save(force_insert=True)
    return int(row.pk)


# After a correction this page names the facts that changed, and asks for them row by row, up to a
# bound: its budget holds it.
TELLS_CORRECTIONS = {"kpi"}


def test_more_rows_take_no_more_statements(measured: tuple[Counts, Counts]) -> None:
    small, large = measured
    assert len(small) > 60
    grown = {view: (small[view], large[view]) for view in small if large[view] > small[view]}
    assert set(grown) <= TELLS_CORRECTIONS


def test_no_view_takes_more_statements_than_its_budget(measured: tuple[Counts, Counts]) -> None:
    _small, large = measured
    if os.environ.get("QUERY_BUDGETS") == "write":
        FILE.write_text(json.dumps(large, indent=1, sort_keys=True) + "\n")
    budgets: Counts = json.loads(FILE.read_text())
    assert set(large) == set(budgets)
    assert {view: n for view, n in large.items() if n > budgets[view]} == {}
