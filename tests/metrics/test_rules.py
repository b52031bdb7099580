"""What a tenant chooses where the field disagrees."""

from datetime import date

import pytest

from accounts.models import DirtyDay
from tests.accounts.files import Sending
from tests.metrics.june_2024 import HEAD, JUNE, choose, read, value

pytestmark = pytest.mark.django_db


def called_off_in_may(send: Sending) -> None:
    """Cancelled on 10 May, served until the end of June."""
    send(
        "subscriptions",
        f"{HEAD},cancelled_on,ended_on\ns,a,P,100,month,2024-01-01,2024-05-10,2024-07-01\n",
    )


def test_a_cancelled_subscription_is_lost_when_its_service_ends(send: Sending) -> None:
    called_off_in_may(send)
    assert [value("mrr", day) for day in (date(2024, 5, 31), JUNE)] == [100, 100]
    assert value("churned_mrr", date(2024, 7, 31)) == 100
    assert read("mrr").variant == "all"


def test_or_when_it_is_cancelled_where_the_rules_say_so(send: Sending) -> None:
    called_off_in_may(send)
    choose(churn_at="cancellation")
    assert value("mrr", date(2024, 5, 31)) == value("customers", date(2024, 5, 31)) == 0
    assert value("churned_mrr", date(2024, 5, 31)) == 100
    assert value("churned_mrr", date(2024, 7, 31)) == 0
    assert read("mrr").variant == "cancellation"
    assert value("mrr", variant="all") == 100


@pytest.mark.parametrize(("discounts", "mrr"), [("all", 30), ("forever", 60), ("none", 60)])
def test_a_yearly_plan_with_a_discount_that_expires(
    send: Sending, discounts: str, mrr: int
) -> None:
    send(
        "subscriptions",
        f"{HEAD},discount_percent,discount_ends_on\ns,a,P,720,year,2024-01-01,50,2024-12-01\n",
    )
    choose(discounts=discounts)
    assert value("mrr") == value("arpa") == mrr
    assert read("mrr").variant == discounts
    assert value("mrr", date(2024, 12, 31)) == 60


def test_where_nothing_is_subscribed_to_who_buys_is_a_customer(send: Sending) -> None:
    bought = "p,a,2024-03-15,10\nq,b,2024-06-20,10\n"
    send("purchases", f"external_id,account_external_id,occurred_on,amount\n{bought}")
    # Ant's ninety days end on 12 June.
    assert value("customers", date(2024, 6, 12)) == 1
    assert [value("customers"), value("new_customers"), value("churned_customers")] == [1, 1, 1]
    assert value("customer_churn_rate") == 100
    choose(bought_within_days=365)
    assert value("customers") == 2
    choose(customers_by="subscriptions")
    assert value("customers") == 0


def test_what_counts_as_activity_is_chosen(send: Sending) -> None:
    rows = "m,2024-06-30T10:00:00Z,u,a,open\nn,2024-06-30T10:00:00Z,v,a,look\n"
    send("events", f"message_id,occurred_at,user_id,account_external_id,event\n{rows}")
    assert value("dau") == 2
    choose(activity_events=["open"])
    assert value("dau") == 1


def test_key_features_and_who_could_use_them_are_chosen(send: Sending) -> None:
    send("subscriptions", f"{HEAD}\ns,a,P,10,month,2024-01-01\n")
    header = "message_id,occurred_at,user_id,account_external_id,event,feature\n"
    send(
        "events", header + "m,2024-06-30T10:00:00Z,u,a,open,x\nn,2024-06-30T10:00:00Z,u,a,open,y\n"
    )
    # Ant alone is a customer, and uses both features that there are.
    assert value("feature_adoption") == 100
    choose(key_features=["x", "z"])
    assert value("feature_adoption") == 50
    choose(feature_base="accounts")
    assert value("feature_adoption") == 25


def test_another_rule_makes_every_night_stale(send: Sending) -> None:
    called_off_in_may(send)
    DirtyDay.objects.all().delete()
    choose(gross_margin=80)
    assert set(DirtyDay.objects.values_list("facts", "day")) == {("rules", date(1, 1, 1))}
    assert DirtyDay.objects.count() == 2
