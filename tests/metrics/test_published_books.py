"""Books whose figures others have published, or that add up in the head."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.catalogue import METRICS
from tenants.models import Tenant
from tests.books import JANUARY, Sold, store
from tests.metrics.test_reading import END_OF_MARCH, MARCH, read

pytestmark = pytest.mark.django_db


def customers_at_start(number: int, *, leaving: int) -> list[Sold]:
    left = date(2024, 3, 10)
    return [
        Sold(f"old{n}", Decimal(10), JANUARY, ended_on=left if n < leaving else None)
        for n in range(number)
    ]


def customers_who_join(number: int, *, leaving: int = 0) -> list[Sold]:
    joined, left = date(2024, 3, 5), date(2024, 3, 20)
    return [
        Sold(f"new{n}", Decimal(10), joined, ended_on=left if n < leaving else None)
        for n in range(number)
    ]


def test_a_thousand_customers_of_whom_50_leave_and_500_join_of_whom_12_leave(
    acme: Tenant,
) -> None:
    store([*customers_at_start(1000, leaving=50), *customers_who_join(500, leaving=12)])
    rates = {
        variant: read("customer_churn_rate", END_OF_MARCH, variant=variant).value
        for variant in METRICS["customer_churn_rate"].variants
    }
    assert {variant: round(rate or 0, 2) for variant, rate in rates.items()} == {
        "opening": Decimal("5.00"),
        "opening_plus_new": Decimal("6.20"),
        "all": Decimal("4.13"),
        "to_new": Decimal("12.40"),
    }
    assert read("customers", END_OF_MARCH).value == 1438


def test_5_lost_of_100_are_5_percent_whoever_joins(acme: Tenant) -> None:
    store([*customers_at_start(100, leaving=5), *customers_who_join(10)])
    churn = read("customer_churn_rate", END_OF_MARCH)
    assert [churn.value, churn.numerator, churn.denominator] == [5, 5, 100]
    assert read("customer_retention_rate", END_OF_MARCH).value == 95


def test_who_is_back_at_the_end_is_not_lost(acme: Tenant) -> None:
    away = {"paused_from": date(2024, 3, 5), "paused_until": date(2024, 3, 20)}
    store([Sold("a", Decimal(10), JANUARY, options=away)])
    lost = [
        read("customer_churn_rate", END_OF_MARCH, variant=variant).numerator
        for variant in METRICS["customer_churn_rate"].variants
    ]
    assert lost == [0, 0, 0, 0]
    assert read("churned_mrr", END_OF_MARCH).value == 10


def test_five_at_5_then_two_more_at_30(acme: Tenant) -> None:
    later = date(2024, 2, 1)
    five = [Sold(f"five{n}", Decimal(5), JANUARY) for n in range(5)]
    store([*five, *(Sold(f"two{n}", Decimal(30), later) for n in range(2))])
    assert [read("mrr", day).value for day in (JANUARY, later)] == [25, 85]


@pytest.mark.parametrize(
    ("sold", "mrr"),
    [
        ([Sold("a", Decimal(1200), JANUARY, interval="year")], 100),
        (
            [
                *(Sold(f"m{n}", Decimal(100), JANUARY) for n in range(100)),
                *(Sold(f"y{n}", Decimal(600), JANUARY, interval="year") for n in range(50)),
            ],
            12_500,
        ),
        (
            [
                Sold(
                    "a",
                    Decimal(120),
                    JANUARY,
                    interval="year",
                    options={"discount_percent": Decimal(10)},
                )
            ],
            9,
        ),
    ],
    ids=["1200 a year", "100 monthly and 50 yearly", "120 a year less 10 %"],
)
def test_published_books_give_their_published_mrr(acme: Tenant, sold: list[Sold], mrr: int) -> None:
    store(sold)
    assert read("mrr", MARCH).value == mrr


def test_a_thousand_customers_at_750_are_750000(acme: Tenant) -> None:
    store([Sold(f"c{n}", Decimal(500 + n % 2 * 500), JANUARY) for n in range(1000)])
    figures = [read(key, MARCH).value for key in ("customers", "arpa", "mrr", "arr")]
    assert figures == [1000, 750, 750_000, 9_000_000]
