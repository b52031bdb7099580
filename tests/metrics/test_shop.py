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

import numpy as np
import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Purchase
from csplatform.demo.tenants import DATA
from metrics.analysis.repeat_purchase import Habit, Histories, fitted, histories
from tenants.context import inside
from tests.cast import BOB
from tests.conftest import client_of
from tests.metrics.rest import Caller
from tests.metrics.worked import company

LAST = date(1998, 6, 30)
# Together all days of the data: each is asked for whole.
PUBLISHED = Habit(r=0.243, alpha=4.414, a=0.793, b=2.426)
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


def test_the_model_of_repeat_buying_has_the_published_parameters(shop: Caller) -> None:
    """Of the purchases until 30 September 1997, in weeks: Fader, Hardie and Lee (2005), table 2."""
    with inside("acme"):
        seen = histories(date(1997, 9, 30))
    habit = fitted(seen)
    assert habit
    found = (habit.r, habit.alpha, habit.a, habit.b)
    assert [round(one, 3) for one in found] == [0.243, 4.414, 0.793, 2.426]
    assert (len(seen.accounts), int((seen.again > 0).sum())) == (2357, 946)


def test_what_is_expected_of_a_customer_is_what_was_published() -> None:
    """Two purchases more, the last in week 30.43 of 38.86: 1.226 in the 39 weeks to come."""
    one = Histories([1], *(np.array([value]) for value in (2, 30.43, 38.86)))
    assert float(PUBLISHED.expected(one, 39)[0]) == pytest.approx(1.226, abs=5e-4)
    once = Histories([1], *(np.array([value]) for value in (0.0, 0.0, 20.0)))
    assert float(PUBLISHED.alive(once)[0]) == 1


def test_what_was_expected_of_the_book_is_about_what_came(shop: Caller) -> None:
    with inside("acme"):
        calibration = histories(date(1997, 9, 30))
        later = Purchase.objects.filter(occurred_on__gt=date(1997, 9, 30))
        came = later.values("account", "occurred_on").distinct().count()
    habit = fitted(calibration)
    assert habit
    assert float(habit.expected(calibration, 39).sum()) == pytest.approx(came, rel=0.15)


def test_the_page_of_lifetimes_says_who_will_buy_again(shop: Caller) -> None:
    page = client_of(BOB).get("/lifetime/?date=1997-09-30")
    text = page.content.decode()
    assert "Who will buy again" in text
    assert "r = 0.243, α = 4.414, a = 0.793, b = 2.426" in text
    assert len(page.context["outlook"].buyers) == 25
    assert page.context["outlook"].buyers[0].expected > page.context["outlook"].buyers[24].expected


def test_the_page_of_the_value_of_a_customer_explains_it(shop: Caller) -> None:
    page = client_of(BOB).get("/kpis/clv/?date=1998-06-30&period=year&variant=purchases")
    text = page.content.decode()
    made_of: Any = [row[1] for row in page.context["kpi"].reading.factor_readings]
    assert [one.metric.key for one in made_of] == ["purchase_frequency", "lifetime_months"]
    for one in made_of:
        assert str(one.metric.name) in text
        assert f"/kpis/{one.metric.key}/" in text
