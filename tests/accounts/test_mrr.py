"""What a subscription pays a month on a day, to the cent, against the rule written out again."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import movements
from accounts.models import (
    Account,
    CountingRules,
    DirtyDay,
    LiveMovement,
    MrrMovement,
    MrrPhase,
    Subscription,
    SubscriptionChange,
)
from tenants.models import Tenant
from tests.books import DECEMBER, JANUARY, Sold, books, dates, days, mrr_of, store

pytestmark = pytest.mark.django_db


def mrr(day: date) -> Decimal:
    return sum((phase.mrr or Decimal(0) for phase in MrrPhase.objects.on(day)), Decimal(0))


@pytest.mark.parametrize(
    ("interval", "amount", "monthly"),
    [
        ("day", "12", "365"),
        ("week", "12", "52"),
        ("month", "25", "25"),
        ("quarter", "300", "100"),
        ("half_year", "600", "100"),
        ("year", "1200", "100"),
    ],
)
def test_each_interval_is_brought_to_a_month(
    acme: Tenant, interval: str, amount: str, monthly: str
) -> None:
    store([Sold("a", Decimal(amount), JANUARY, interval=interval)])
    assert mrr(JANUARY) == Decimal(monthly)


def test_the_end_is_the_first_day_no_longer_paid(acme: Tenant) -> None:
    store([Sold("a", Decimal(10), JANUARY, ended_on=date(2024, 6, 30))])
    assert [mrr(date(2024, 6, 29)), mrr(date(2024, 6, 30))] == [10, 0]


def test_a_trial_pays_from_its_end_on(acme: Tenant) -> None:
    store([Sold("a", Decimal(10), JANUARY, options={"trial_ends_on": date(2024, 1, 15)})])
    assert [mrr(date(2024, 1, 14)), mrr(date(2024, 1, 15))] == [0, 10]


def test_a_trial_that_never_pays_makes_no_movement(acme: Tenant) -> None:
    trial = {"trial_ends_on": date(2024, 2, 1)}
    store([Sold("a", Decimal(10), JANUARY, ended_on=date(2024, 2, 1), options=trial)])
    assert not LiveMovement.objects.exists()


def test_a_pause_is_no_churn_of_days_outside_it(acme: Tenant) -> None:
    pause = {"paused_from": date(2024, 1, 31), "paused_until": date(2024, 2, 2)}
    store([Sold("a", Decimal(10), JANUARY, options=pause)])
    assert [mrr(day) for day in days(date(2024, 1, 30), date(2024, 2, 2))] == [10, 0, 0, 10]
    kinds = list(LiveMovement.objects.order_by("day").values_list("kind", flat=True))
    assert kinds == ["new", "churn", "reactivation"]


def test_a_discount_that_runs_out_is_an_expansion(acme: Tenant) -> None:
    discount = {"discount_percent": Decimal(10), "discount_ends_on": date(2024, 7, 1)}
    store([Sold("a", Decimal(120), JANUARY, interval="year", options=discount)])
    assert [mrr(date(2024, 6, 30)), mrr(date(2024, 7, 1))] == [9, 10]
    movement = LiveMovement.objects.get(day=date(2024, 7, 1))
    assert (movement.kind, movement.amount) == ("expansion", Decimal(1))


def test_a_free_plan_makes_no_customer(acme: Tenant) -> None:
    store([Sold("a", Decimal(0), JANUARY)])
    assert not Account.objects.customers_on(JANUARY).exists()


def test_of_two_subscriptions_one_that_ends_is_a_contraction(acme: Tenant) -> None:
    store(
        [
            Sold("a", Decimal(10), JANUARY),
            Sold("a", Decimal(5), JANUARY, ended_on=date(2024, 3, 1)),
        ]
    )
    movement = LiveMovement.objects.get(day=date(2024, 3, 1))
    assert [movement.amount, movement.mrr_after] == [-5, 10]
    assert movement.kind == "contraction"


def test_who_leaves_and_comes_back_the_same_day_at_the_same_price_did_not_move(
    acme: Tenant,
) -> None:
    day = date(2024, 3, 1)
    store([Sold("a", Decimal(10), JANUARY, ended_on=day), Sold("a", Decimal(10), day)])
    assert list(LiveMovement.objects.values_list("kind", flat=True)) == ["new"]


def test_a_plan_stays_when_a_later_change_says_nothing_of_it(acme: Tenant) -> None:
    store([Sold("a", Decimal(10), JANUARY)])
    sold = Subscription.objects.get()
    for day, terms in ((date(2024, 2, 1), {"plan": "Team"}), (date(2024, 3, 1), {"amount": 20})):
        SubscriptionChange.objects.create(subscription=sold, effective_on=day, **terms)
    phases = MrrPhase.objects.order_by("starts_on").values_list("plan", "mrr")
    assert list(phases) == [
        ("Plan", Decimal(10)),
        ("Team", Decimal(10)),
        ("Team", Decimal(20)),
    ]


def test_a_customer_who_paid_nothing_at_first_is_new_when_it_begins_to_pay(acme: Tenant) -> None:
    CountingRules.objects.update(fully_discounted="customer")
    given = {"discount_percent": Decimal(100), "discount_ends_on": date(2024, 3, 1)}
    store([Sold("a", Decimal(10), JANUARY, options=given)])
    found = LiveMovement.objects.values_list("day", "kind", "amount", "mrr_after")
    assert list(found) == [(date(2024, 3, 1), "new", Decimal(10), Decimal(10))]


@pytest.mark.parametrize("stored", [False, True])
def test_movements_of_some_days_are_those_before_the_end_and_not_on_it(
    acme: Tenant, stored: bool
) -> None:
    edges = (date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1))
    store([Sold(name, Decimal(10), day) for name, day in zip("abcd", edges, strict=True)])
    movements.rebuild(through=DECEMBER)
    found = movements.movements_within(
        start=date(2024, 2, 1), end=date(2024, 3, 1), movements_stored=stored
    )
    assert sorted(found.values_list("day", flat=True)) == [date(2024, 2, 1), date(2024, 2, 29)]


def test_a_negative_amount_is_refused_by_the_database(acme: Tenant) -> None:
    with pytest.raises(IntegrityError, match="subscription_amount"):
        store([Sold("a", Decimal(-1), JANUARY)])


many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def start_again() -> None:
    Account.objects.all().delete()
    MrrMovement.objects.all().delete()
    DirtyDay.objects.all().delete()


@many
@given(sold=books, day=dates)
def test_any_book_pays_what_the_rule_says(acme: Tenant, sold: list[Sold], day: date) -> None:
    start_again()
    store(sold)
    expected = sum((one.mrr(day) for one in sold), Fraction(0))
    assert abs(Fraction(mrr(day)) - expected) < Fraction(1, 10**8)


@many
@given(sold=books)
def test_opening_and_movements_make_closing_for_every_account_and_day(
    acme: Tenant, sold: list[Sold]
) -> None:
    start_again()
    store(sold)
    movements.rebuild(through=DECEMBER)
    written = {(m.account.external_id, m.day): m for m in MrrMovement.objects.all()}
    for account in {one.account for one in sold}:
        closing, ever = Decimal(0), False
        for day in days(JANUARY, DECEMBER):
            moved = written.get((account, day))
            before, closing = closing, closing + ((moved.amount or 0) if moved else 0)
            assert abs(Fraction(closing) - mrr_of(sold, account, day)) < Fraction(1, 10**8)
            if moved:
                assert moved.kind == kind_of(before, closing, ever)
                assert moved.mrr_after == closing
            ever = ever or closing > 0


def kind_of(before: Decimal, after: Decimal, ever: bool) -> str:
    if before == 0:
        return "reactivation" if ever else "new"
    if after == 0:
        return "churn"
    return "expansion" if after > before else "contraction"


@many
@given(sold=books, change=st.integers(0, 5), end=dates, first=dates)
def test_after_any_change_the_movements_are_those_of_a_book_that_always_was_so(
    acme: Tenant, sold: list[Sold], change: int, end: date, first: date
) -> None:
    start_again()
    store(sold)
    movements.rebuild(through=first)
    changed = Subscription.objects.order_by("pk")[change % len(sold)]
    changed.ended_on = max(end, changed.started_on)
    changed.amount += 1
    changed.save()
    movements.rebuild(through=DECEMBER)
    columns = ("account_id", "day", "kind", "amount", "mrr_after")
    written = set(MrrMovement.objects.values_list(*columns))
    assert written == set(LiveMovement.objects.filter(day__lte=DECEMBER).values_list(*columns))


def test_a_moved_end_marks_only_the_days_from_the_earlier_end_on(acme: Tenant) -> None:
    store([Sold("a", Decimal(10), JANUARY, ended_on=date(2024, 9, 1))])
    movements.rebuild(through=DECEMBER)
    Subscription.objects.update(ended_on=date(2024, 8, 1))
    assert list(DirtyDay.objects.values_list("day", flat=True)) == [date(2024, 8, 1)]


def test_a_change_that_moves_no_money_marks_nothing(acme: Tenant) -> None:
    store([Sold("a", Decimal(10), JANUARY)])
    movements.rebuild(through=DECEMBER)
    Subscription.objects.update(churn_reason="too dear", renews_on=DECEMBER)
    assert not DirtyDay.objects.exists()


def test_later_facts_are_not_written_down_before_their_day(acme: Tenant) -> None:
    store([Sold("a", Decimal(10), JANUARY, ended_on=date(2024, 9, 1))])
    movements.rebuild(through=date(2024, 6, 30))
    assert list(MrrMovement.objects.values_list("kind", flat=True)) == ["new"]
