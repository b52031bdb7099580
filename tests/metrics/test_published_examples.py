"""Examples that others have published, each by the real way: facts in, night run, read over REST.

They share one company and one night: the accounts of each are a segment of their own.
"""

from collections.abc import Iterator
from datetime import date

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.metrics import worked
from tests.metrics.example_company import IN_MARCH, Facts
from tests.metrics.rest import Caller

DAY = date(2026, 3, 31)

QUICK = {"quick-24": (24, 4, 6), "quick-30": (30, 10, 3), "quick-40": (40, 20, 2)}
CRC = {
    "crc-1200": (50000, 1200, 41.67),
    "crc-500": (10000, 500, 20),
    "crc-800": (25000, 800, 31.25),
}
STICKY = {"sticky-25": (100, 400, 25), "sticky-30": (150, 500, 30)}


def _money(facts: Facts) -> None:
    for account in facts.accounts("identity", 1000):
        facts.sell(account, 750)
    for n, account in enumerate(facts.accounts("five", 7)):
        later = {"started_on": "2026-03-20"} if n >= 5 else {}
        facts.sell(account, 5 if n < 5 else 30, **later)
    facts.sell(facts.accounts("annual", 1)[0], 1200, interval="year")
    for n, account in enumerate(facts.accounts("glossary", 150)):
        facts.sell(account, 100 if n < 100 else 600, interval="month" if n < 100 else "year")
    facts.sell(facts.accounts("forever", 1)[0], 100, discount_percent=50)
    (account,) = facts.accounts("for-a-while", 1)
    facts.sell(account, 100, discount_percent=50, discount_ends_on="2026-05-01")
    facts.sell(facts.accounts("discount", 1)[0], 120, interval="year", discount_percent=10)


def _churn(facts: Facts) -> None:
    for n, account in enumerate(facts.accounts("churn-64", 1000)):
        facts.sell(account, 10, ended_on=IN_MARCH if n < 64 else "")
    for n, account in enumerate(facts.accounts("churn-5", 110)):
        joined = {"started_on": IN_MARCH} if n >= 100 else {}
        facts.sell(account, 10, ended_on=IN_MARCH if n < 5 else "", **joined)
    leaves, shrinks, grows = facts.accounts("gross-net", 3)
    facts.sell(leaves, 10, ended_on=IN_MARCH)
    facts.sell(shrinks, 50)
    facts.change(40)
    facts.sell(grows, 40)
    facts.change(50)
    for example, (gained, lost, _ratio) in QUICK.items():
        come, go = facts.accounts(example, 2)
        facts.sell(come, gained * 1000, started_on=IN_MARCH)
        facts.sell(go, lost * 1000, ended_on=IN_MARCH)
    grows, leaves = facts.accounts("nrr-111", 2)
    facts.sell(grows, 22000)
    facts.change(30000)
    facts.sell(leaves, 5000, ended_on=IN_MARCH)


def _terms(facts: Facts) -> None:
    for n, account in enumerate(facts.accounts("renewal-80", 100)):
        facts.sell(account, 10)
        facts.renew(n < 80)
    stays, leaves, shrinks = facts.accounts("renewal-dollar", 3)
    facts.sell(stays, 2_900_000)
    facts.renew(True)
    facts.sell(leaves, 500_000, ended_on=IN_MARCH)
    facts.renew(False)
    facts.sell(shrinks, 600_000)
    facts.renew(True, 300_000)
    for n, account in enumerate(facts.accounts("trial-20", 100)):
        until = {"started_on": "2026-02-20", "trial_ends_on": "2026-03-15"}
        facts.sell(account, 10, ended_on="" if n < 20 else "2026-03-15", **until)


def _voice_and_use(facts: Facts) -> None:
    facts.answer("css-80", "css", [6, 7, 8, 10] * 10 + [5] * 10)
    facts.answer("nps-20", "nps", [10, 10, 9, 9, 9, 8, 7, 4, 2, 1])
    facts.answer("csat-90", "csat", [5] * 30 + [4] * 15 + [3] * 5)
    for example, (today, in_the_month, _percent) in STICKY.items():
        facts.come(example, today=today, in_the_month=in_the_month)


def _costs(facts: Facts) -> None:
    for example, (cost, customers, _each) in CRC.items():
        facts.spend(example, "cs_payroll", cost)
        for account in facts.accounts(example, customers):
            facts.sell(account, 10)
    facts.spend("cac-100", "sales", 600)
    facts.spend("cac-100", "marketing", 400)
    for account in facts.accounts("cac-100", 10):
        facts.sell(account, 10, started_on=IN_MARCH)


@pytest.fixture(scope="module")
def company(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    facts = Facts()
    for fill in (_money, _churn, _terms, _voice_and_use, _costs):
        fill(facts)
    with (
        django_db_blocker.unblock(),
        worked.company("published", facts.files(), DAY) as caller,
    ):
        yield caller


def value(caller: Caller, example: str, key: str, variant: str = "", day: date = DAY) -> float:
    answer = caller.read(
        f"kpis/{key}/",
        date=day.isoformat(),
        period="month",
        segment=f"segment:{example}",
        **({"variant": variant} if variant else {}),
    )
    found: float = answer["value"]
    return found


PUBLISHED = [
    ("identity", "mrr", "", 750_000),
    ("identity", "arpa", "", 750),
    ("churn-64", "customer_churn_rate", "opening_plus_new", 6.4),
    ("churn-5", "customer_churn_rate", "opening", 5.0),
    ("css-80", "css", "", 80),
    ("renewal-80", "renewal_rate", "", 80),
    ("renewal-dollar", "renewal_rate", "revenue", 80),
    ("trial-20", "trial_conversion_rate", "", 20),
    ("five", "mrr", "", 85),
    ("gross-net", "gross_mrr_churn", "", 20),
    ("gross-net", "net_mrr_churn", "", 10),
    ("gross-net", "nrr", "", (100 + 10 - 10 - 10) / 100 * 100),
    ("annual", "mrr", "", 100),
    ("glossary", "mrr", "", 12_500),
    ("forever", "mrr", "all", 50),
    ("forever", "mrr", "forever", 50),
    ("for-a-while", "mrr", "all", 50),
    ("for-a-while", "mrr", "forever", 100),
    ("discount", "mrr", "", 9),
    *[(example, "quick_ratio", "", ratio) for example, (_g, _l, ratio) in QUICK.items()],
    ("nrr-111", "nrr", "", 111.11),
    ("nps-20", "nps", "", 20),
    ("csat-90", "csat", "", 90),
    *[(example, "stickiness", "last_day", percent) for example, (*_u, percent) in STICKY.items()],
    *[(example, "crc", "", each) for example, (*_c, each) in CRC.items()],
    ("cac-100", "cac", "", 100),
]


@pytest.mark.parametrize(("example", "key", "variant", "published"), PUBLISHED)
def test_a_published_figure_comes_out(
    company: Caller, example: str, key: str, variant: str, published: float
) -> None:
    assert value(company, example, key, variant) == pytest.approx(published, abs=0.005)


def test_five_customers_of_five_were_25_before_two_of_thirty_came(company: Caller) -> None:
    assert value(company, "five", "mrr", day=date(2026, 3, 10)) == 25


@pytest.mark.parametrize(
    ("example", "key", "low", "high"),
    [("nps-20", "nps", -30, 61), ("csat-90", "csat", 78.6, 95.7)],
)
def test_a_published_interval_comes_out(
    company: Caller, example: str, key: str, low: float, high: float
) -> None:
    answer = company.read(
        f"kpis/{key}/", date=DAY.isoformat(), period="month", segment=f"segment:{example}"
    )
    places = 0 if key == "nps" else 1
    found = answer["interval"]
    assert (round(found["low"], places), round(found["high"], places)) == (low, high)


# Whoever lives longest is still there, so the mean lifetime is the mean of all four: 730.5 days
# are 24 months, 1,826.25 days 5 years.
LIVES = """external_id,account_external_id,plan,amount,interval,started_on,ended_on
a,a,P,{paid},year,{first},
b,b,P,1,month,2020-01-01,{b}
c,c,P,1,month,2020-01-01,{c}
d,d,P,1,month,2020-01-01,{d}
"""
NAMES = "external_id,name\n" + "".join(f"{name},{name}\n" for name in "abcd")


def test_three_purchases_of_50_a_month_for_24_months_are_3600(
    django_db_blocker: DjangoDbBlocker,
) -> None:
    # 800 days to 31 March 2026, and 700, 711 and 711.
    lives = LIVES.format(paid=1, first="2024-01-22", b="2021-12-01", c="2021-12-12", d="2021-12-12")
    bought = "".join(f"p{n},a,2026-03-0{n},50\n" for n in (3, 4, 5))
    files = {
        "accounts": NAMES,
        "subscriptions": lives,
        "purchases": "external_id,account_external_id,occurred_on,amount\n" + bought,
    }
    with django_db_blocker.unblock(), worked.company("clv3600", files, DAY) as caller:
        query = {"date": DAY.isoformat(), "period": "month", "variant": "purchases"}
        answer = caller.read("kpis/clv/", **query)
        parts = {part["key"]: part["value"] for part in answer["parts"]}
        assert parts == {"purchase_frequency": 3, "lifetime_months": 24}
        assert (answer["numerator"] / answer["denominator"], answer["value"]) == (50, 3600)
        ratio = caller.read("kpis/clv_cac_ratio/", **query)
        assert (ratio["value"], ratio["reason"]) == (None, "No costs are known of the period.")


def test_1000_a_year_for_5_years_are_5000(django_db_blocker: DjangoDbBlocker) -> None:
    # 1,856 days to 31 March 2026, and 1,816, 1,816 and 1,817.
    lives = LIVES.format(
        paid=1000, first="2021-03-02", b="2024-12-21", c="2024-12-21", d="2024-12-22"
    )
    files = {"accounts": NAMES, "subscriptions": lives}
    with django_db_blocker.unblock(), worked.company("clv5000", files, DAY) as caller:
        answer = caller.read("kpis/clv/", date=DAY.isoformat(), period="month", variant="annual")
        assert answer["parts"][0]["value"] == 60
        assert answer["numerator"] / answer["denominator"] == pytest.approx(1000)
        assert answer["value"] == pytest.approx(5000)
