"""Trials, free plans and leads convert, once, for the account that they are of."""

from datetime import date

import pytest

from metrics.windows.periods import Period
from tests.accounts.files import Sending
from tests.metrics.may_2026 import CHANGE, JUNE, MAY, SUBSCRIPTION, files, read, value

pytestmark = pytest.mark.django_db
STEP = "visitor_id,goal,stage,occurred_at"
TRIAL = f"{SUBSCRIPTION},trial_ends_on,ended_on"


# Trials


def trial_rate(day: date = MAY, period: Period = Period.MONTH) -> object:
    return value("trial_conversion_rate", day=day, period=period)


@pytest.mark.parametrize(
    ("begins", "percent"),
    [
        ("2026-05-15", 100),
        ("2026-05-16", 100),
        ("2026-05-17", 0),
        ("2026-05-01", 100),
        ("2026-04-30", 0),
    ],
)
def test_a_trial_may_go_over_to_another_plan(send: Sending, begins: str, percent: int) -> None:
    rows = f"s,a,Starter,10,month,2026-05-01,2026-05-15,2026-05-15\nt,a,Team,50,month,{begins},,\n"
    files(send, subscriptions=f"{TRIAL}\n{rows}")
    assert trial_rate() == percent


def test_what_an_account_paid_for_already_is_no_conversion(send: Sending) -> None:
    rows = "s,a,Starter,10,month,2026-05-01,2026-05-15,2026-05-15\nt,a,T,50,month,2025-01-01,,\n"
    files(send, subscriptions=f"{TRIAL}\n{rows}")
    assert trial_rate() == 0


def test_nor_is_what_another_account_began(send: Sending) -> None:
    rows = "s,a,Starter,10,month,2026-05-01,2026-05-15,2026-05-15\nt,b,T,50,month,2026-05-15,,\n"
    files(send, subscriptions=f"{TRIAL}\n{rows}")
    assert trial_rate() == 0


def first_time_free(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},trial_ends_on,discount_percent,discount_ends_on\n"
        "s,a,P,10,month,2026-05-01,2026-05-15,100,2026-06-15\n",
    )


def first_time_paused(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},trial_ends_on,paused_from,paused_until\n"
        "s,a,P,10,month,2026-05-01,2026-05-15,2026-05-15,2026-06-15\n",
    )


@pytest.mark.parametrize("book", [first_time_free, first_time_paused])
def test_a_trial_that_is_free_at_first_converts_once_it_pays(send: Sending, book: object) -> None:
    assert callable(book)
    book(send)
    assert trial_rate() == 0
    assert trial_rate(day=date(2026, 6, 14)) is None
    assert trial_rate(day=JUNE) == 100
    assert trial_rate(day=JUNE, period=Period.QUARTER) == 100
    assert read("trial_conversion_rate", day=JUNE, period=Period.QUARTER).denominator == 1
    assert trial_rate(day=date(2026, 7, 31)) is None


def test_a_plan_of_no_units_for_a_while_is_no_free_plan(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},quantity\ns,a,P,80,month,2026-01-01,2\n",
        subscription_changes=f"{CHANGE},quantity\ns,2026-04-20,0\ns,2026-05-10,2\n",
    )
    assert value("free_to_paid_rate") is None


def test_a_free_plan_of_no_units_is_one(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},quantity\ns,a,P,0,month,2026-01-01,0\n",
        subscription_changes=f"{CHANGE},amount,quantity\ns,2026-05-10,5,1\n",
    )
    assert value("free_to_paid_rate") == 100


# Leads


def test_who_was_no_lead_is_left_out_of_the_conversion_of_leads(send: Sending) -> None:
    rows = (
        "v1,buy,lead,2026-05-03T10:00:00Z\nv1,buy,conversion,2026-05-05T10:00:00Z\n"
        "v2,buy,conversion,2026-05-06T10:00:00Z\n"
    )
    files(send, funnel=f"{STEP}\n{rows}")
    found = read("conversion_rate", "of_leads")
    assert [found.value, found.numerator, found.denominator] == [100, 1, 1]
    excluded = found.definition.numerator.excluded
    assert excluded is not None
    reasons = excluded(found.days).values_list("visitor_id", "reason")
    assert list(reasons) == [("v2", "reached a goal and was no lead")]


def test_two_leads_and_one_conversion_are_a_half(send: Sending) -> None:
    rows = (
        "v1,buy,lead,2026-05-03T10:00:00Z\nv2,buy,lead,2026-05-03T10:00:00Z\n"
        "v1,buy,conversion,2026-05-05T10:00:00Z\n"
    )
    files(send, funnel=f"{STEP}\n{rows}")
    assert value("conversion_rate", "of_leads") == 50


def test_a_lead_of_april_who_reaches_the_goal_in_may_is_one_of_may(send: Sending) -> None:
    rows = (
        "v1,buy,lead,2026-04-03T10:00:00Z\nv1,buy,conversion,2026-05-05T10:00:00Z\n"
        "v2,buy,lead,2026-05-03T10:00:00Z\nv3,buy,conversion,2026-05-03T10:00:00Z\n"
        "v3,buy,lead,2026-06-03T10:00:00Z\n"
    )
    files(send, funnel=f"{STEP}\n{rows}")
    assert value("conversion_rate", "of_leads") == 50
