"""Real purchases of 1997 and 1998, without subscriptions: customers, money, lifetime, value."""

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from math import prod
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from csplatform.demo.tenants import DATA
from tests.cast import BOB
from tests.conftest import client_of
from tests.metrics.rest import Caller
from tests.metrics.worked import company

LAST = date(1998, 6, 30)
# Together all days of the data: each is asked for whole.
PERIODS = (("1997-12-31", "year"), ("1998-03-31", "quarter"), ("1998-06-30", "quarter"))


def content(kind: str) -> str:
    return gzip.decompress((DATA / "shop" / f"{kind}.csv.gz").read_bytes()).decode()


@pytest.fixture(scope="module")
def purchases() -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content("purchases"))))


@pytest.fixture(scope="module")
def shop(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    # Acme counts in euro: here one is worth a dollar.
    rates = {"rates": "currency,day,rate\nUSD,1996-01-01,1\n"}
    files = rates | {kind: content(kind) for kind in ("accounts", "purchases")}
    name = f"shop_{os.getpid()}"
    with django_db_blocker.unblock(), company(name, files, LAST) as caller:
        yield caller


def test_all_purchases_are_counted_once(shop: Caller) -> None:
    parts = [
        shop.read("kpis/average_purchase_value/", date=day, period=period)
        for day, period in PERIODS
    ]
    assert round(sum(part["numerator"] for part in parts), 2) == 244091.94
    assert sum(part["denominator"] for part in parts) == 6919
    assert pytest.approx(35.2785, abs=5e-5) == 244091.94 / 6919


def test_the_money_of_a_year_is_that_of_its_purchases(
    shop: Caller, purchases: list[dict[str, str]]
) -> None:
    money = [Decimal(row["amount"]) for row in purchases if row["occurred_on"] < "1998"]
    year = shop.read("kpis/non_recurring_revenue/", date="1997-12-31", period="year")
    assert (round(year["value"], 2), year["n"]) == (float(sum(money)), len(money))


def test_whoever_ever_bought_was_a_customer(shop: Caller) -> None:
    came = [shop.read("kpis/new_customers/", date=day, period=period) for day, period in PERIODS]
    assert sum(one["value"] for one in came) == 2357
    assert shop.read("kpis/lifetime_months/", date="1998-06-30")["denominator"] == 2357


def test_a_customer_is_who_bought_within_90_days(
    shop: Caller, purchases: list[dict[str, str]]
) -> None:
    lately = {row["account_external_id"] for row in purchases if row["occurred_on"] > "1998-04-01"}
    assert shop.read("kpis/customers/", date="1998-06-30")["value"] == len(lately)


def test_churn_is_who_had_bought_before_the_month_and_is_gone_after_it(
    shop: Caller, purchases: list[dict[str, str]]
) -> None:
    def customers(first: str, last: str) -> set[str]:
        return {
            row["account_external_id"] for row in purchases if first < row["occurred_on"] <= last
        }

    before, after = customers("1998-03-02", "1998-05-31"), customers("1998-04-01", "1998-06-30")
    churn = shop.read("kpis/customer_churn_rate/", date="1998-06-30", period="month")
    assert (churn["numerator"], churn["denominator"]) == (len(before - after), len(before))


def test_the_value_of_a_customer_is_the_product_of_its_parts(shop: Caller) -> None:
    clv = shop.read("kpis/clv/", date="1998-06-30", period="year", variant="purchases")
    parts = [
        shop.read(f"kpis/{key}/", date="1998-06-30", period="year")
        for key in ("average_purchase_value", "purchase_frequency", "lifetime_months")
    ]
    assert clv["value"] == pytest.approx(prod(part["value"] for part in parts), rel=1e-9)
    assert [part["key"] for part in clv["parts"]] == ["purchase_frequency", "lifetime_months"]


def test_the_page_of_the_value_of_a_customer_explains_it(shop: Caller) -> None:
    page = client_of(BOB).get("/kpis/clv/?date=1998-06-30&period=year&variant=purchases")
    text = page.content.decode()
    made_of: Any = [row[1] for row in page.context["kpi"].reading.made_with]
    assert [one.metric.key for one in made_of] == ["purchase_frequency", "lifetime_months"]
    for one in made_of:
        assert str(one.metric.name) in text
        assert f"/kpis/{one.metric.key}/" in text
