"""The metrics of a book of subscriptions: random books against the oracle."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import movements
from accounts.models import Account, DirtyDay, MrrMovement
from metrics.catalogue import METRICS, retention, revenue, revenue_retention
from metrics.figures.readers import FactReader
from metrics.figures.readings import Reading
from metrics.figures.segments import Segment
from metrics.models import KpiSnapshot
from metrics.pipeline.snapshot import snapshot
from metrics.windows.periods import Period, window_for
from tenants.models import Tenant
from tests.books import JANUARY, Sold, books, crowded_books, crowded_days, dates, store
from tests.metrics.oracle import Oracle, Ratio, first_day

pytestmark = pytest.mark.django_db

MARCH, END_OF_MARCH = date(2024, 3, 1), date(2024, 3, 31)
# The families that a book of subscriptions feeds; the others have oracles of their own.
DEFINITIONS = [
    (metric, variant)
    for family in (revenue, retention, revenue_retention)
    for metric in family.METRICS
    for variant in metric.variants
] + [(METRICS["recurring_revenue"], "all"), (METRICS["arpu"], "per_customer")]


def random_books(examples: int) -> settings:
    quiet = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, suppress_health_check=quiet)


def start_again(sold: list[Sold]) -> None:
    """A book of these sales only, the accounts in three segments; a test account beside it."""
    Account.objects.all().delete()
    MrrMovement.objects.all().delete()
    DirtyDay.objects.all().delete()
    store(sold)
    for account, segment in (("a", "small"), ("b", ""), ("c", "large")):
        Account.objects.filter(external_id=account).update(segment=segment)
    store_tester([Sold("tester", Decimal(5000), JANUARY)])


def store_tester(sold: list[Sold]) -> None:
    account = Account.objects.create(external_id="tester", name="Tester", is_test=True)
    for one in sold:
        account.subscriptions.create(
            external_id="of-tester",
            plan="Plan",
            currency="EUR",
            amount=one.amount,
            interval=one.interval,
            started_on=one.started_on,
            ended_on=one.ended_on,
        )


def read(
    key: str,
    day: date,
    period: Period = Period.MONTH,
    *,
    variant: str = "",
    weekday: int = 1,
    reader: FactReader | None = None,
) -> Reading:
    """A metric of a day; many of one book are read quicker by one reader."""
    metric = METRICS[key]
    days = window_for(period=period, day=day, first_weekday=weekday)
    return (reader or FactReader()).read(
        metric=metric, variant=variant or metric.default_variant, window=days
    )


MILLIONTH = Fraction(1, 10**6)


def near(number: Decimal | None, expected: Fraction | None) -> bool:
    if number is None or expected is None:
        return number is None and expected is None
    return abs(Fraction(number) - expected) < MILLIONTH


def near_value(number: Decimal | None, expected: Ratio) -> bool:
    """Money is stored to ten decimals, which counts for more the smaller what it is divided by."""
    if number is None or expected.value is None or not expected.denominator:
        return near(number, expected.value)
    parts = Fraction(1, 10**9) * (1 + abs(expected.numerator / expected.denominator))
    rounding = parts * expected.scale / abs(expected.denominator)
    return abs(Fraction(number) - expected.value) < MILLIONTH + rounding


def near_sum(numbers: Iterable[Decimal | None]) -> Decimal:
    """Their sum, to as many decimals as parts of days and months can be added up without loss."""
    return round(sum((one or Decimal(0) for one in numbers), Decimal(0)), 8)


def to_ten(numbers: Iterable[Decimal | None]) -> list[Decimal | None]:
    return [None if n is None else n.quantize(Decimal(10) ** -10, "ROUND_HALF_UP") for n in numbers]


@random_books(8)
@given(sold=books, day=dates, weekday=st.integers(1, 7))
def test_any_book_on_any_day_gives_what_the_definitions_say(
    acme: Tenant, sold: list[Sold], day: date, weekday: int
) -> None:
    agrees_with_the_oracle(sold, day, weekday)


@random_books(12)
@given(sold=crowded_books, day=crowded_days, weekday=st.integers(1, 7))
def test_a_book_in_which_everything_happens_at_once_gives_what_the_definitions_say(
    acme: Tenant, sold: list[Sold], day: date, weekday: int
) -> None:
    agrees_with_the_oracle(sold, day, weekday)


def prepared(reader: FactReader, day: date, weekday: int) -> FactReader:
    """The reader with every definition over every period read: a statement for each measure."""
    windows = [window_for(period=period, day=day, first_weekday=weekday) for period in Period]
    reader.prepare(DEFINITIONS, windows)
    return reader


def agrees_with_the_oracle(sold: list[Sold], day: date, weekday: int) -> None:
    start_again(sold)
    reader = prepared(FactReader(), day, weekday)
    for period in Period:
        start = first_day(period, day, weekday)
        expected = Oracle(sold, start=start, end=day).figures()
        assert set(expected) == {(metric.key, variant) for metric, variant in DEFINITIONS}
        for (key, variant), ratio in expected.items():
            found = read(key, day, period, variant=variant, weekday=weekday, reader=reader)
            result = (key, variant, period, found, ratio)
            assert near_value(found.value, ratio), result
            assert near(found.numerator, ratio.numerator), result
            assert near(found.denominator, ratio.denominator), result


@random_books(10)
@given(sold=crowded_books, day=crowded_days, period=st.sampled_from(list(Period)))
def test_segments_add_up_to_the_whole(
    acme: Tenant, sold: list[Sold], day: date, period: Period
) -> None:
    start_again(sold)
    parts = [FactReader(segment=Segment("segment", name)) for name in ("small", "", "large")]
    reader = FactReader()
    days = window_for(period=period, day=day)
    for one in (reader, *parts):
        one.prepare(DEFINITIONS, [days])
    for metric, variant in DEFINITIONS:
        whole = reader.read(metric=metric, variant=variant, window=days)
        cuts = [part.read(metric=metric, variant=variant, window=days) for part in parts]
        assert near_sum(cut.numerator for cut in cuts) == near_sum([whole.numerator])
        assert near_sum(cut.denominator for cut in cuts) == near_sum([whole.denominator])
        assert sum(cut.n for cut in cuts) == whole.n


@random_books(3)
@given(sold=crowded_books, day=crowded_days, weekday=st.integers(1, 7))
def test_what_a_night_writes_down_is_what_the_facts_say(
    acme: Tenant, sold: list[Sold], day: date, weekday: int
) -> None:
    start_again(sold)
    movements.rebuild(through=day)
    keys = {metric.key for metric, _variant in DEFINITIONS}
    snapshot(day=day, first_weekday=weekday, keys=keys)
    written = KpiSnapshot.objects.filter(day=day, compared="", dimension="", key__in=keys)
    frozen = [row for row in written if (METRICS[row.key], row.variant) in DEFINITIONS]
    assert len(frozen) == len(Period) * len(DEFINITIONS)
    reader = prepared(FactReader(), day, weekday)
    for row in frozen:
        period = Period(row.period)
        live = read(row.key, day, period, variant=row.variant, weekday=weekday, reader=reader)
        assert [row.value, row.numerator, row.denominator] == to_ten(
            [live.value, live.numerator, live.denominator]
        )
        assert [row.n, row.start, row.end] == [live.n, live.window.start, live.window.end]


@random_books(10)
@given(sold=crowded_books, day=crowded_days, period=st.sampled_from(list(Period)))
def test_identities_hold(acme: Tenant, sold: list[Sold], day: date, period: Period) -> None:
    start_again(sold)
    mrr, arr = read("mrr", day, period), read("arr", day, period)
    arpa, customers = read("arpa", day, period), read("customers", day, period)
    assert mrr.value is not None
    assert arr.value == mrr.value * 12
    if arpa.value is not None and customers.value is not None:
        assert abs(arpa.value * customers.value - mrr.value) < Decimal("1e-9")
    else:
        assert [mrr.value, customers.value] == [0, 0]
    churn = read("customer_churn_rate", day, period)
    stored = read("customer_retention_rate", day, period)
    if churn.value is not None and stored.value is not None:
        assert abs(churn.value + stored.value - 100) < Decimal("1e-20")
    else:
        assert [churn.value, stored.value] == [None, None]


def test_what_cannot_be_divided_is_none_and_says_why(acme: Tenant) -> None:
    for (metric, variant), period in product(DEFINITIONS, Period):
        found = read(metric.key, MARCH, period, variant=variant)
        if metric.variants[variant].denominator:
            assert [found.value, found.denominator, bool(found.reason)] == [None, 0, True]
        else:
            assert [found.value, found.reason] == [0, ""]


def test_test_accounts_are_in_no_number(acme: Tenant) -> None:
    store_tester([Sold("tester", Decimal(10), JANUARY, ended_on=date(2024, 3, 15))])
    for metric, variant in DEFINITIONS:
        found = read(metric.key, END_OF_MARCH, variant=variant)
        assert [found.numerator, found.denominator or 0, found.n] == [0, 0, 0]
