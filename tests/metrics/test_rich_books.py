"""Random books of everything that a subscription can do, in by files: what must always hold."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, DirtyDay, LiveMovement, MrrPhase
from metrics.catalogue import METRICS, lifetime, renewal, retention, revenue, revenue_retention
from metrics.figures.readers import FactReader
from metrics.windows.periods import Period, window_for
from tenants.models import Tenant
from tests.accounts.files import Sending, text

pytestmark = [pytest.mark.django_db, pytest.mark.long]

FIRST, LAST = date(2023, 12, 15), date(2024, 4, 15)
COLUMNS = [
    *("external_id", "account_external_id", "plan", "currency", "amount", "quantity", "interval"),
    *("interval_count", "started_on", "trial_ends_on", "ended_on", "cancelled_on", "paused_from"),
    *("paused_until", "discount_percent", "discount_ends_on"),
]
OF_CHANGES = ["subscription_external_id", "effective_on", "amount", "quantity", "plan"]
RATES = [["USD", "2023-01-01", "0.9"], ["USD", "2024-02-10", "1.1"]]
DEFINITIONS = [
    (metric, variant)
    for family in (revenue, retention, revenue_retention, lifetime, renewal)
    for metric in family.METRICS
    for variant in metric.variants
]
Row = list[Any]
Book = tuple[list[Row], list[Row]]

days = st.dates(FIRST, LAST)
maybe = st.one_of(st.none(), st.integers(0, 70))


def after(day: date, later: int | None) -> date | str:
    """So many days after a day, or an empty cell."""
    return "" if later is None else day + timedelta(days=later)


@st.composite
def subscriptions(draw: st.DrawFn) -> tuple[Row, list[Row]]:
    """The row of a subscription and those of its changes, without their names."""
    start = draw(days)
    end = draw(maybe)
    pause, pause_ends = draw(st.tuples(maybe, st.integers(0, 40)))
    row = [
        draw(st.sampled_from("abc")),
        draw(st.sampled_from(["Basic", "Pro"])),
        draw(st.sampled_from(["EUR", "USD"])),
        draw(st.sampled_from(["0", "10", "99.99", "1200"])),
        draw(st.integers(1, 3)),
        draw(st.sampled_from(["day", "week", "month", "quarter", "half_year", "year"])),
        draw(st.integers(1, 2)),
        start,
        after(start, draw(st.one_of(st.none(), st.integers(0, 30)))),
        after(start, end),
        after(start, draw(maybe)),
        after(start, pause),
        "" if pause is None else after(start, pause + pause_ends),
        draw(st.sampled_from(["", "10", "100"])),
        after(start, draw(maybe)),
    ]
    offsets = draw(st.lists(st.integers(0, 60), max_size=2, unique=True))
    changes: list[Row] = [
        [
            start + timedelta(days=offset),
            draw(st.sampled_from(["", "0", "20", "50.5"])),
            draw(st.sampled_from(["", 1, 4])),
            draw(st.sampled_from(["", "Basic", "Pro"])),
        ]
        for offset in offsets
    ]
    return row, changes


@st.composite
def books(draw: st.DrawFn) -> Book:
    sold = draw(st.lists(subscriptions(), min_size=1, max_size=7))
    rows = [[f"s{n}", *row] for n, (row, _changes) in enumerate(sold)]
    changes = [[f"s{n}", *one] for n, (_row, several) in enumerate(sold) for one in several]
    return rows, changes


def start_again(tenant: Tenant) -> Sending:
    Account.objects.all().delete()
    DirtyDay.objects.all().delete()
    send = Sending(tenant)
    send("accounts", "external_id,name,segment\na,A,small\nb,B,small\nc,C,large\n")
    send("rates", text(["currency", "day", "rate"], RATES))
    return send


def import_book(send: Sending, book: Book) -> None:
    rows, changes = book
    assert send("subscriptions", text(COLUMNS, rows))[3] == 0, send.faults
    if changes:
        assert send("subscription_changes", text(OF_CHANGES, changes))[3] == 0, send.faults


def figures(day: date) -> list[tuple[Any, ...]]:
    reader = FactReader()
    month = window_for(period=Period.MONTH, day=day)
    reader.prepare(DEFINITIONS, [month])
    return [
        (metric.key, variant, found.value, found.numerator, found.denominator, found.n)
        for metric, variant in DEFINITIONS
        for found in [reader.read(metric=metric, variant=variant, window=month)]
    ]


def some(examples: int) -> settings:
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=quiet)


@some(7)
@given(book=books(), day=days, chance=st.integers(0, 2**31))
def test_neither_order_nor_splitting_nor_repeating_files_changes_a_number(
    acme: Tenant, book: Book, day: date, chance: int
) -> None:
    import_book(start_again(acme), book)
    whole = figures(day)
    send, dice = start_again(acme), random.Random(chance)
    rows, changes = (dice.sample(part, len(part)) for part in book)
    cut = dice.randint(0, len(rows))
    pieces = [piece for piece in (rows[:cut], rows[cut:], rows[:cut]) if piece]
    for piece in pieces:
        assert send("subscriptions", text(COLUMNS, piece))[3] == 0, send.faults
    for one in [*changes, *changes]:
        assert send("subscription_changes", text(OF_CHANGES, [one]))[3] == 0, send.faults
    assert figures(day) == whole


@some(15)
@given(book=books(), day=days)
def test_opening_and_movements_make_closing_for_each_account(
    acme: Tenant, book: Book, day: date
) -> None:
    import_book(start_again(acme), book)
    opens = date(2024, 1, 31)
    for account in Account.objects.all():
        moved = LiveMovement.objects.filter(account=account, day__gt=opens, day__lte=day)
        before, after_it = (paid(account, at) for at in (opens, max(day, opens)))
        assert before + (moved.aggregate(all=Sum("amount"))["all"] or 0) == after_it


def paid(account: Account, day: date) -> Decimal:
    phases = MrrPhase.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), account=account)
    total = phases.filter(starts_on__lte=day).aggregate(all=Sum("mrr"))["all"]
    return Decimal(total or 0)


@some(15)
@given(book=books(), day=days)
def test_what_stays_and_what_goes_is_everything(acme: Tenant, book: Book, day: date) -> None:
    import_book(start_again(acme), book)
    reader, month = FactReader(), window_for(period=Period.MONTH, day=day)

    def value(key: str) -> Decimal | None:
        metric = METRICS[key]
        return reader.read(metric=metric, variant=metric.default_variant, window=month).value

    churn, retained = value("customer_churn_rate"), value("customer_retention_rate")
    net, gross = value("nrr"), value("grr")
    assert (churn is None) == (retained is None)
    assert (net is None) == (gross is None)
    if churn is not None and retained is not None:
        assert churn + retained == 100
    if net is not None and gross is not None:
        assert net >= gross
        assert 0 <= gross <= 100
