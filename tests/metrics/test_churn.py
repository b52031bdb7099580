"""Churn is of the account and never more than whole; who pays nothing for a time may churn too."""

import pytest

from accounts.models import CountingRules
from tests.accounts.files import Sending
from tests.metrics.may_2026 import CHANGE, JUNE, SUBSCRIPTION, files, read, value

pytestmark = pytest.mark.django_db


# Losses of money and of customers


def raised_and_gone(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},ended_on\ns,a,P,200,month,2026-01-01,2026-05-21\n",
        subscription_changes=f"{CHANGE},amount\ns,2026-05-08,350\n",
    )


@pytest.mark.parametrize(
    ("variant", "percent"), [("opening", 100), ("movements", 175), ("all_movements", 175)]
)
def test_who_was_raised_and_left_has_taken_what_was_there(
    send: Sending, variant: str, percent: int
) -> None:
    raised_and_gone(send)
    assert value("gross_mrr_churn", variant) == percent
    assert value("grr") == 0


def test_gross_churn_and_retention_make_a_hundred(send: Sending) -> None:
    rows = "s,a,P,200,month,2026-01-01,\nt,b,P,100,month,2026-01-01,2026-05-03\n"
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},ended_on\n{rows}",
        subscription_changes=f"{CHANGE},amount\ns,2026-05-08,350\ns,2026-05-20,150\n",
    )
    assert [value("gross_mrr_churn"), value("grr")] == [50, 50]


def test_whoever_came_back_and_left_again_is_below_the_line_too(send: Sending) -> None:
    rows = (
        "s,a,P,10,month,2025-01-01,2025-12-01\nt,a,P,10,month,2026-05-05,2026-05-20\n"
        "u,b,P,10,month,2025-01-01,\n"
    )
    files(send, subscriptions=f"{SUBSCRIPTION},ended_on\n{rows}")
    assert value("customer_churn_rate", "all") == 50
    assert value("customer_churn_rate", "opening_plus_new") == 100
    assert value("customer_churn_rate", "opening") == 0


def test_who_leaves_and_returns_twice_within_a_month_is_one_of_those_who_were_here(
    send: Sending,
) -> None:
    rows = (
        "r,a,P,10,month,2026-05-02,2026-05-04\ns,a,P,10,month,2026-05-08,2026-05-10\n"
        "t,a,P,10,month,2026-05-15,2026-05-20\nu,b,P,10,month,2025-01-01,\n"
    )
    files(send, subscriptions=f"{SUBSCRIPTION},ended_on\n{rows}")
    found = read("customer_churn_rate", "all")
    assert [found.numerator, found.denominator] == [1, 2]


# A whole price that is discounted


def wholly_discounted(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION}\ns,a,P,100,month,2026-01-01\n",
        subscription_changes=f"{CHANGE},discount_percent,discount_ends_on\n"
        "s,2026-05-10,100,2026-06-10\n",
    )


def test_who_pays_nothing_for_a_time_is_no_customer_meanwhile(send: Sending) -> None:
    wholly_discounted(send)
    assert [value("customers"), value("churned_mrr"), value("contraction_mrr")] == [0, 100, 0]
    assert value("reactivation_mrr", day=JUNE) == 100


def test_or_stays_one_who_pays_0_where_the_rules_say_so(send: Sending) -> None:
    wholly_discounted(send)
    CountingRules.objects.update(fully_discounted="customer")
    assert [value("customers"), value("churned_mrr"), value("contraction_mrr")] == [1, 0, 100]
    assert [value("mrr"), value("customer_churn_rate"), value("arpa")] == [0, 0, 0]
    assert [value("expansion_mrr", day=JUNE), value("reactivation_mrr", day=JUNE)] == [100, 0]
    assert value("nrr") == 0


def test_a_customer_of_0_who_leaves_is_lost_without_money(send: Sending) -> None:
    wholly_discounted(send)
    files(send, subscriptions=f"{SUBSCRIPTION},ended_on\ns,a,P,100,month,2026-01-01,2026-06-05\n")
    CountingRules.objects.update(fully_discounted="customer")
    assert [value("churned_customers", day=JUNE), value("churned_mrr", day=JUNE)] == [1, 0]
