"""Rows at the edges of the rules: trials, pauses, leap days, short days, money without a rate."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, DirtyDay, LiveMovement, MrrPhase, Rate, Subscription
from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.windows.periods import Period
from tenants.models import Tenant
from tests.accounts.files import Sending
from tests.metrics.june_2024 import HEAD, read, value

pytestmark = pytest.mark.django_db


def test_a_trial_that_never_pays_is_no_customer(send: Sending) -> None:
    send(
        "subscriptions",
        f"{HEAD},trial_ends_on,ended_on\ns,a,P,10,month,2024-06-01,2024-06-20,2024-06-20\n",
    )
    assert [value("customers"), value("new_customers")] == [0, 0]
    assert value("trial_conversion_rate") == 0


def test_a_pause_over_the_end_of_a_month_is_churn_and_a_return(send: Sending) -> None:
    send(
        "subscriptions",
        f"{HEAD},paused_from,paused_until\ns,a,P,10,month,2024-01-01,2024-06-20,2024-07-05\n",
    )
    assert [value("mrr"), value("churned_mrr")] == [0, 10]
    assert value("reactivation_mrr", date(2024, 7, 31)) == 10


def test_one_of_two_subscriptions_that_ends_is_a_contraction(send: Sending) -> None:
    rows = "s,a,P,10,month,2024-01-01,2024-06-10\nt,a,P,5,month,2024-01-01,\n"
    send("subscriptions", f"{HEAD},ended_on\n{rows}")
    assert [value("contraction_mrr"), value("churned_mrr")] == [10, 0]
    assert value("customer_churn_rate") == 0


def test_a_free_plan_that_becomes_paid_is_new(send: Sending) -> None:
    send("subscriptions", f"{HEAD}\ns,a,P,0,month,2024-01-01\n")
    send("subscription_changes", "subscription_external_id,effective_on,amount\ns,2024-06-10,25\n")
    assert [value("new_mrr"), value("free_to_paid_rate")] == [25, 100]


def test_who_leaves_and_comes_back_twice_in_a_month_is_not_lost(send: Sending) -> None:
    stays = (("01-01", "06-05"), ("06-08", "06-12"), ("06-20", ""))
    rows = "".join(
        f"s{first},a,P,10,month,2024-{first},{f'2024-{last}' if last else ''}\n"
        for first, last in stays
    )
    send("subscriptions", f"{HEAD},ended_on\n{rows}")
    assert value("customer_churn_rate") == value("churned_customers") == 0
    assert [value("churned_mrr"), value("reactivation_mrr")] == [20, 20]


def test_a_leap_day_is_a_day_of_its_month(send: Sending) -> None:
    send("subscriptions", f"{HEAD},ended_on\ns,a,P,29,month,2024-02-29,2024-03-01\n")
    found = value("recurring_revenue", date(2024, 2, 29))
    assert found == pytest.approx(Decimal(1))


def test_a_negative_amount_is_refused_with_a_reason(send: Sending) -> None:
    assert send("subscriptions", f"{HEAD}\ns,a,P,-1,month,2024-01-01\n") == (0, 0, 0, 1)
    assert send.rejects[0].reason == "An amount must not be negative."


def test_the_hours_of_a_day_of_23_and_of_25_are_those_of_that_day(
    send: Sending, acme: Tenant
) -> None:
    acme.timezone = "Europe/Warsaw"
    rows = "".join(
        f"i{n},{begun},{ended}\n"
        for n, (begun, ended) in enumerate(
            [
                ("2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
                ("2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"),
            ]
        )
    )
    send("incidents", f"external_id,started_at,ended_at\n{rows}")
    for day, hours in ((date(2024, 3, 31), 23), (date(2024, 10, 27), 25)):
        found = KpiReader(KpiQuery(day=day, period=Period.DAY)).compare(METRICS["downtime_minutes"])
        assert found.reading.value == hours * 60


def test_money_without_a_rate_makes_mrr_unknown_by_its_name(send: Sending) -> None:
    send("rates", "currency,day,rate\nUSD,2024-01-01,0.5\n")
    rows = "s,a,P,10,month,2024-02-01,USD\nt,b,P,5,month,2024-01-01,EUR\n"
    send("subscriptions", f"{HEAD},currency\n{rows}")
    assert value("mrr") == 10
    Rate.objects.filter(currency="USD").delete()
    mrr = read("mrr")
    assert (mrr.value, mrr.n) == (None, 2)
    assert "USD 2024-02-01" in str(mrr.reason)
    assert value("customers") == 2
    assert LiveMovement.objects.get(account__external_id="a").amount is None
    assert value("nrr") is value("new_mrr", date(2024, 2, 29)) is None


def test_a_subscription_that_is_called_off_changes_figures_from_that_day_on(
    send: Sending,
) -> None:
    head = f"{HEAD},cancelled_on,ended_on\n"
    send("subscriptions", f"{head}s,a,P,100,month,2024-01-01,,2024-07-01\n")
    DirtyDay.objects.all().delete()
    send("subscriptions", f"{head}s,a,P,100,month,2024-01-01,2024-05-10,2024-07-01\n")
    assert [one.day for one in DirtyDay.objects.all()] == [date(2024, 5, 10)]


def test_every_phase_is_of_the_plan_that_holds_then(send: Sending) -> None:
    send("subscriptions", f"{HEAD}\ns,a,Small,10,month,2024-01-01\n")
    change = "subscription_external_id,effective_on,plan\ns,2024-06-10,Large\n"
    send("subscription_changes", change)
    plans = MrrPhase.objects.order_by("starts_on").values_list("plan", flat=True)
    assert list(plans) == ["Small", "Large"]
    assert Subscription.objects.get().plan == "Small"
    assert Account.objects.count() == 2
