"""MRR where terms change on the way, and where customers pay in several currencies."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import movements
from accounts.models import DirtyDay, MrrMovement, MrrPhase, Rate, Subscription, SubscriptionChange
from tenants.context import inside
from tenants.models import Tenant
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db

HEADER = "external_id,account_external_id,plan,amount,quantity,interval,started_on"
CHANGES = "subscription_external_id,effective_on"


@pytest.fixture
def send(acme: Tenant) -> Sending:
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\n")
    send("subscriptions", f"{HEADER}\ns,a,Gold,100,2,month,2024-01-01\n")
    return send


def mrr(day: str) -> Decimal:
    phases = MrrPhase.objects.on(date.fromisoformat(day))
    return sum((one.mrr or Decimal(0) for one in phases), Decimal(0)).normalize()


def test_a_change_holds_from_its_day_on_and_leaves_the_rest_as_it_was(send: Sending) -> None:
    send("subscription_changes", f"{CHANGES},quantity,amount\ns,2024-03-01,3,\ns,2024-04-01,,90\n")
    days = ("2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01", "2025-01-01")
    assert [mrr(day) for day in days] == [200, 300, 300, 270, 270]


def test_a_free_plan_that_becomes_paid_begins_with_its_change(send: Sending) -> None:
    send("subscriptions", f"{HEADER}\ns,a,Free,0,1,month,2024-01-01\n")
    send("subscription_changes", f"{CHANGES},amount,plan\ns,2024-03-05,49,Team\n")
    assert [mrr(day) for day in ("2024-03-04", "2024-03-05")] == [0, 49]
    movements.rebuild(through=date(2024, 3, 31))
    found = MrrMovement.objects.values_list("day", "kind", "amount")
    assert list(found) == [(date(2024, 3, 5), "new", Decimal(49))]


def test_a_discount_that_is_changed_is_meant_as_a_whole(send: Sending) -> None:
    send("subscriptions", "external_id,discount_percent,discount_ends_on\ns,50,2024-06-01\n")
    send(
        "subscription_changes",
        f"{CHANGES},discount_percent,discount_amount,discount_ends_on\n"
        "s,2024-03-01,10,,\ns,2024-09-01,,20,2024-11-01\n",
    )
    days = ("2024-02-01", "2024-03-01", "2024-07-01", "2024-09-01", "2024-11-01")
    assert [mrr(day) for day in days] == [100, 180, 180, 180, 200]


def test_a_discount_can_be_prolonged_alone(send: Sending) -> None:
    send("subscriptions", "external_id,discount_percent,discount_ends_on\ns,50,2024-06-01\n")
    send("subscription_changes", f"{CHANGES},discount_ends_on\ns,2024-05-01,2024-08-01\n")
    assert [mrr(day) for day in ("2024-06-01", "2024-07-31", "2024-08-01")] == [100, 100, 200]


def test_another_currency_counts_at_the_rate_of_the_last_change_of_terms(send: Sending) -> None:
    send("rates", "currency,day,rate\nUSD,2024-01-01,0.9\nUSD,2024-02-01,0.8\nUSD,2024-03-01,0.7\n")
    header = f"{HEADER},currency"
    assert send("subscriptions", f"{header}\ns,a,Gold,100,1,month,2024-01-15,USD\n")[1] == 1
    assert [mrr(day) for day in ("2024-01-31", "2024-02-15", "2024-12-31")] == [90, 90, 90]
    send("subscription_changes", f"{CHANGES},amount\ns,2024-02-10,200\n")
    assert [mrr(day) for day in ("2024-02-09", "2024-02-10", "2024-12-31")] == [90, 160, 160]


def test_a_currency_without_a_rate_is_named_with_its_day(send: Sending) -> None:
    send("rates", "currency,day,rate\nUSD,2024-02-01,0.8\n")
    row = "t,a,Gold,100,1,month,2024-01-31,USD\n"
    assert send("subscriptions", f"{HEADER},currency\n{row}") == (0, 0, 0, 1)
    assert send.faults == [(2, "currency", "no_rate")]
    assert (send.rejects[0].value, send.rejects[0].detail) == ("USD", "USD 2024-01-31")


def test_the_reporting_currency_has_its_rate_from_the_first_day_of_any_fact(acme: Tenant) -> None:
    assert [(one.currency, one.day, one.rate) for one in Rate.objects.all()] == [
        ("EUR", date(1900, 1, 1), Decimal(1))
    ]


@pytest.mark.parametrize(
    ("kind", "file", "day"),
    [
        ("subscription_changes", f"{CHANGES},amount\ns,2024-05-01,7\n", "2024-05-01"),
        ("rates", "currency,day,rate\nEUR,2024-04-01,1\n", "2024-04-01"),
    ],
)
def test_whatever_changes_money_marks_the_days_from_then_on(
    send: Sending, kind: str, file: str, day: str
) -> None:
    DirtyDay.objects.all().delete()
    send(kind, file)
    assert [(str(one.day), one.facts) for one in DirtyDay.objects.all()] == [(day, "money")]
    DirtyDay.objects.all().delete()
    send(kind, file)
    assert not DirtyDay.objects.exists()


START = date(2024, 1, 1)
terms = st.lists(
    st.tuples(
        st.integers(1, 60),
        st.none() | st.integers(0, 50),
        st.none() | st.integers(0, 4),
    ),
    max_size=6,
    unique_by=lambda one: one[0],
)


@pytest.mark.long
@settings(max_examples=30, deadline=None)
@given(changes=terms, ends=st.none() | st.integers(0, 70))
def test_on_every_day_the_price_is_what_was_last_agreed(
    django_db_blocker: object, changes: list[tuple[int, int | None, int | None]], ends: int | None
) -> None:
    with inside("acme") as tenant:
        Subscription.objects.all().delete()
        send = Sending(tenant)
        send("accounts", "external_id,name\na,Ant\n")
        send("subscriptions", f"{HEADER}\ns,a,Gold,10,2,month,2024-01-01\n")
        sold = Subscription.objects.get()
        sold.ended_on = START + timedelta(days=ends) if ends is not None else None
        sold.save()
        SubscriptionChange.objects.bulk_create(
            SubscriptionChange(
                subscription=sold,
                effective_on=START + timedelta(days=after),
                amount=amount,
                quantity=quantity,
            )
            for after, amount, quantity in changes
        )
        for after in range(75):
            agreed = [one for one in sorted(changes) if one[0] <= after]
            amount = next((a for _, a, _ in reversed(agreed) if a is not None), 10)
            quantity = next((q for _, _, q in reversed(agreed) if q is not None), 2)
            paid = 0 if ends is not None and after >= ends else amount * quantity
            assert mrr((START + timedelta(days=after)).isoformat()) == paid
