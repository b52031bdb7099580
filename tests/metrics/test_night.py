"""A night gives the same rows whenever, however often and over whatever order of facts it is run.

The file has a database of its own: a night is a transaction, and wants to be the outermost. Two
tests compute every metric; for the others some are enough, since a night reads all of them alike.
"""

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connections
from django.db.models import Q
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account, AccountNow, DirtyDay, Subscription
from metrics.models import AccountMetricValues, KpiSnapshot, Night
from metrics.pipeline import nightly
from tenants.context import inside
from tenants.models import NightRun, Tenant
from tests import databases
from tests.books import Sold
from tests.metrics.dumps import dump, empty_derived_tables

D1, D2, D3, D4, D5, D6 = (date(2026, 3, 28) + timedelta(days=n) for n in range(6))
LATER = date(2026, 5, 1)
Q1 = date(2026, 1, 1)

BOOK = [
    Sold("ant", Decimal(100), date(2024, 2, 29), interval="year"),
    Sold("ant", Decimal("33.33"), D2),
    Sold("bee", Decimal(70), date(2025, 3, 1), ended_on=D3),
    Sold("bee", Decimal(90), D5),
    Sold("cat", Decimal(10), Q1, options={"trial_ends_on": D1}),
    Sold("dog", Decimal(8), Q1, ended_on=D6, interval="week"),
    Sold("eel", Decimal(20), Q1, options={"paused_from": D2, "paused_until": D4}),
    Sold("fox", Decimal(50), Q1, options={"discount_percent": Decimal(50), "discount_ends_on": D3}),
    Sold("gnu", Decimal(999), Q1, ended_on=D4),
    Sold("hen", Decimal(5), D3, ended_on=LATER),
    Sold("ibis", Decimal(7), LATER),
]
SEGMENTS = {"ant": "large", "bee": "large", "cat": "small", "gnu": "large", "ibis": "small"}
Run = Callable[..., None]


# What orders could change: totals, movements, ratios, lifetimes, what is made of nights.
SOME = (
    *("mrr", "customers", "churned_mrr", "new_mrr", "customer_churn_rate", "nrr", "arpa"),
    *("lifetime_months", "mean_health", "mrr_at_risk"),
)


@pytest.fixture(scope="module")
def nights_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One for a whole file: a clone for each test would take longer than its nights."""
    with django_db_blocker.unblock(), databases.clone(f"cstest_nights_{os.getpid()}"):
        yield


@pytest.fixture
def committed_acme(nights_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tenant]:
    """Inside Acme, where commits are real; afterwards it is as empty as before."""
    with django_db_blocker.unblock():
        with inside("acme") as tenant:
            yield tenant
            start_over()
        NightRun.objects.using("ledger").all().delete()
        connections["ledger"].close()


@pytest.fixture
def run(committed_acme: Tenant) -> Run:
    """Run the nights of some days, one after the other, with some of the metrics."""
    return nights_of(committed_acme, keys=SOME)


@pytest.fixture
def run_whole(committed_acme: Tenant) -> Run:
    """The same with every metric."""
    return nights_of(committed_acme, keys=None)


def nights_of(tenant: Tenant, *, keys: Collection[str] | None) -> Run:
    def nights(*days: date) -> None:
        for day in days:
            nightly.run(tenant=tenant, day=day, by_hand=True, keys=keys)
            nightly.run_stale(tenant=tenant, keys=keys)

    return nights


def load(sold: list[Sold], *, order: int = 0) -> None:
    """Write a book, in an order that changes every primary key but no external one."""
    names = sorted({one.account for one in sold} | {"yak", "tester"})
    numbered = list(enumerate(sold))
    if order:
        Random(order).shuffle(names)
        Random(order).shuffle(numbered)
    for name in names:
        Account.objects.create(
            external_id=name,
            name=name.title(),
            segment=SEGMENTS.get(name, ""),
            is_test=name == "tester",
        )
    for number, one in [*numbered, (len(sold), Sold("tester", Decimal(11), Q1))]:
        Subscription.objects.create(
            external_id=f"s{number}",
            account=Account.objects.get(external_id=one.account),
            plan="Plan",
            currency="EUR",
            amount=one.amount,
            interval=one.interval,
            started_on=one.started_on,
            ended_on=one.ended_on,
            **one.options,
        )


def start_over() -> None:
    Account.objects.all().delete()
    DirtyDay.objects.all().delete()
    empty_derived_tables()


def as_known_on(day: date) -> list[Sold]:
    """The book without what was decided later; positions, and so external ids, stay."""
    known = [one for one in BOOK if one.started_on <= day]
    return [
        replace(one, ended_on=None) if one.ended_on and one.ended_on > day else one for one in known
    ]


def of_day(day: date) -> dict[str, list[str]]:
    return {name: rows for name, rows in dump(only=Q(day=day)).items() if name != "AccountNow"}


def computed_at() -> dict[date, datetime]:
    return dict(Night.objects.values_list("day", "computed_at"))


@pytest.mark.long
def test_neither_the_order_of_the_facts_nor_that_of_the_nights_changes_a_row(
    run_whole: Run,
) -> None:
    load(BOOK)
    run_whole(D2, D3, D4)
    first = dump()
    first_keys = dict(Account.objects.values_list("external_id", "pk"))
    start_over()
    load(BOOK, order=7)
    run_whole(D4, D2, D3)
    assert dict(Account.objects.values_list("external_id", "pk")) != first_keys
    assert dump() == first
    of_usage = ("Session", "DailyUsage")
    assert all(len(rows) >= 9 for name, rows in first.items() if name not in of_usage)


def test_running_a_night_again_changes_no_row(run: Run) -> None:
    load(BOOK)
    run(D1, D2)
    first = dump()
    run(D2, D1)
    assert dump() == first


def test_a_past_night_alone_equals_the_same_night_run_in_its_turn(run: Run) -> None:
    load(BOOK)
    run(D2, D3, D4)
    in_turn = of_day(D3)
    empty_derived_tables()
    run(D3)
    assert of_day(D3) == in_turn


@pytest.mark.parametrize("day", [D2, D4])
def test_a_night_run_later_equals_the_one_run_in_time(run: Run, day: date) -> None:
    load(as_known_on(day))
    Account.objects.get_or_create(external_id="ibis", name="Ibis", segment="small")
    Account.objects.get_or_create(external_id="hen", name="Hen")
    run(day)
    in_time = of_day(day)
    start_over()
    load(BOOK, order=3)
    run(LATER, day)
    assert of_day(day) == in_time


@pytest.mark.long
def test_a_correction_rebuilds_the_nights_from_its_day_on_and_no_others(run_whole: Run) -> None:
    run = run_whole
    load(BOOK)
    run(D1, D3, D5)
    before = computed_at()
    Subscription.objects.filter(account__external_id="gnu").update(ended_on=D3)
    run(D6)
    after = computed_at()
    assert {day for day in before if after[day] != before[day]} == {D3, D5}
    corrected = dump()
    empty_derived_tables()
    run(D1, D3, D5, D6)
    assert dump() == corrected


def test_whatever_is_corrected_the_nights_become_those_of_a_book_that_always_was_so(
    run: Run,
) -> None:
    load(BOOK)
    run(D2, D3)
    yak = Account.objects.get(external_id="yak")
    Subscription.objects.filter(account__external_id="gnu").delete()
    Subscription.objects.filter(account__external_id="eel").update(amount=1)
    Subscription.objects.filter(account__external_id="fox").update(account=yak)
    yak.subscriptions.create(
        external_id="new", plan="Plan", currency="EUR", amount=3, interval="month", started_on=D2
    )
    Account.objects.filter(external_id="cat").delete()
    run(D5)
    corrected = dump()
    empty_derived_tables()
    run(D5, D3, D2)
    assert dump() == corrected


def test_until_it_is_rebuilt_a_corrected_night_is_marked(run: Run, committed_acme: Tenant) -> None:
    load(BOOK)
    run(D1, D2, D3)
    Subscription.objects.filter(account__external_id="gnu").update(ended_on=D2)
    nightly.compute(tenant=committed_acme, day=D4, at_stage=lambda stage: None, keys=SOME)
    assert dict(Night.objects.values_list("day", "stale")) == {
        D1: False,
        D2: True,
        D3: True,
        D4: False,
    }


def test_lists_show_the_newest_night_whichever_ran_last(run: Run) -> None:
    load(BOOK)
    run(D3, D1, D2)
    assert set(AccountNow.objects.values_list("day", flat=True)) == {D3}
    assert AccountNow.objects.count() == Account.objects.count()


def test_a_night_that_fails_leaves_everything_as_it_was(run: Run, committed_acme: Tenant) -> None:
    load(BOOK)
    run(D1)
    before = dump()

    def stop_at_snapshot(stage: str) -> None:
        if stage == "snapshot":
            raise RuntimeError(stage)

    with pytest.raises(RuntimeError):
        nightly.compute(tenant=committed_acme, day=D2, at_stage=stop_at_snapshot, keys=SOME)
    assert dump() == before
    assert list(Night.objects.values_list("day", flat=True)) == [D1]


def test_a_night_plans_for_whole_tables_and_leaves_the_planner_as_it_was(
    committed_acme: Tenant,
) -> None:
    def nested_loops() -> str:
        with connections["default"].cursor() as cursor:
            cursor.execute("SHOW enable_nestloop")
            return str(cursor.fetchone()[0])

    seen = {}

    def look(stage: str) -> None:
        seen[stage] = nested_loops()

    nightly.run(tenant=committed_acme, day=D1, on_stage=look, keys=SOME)
    assert seen == {
        **dict.fromkeys(("usage", "movements"), "on"),
        **dict.fromkeys(("measure", "health", "snapshot"), "off"),
    }
    assert nested_loops() == "on"


def test_the_phases_are_worked_out_for_the_night_only(run: Run) -> None:
    load(BOOK)
    run(D1)
    Subscription.objects.all().delete()
    run(D2)
    assert not KpiSnapshot.objects.filter(day=D2, key="mrr", compared="").exclude(value=0).exists()


def test_an_absurd_price_does_not_keep_the_night_from_ending(run: Run) -> None:
    cheap, dear = Decimal("0.0001"), Decimal("9999999999999")
    load([Sold("a", cheap, date(2025, 1, 1), interval="year"), Sold("a", dear, Q1)])
    run(D1)
    measures = AccountMetricValues.objects.get(account__external_id="a", day=D1).values
    assert measures[0] == dear + round(cheap / 12, 10)
    run(date(2026, 1, 2))
    assert (
        AccountMetricValues.objects.get(account__external_id="a", day=date(2026, 1, 2)).values[2]
        is None
    )
