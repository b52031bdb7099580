"""What is renewed, in terms and in money: both sides at one rate, and never more than whole."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, CountingRules, Rate
from metrics.catalogue import ACCOUNT_METRICS
from metrics.health.scorecard import measured_values
from metrics.pipeline.account_metrics import compute_account_metrics
from metrics.windows.periods import Period
from tests.accounts.files import Sending
from tests.metrics.may_2026 import CHANGE, JUNE, MAY, SUBSCRIPTION, files, read, value

pytestmark = pytest.mark.django_db
RENEWAL = "subscription_external_id,due_on,auto_renew,renewed_on,amount"


def rates(day: date = MAY) -> list[object]:
    return [value("renewal_rate", variant, day) for variant in ("terms", "revenue")]


@pytest.mark.parametrize("papers", ["", "2026-06-03", "2026-05-19", "2026-05-20"])
def test_what_renews_by_itself_is_renewed_whenever_its_papers_come(
    send: Sending, papers: str
) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION}\ns,a,P,1200,year,2025-05-20\n",
        renewals=f"{RENEWAL}\ns,2026-05-20,true,{papers},\n",
    )
    assert rates() == [100, 100]
    assert rates(date(2026, 5, 20)) == [100, 100]


def test_without_renewing_by_itself_it_waits_for_the_papers(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION}\ns,a,P,1200,year,2025-05-20\n",
        renewals=f"{RENEWAL}\ns,2026-05-20,false,2026-06-03,\n",
    )
    assert rates() == [0, 0]
    assert value("renewal_rate", "terms", JUNE, Period.QUARTER) == 100


@pytest.mark.parametrize(
    ("begins", "percent"),
    [
        ("2026-05-19", 100),
        ("2026-05-20", 100),
        ("2026-05-21", 100),
        ("2026-05-22", 0),
        ("2025-05-19", 0),
    ],
)
def test_a_subscription_that_follows_fulfils_the_renewal(
    send: Sending, begins: str, percent: int
) -> None:
    rows = f"s,a,P,1200,year,2025-05-20,2026-05-20\nt,a,Q,120,month,{begins},\n"
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},ended_on\n{rows}",
        renewals=f"{RENEWAL}\ns,2026-05-20,true,,\n",
    )
    assert rates() == [percent, percent]


def test_what_follows_for_less_renews_a_part(send: Sending) -> None:
    rows = "s,a,P,1200,year,2025-05-20,2026-05-20\nt,a,Q,75,month,2026-05-20,\n"
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},ended_on\n{rows}",
        renewals=f"{RENEWAL}\ns,2026-05-20,true,,\n",
    )
    assert rates() == [100, 75]


def test_what_ends_on_the_due_day_with_nothing_after_it_is_not_renewed(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},ended_on\ns,a,P,1200,year,2025-05-20,2026-05-20\n",
        renewals=f"{RENEWAL}\ns,2026-05-20,true,,\n",
    )
    assert rates() == [0, 0]


MONEY_CASES = {
    "the currency falls, the price stays": ("USD", "", "", "", 100),
    "the currency falls, the agreed price stays": ("USD", "", "", "100", 100),
    "the currency falls, the agreed price too": ("USD", "", "", "80", 80),
    "the currency rises": ("CHF", "", "", "", 100),
    "the price is said again on the due day": ("USD", "100", "", "", 100),
    "the agreed price is one of a unit": ("EUR", "", "", "75", 75),
    "a unit less": ("EUR", "", "1", "", 50),
    "a unit less at the agreed price": ("EUR", "", "1", "100", 50),
    "a unit more is no more than before": ("EUR", "", "3", "", 100),
    "a unit less, dearer": ("EUR", "150", "1", "", 75),
    "nothing is said of the price": ("EUR", "", "", "", 100),
}


@pytest.mark.parametrize("case", MONEY_CASES)
def test_both_sides_of_renewed_money_are_at_one_rate_and_of_all_units(
    send: Sending, case: str
) -> None:
    currency, amount, quantity, agreed, percent = MONEY_CASES[case]
    files(
        send,
        rates="currency,day,rate\nUSD,2025-01-01,0.9\nUSD,2026-05-01,0.81\n"
        "CHF,2025-01-01,1\nCHF,2026-05-01,1.3\n",
        subscriptions=f"{SUBSCRIPTION},quantity,currency\ns,a,P,100,month,2025-05-20,2,{currency}\n",
        renewals=f"{RENEWAL}\ns,2026-05-20,true,2026-05-18,{agreed}\n",
    )
    if amount or quantity:
        row = f"s,2026-05-20,{amount},{quantity}"
        files(send, subscription_changes=f"{CHANGE},amount,quantity\n{row}\n")
    assert rates() == [100, percent]


def test_what_follows_in_another_currency_is_taken_at_the_rate_of_the_same_day(
    send: Sending,
) -> None:
    rows = "s,a,P,100,month,2025-05-20,2026-05-20,EUR\nt,a,P,100,month,2026-05-20,,USD\n"
    files(
        send,
        rates="currency,day,rate\nUSD,2025-01-01,0.9\nUSD,2026-05-01,0.5\n",
        subscriptions=f"{SUBSCRIPTION},ended_on,currency\n{rows}",
        renewals=f"{RENEWAL}\ns,2026-05-20,true,,\n",
    )
    assert rates() == [100, 90]


@pytest.mark.parametrize(
    ("rule", "ends", "agreed", "percent"),
    [
        # Half of the price until the due day: 50 before, 100 after it.
        ("all", "2026-05-20", "", 100),
        ("all", "2026-05-20", "40", 80),
        ("forever", "2026-05-20", "", 100),
        ("forever", "2026-05-20", "40", 40),
        ("none", "", "40", 40),
        ("all", "", "100", 100),
        ("all", "", "80", 80),
        ("forever", "", "80", 80),
    ],
)
def test_the_discounts_of_the_rules_are_taken_off_both_sides(
    send: Sending, rule: str, ends: str, agreed: str, percent: int
) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},discount_percent,discount_ends_on\n"
        f"s,a,P,100,month,2025-05-20,50,{ends}\n",
        renewals=f"{RENEWAL}\ns,2026-05-20,true,,{agreed}\n",
    )
    CountingRules.objects.update(discounts=rule)
    assert rates() == [100, percent]


def test_a_term_of_unknown_worth_makes_the_renewed_money_unknown(send: Sending) -> None:
    files(
        send,
        rates="currency,day,rate\nUSD,2025-01-01,0.9\n",
        subscriptions=f"{SUBSCRIPTION},currency\ns,a,P,100,month,2025-05-20,USD\n"
        "t,b,P,100,month,2025-05-20,EUR\n",
        renewals=f"{RENEWAL}\ns,2026-05-20,true,,\nt,2026-05-20,true,,\n",
    )
    Rate.objects.filter(currency="USD").delete()
    assert rates() == [100, None]
    assert "USD 2025-05-20" in str(read("renewal_rate", "revenue").reason)


def measured(key: str, day: date = MAY) -> Decimal | None:
    compute_account_metrics(day=day)
    return measured_values(account=Account.objects.get(external_id="a"), day=day)[key]


@pytest.mark.parametrize(
    ("row", "overdue"),
    [
        ("s,2026-04-10,true,,", 0),
        ("s,2026-04-10,false,,", 1),
        ("s,2026-04-10,false,2026-04-12,", 0),
        ("s,2026-04-10,false,2026-06-12,", 1),
        ("s,2026-06-10,false,,", 0),
    ],
)
def test_only_what_neither_was_renewed_nor_renews_by_itself_is_overdue(
    send: Sending, row: str, overdue: int
) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION}\ns,a,P,100,month,2025-05-20\n",
        renewals=f"{RENEWAL}\n{row}\n",
    )
    assert measured("overdue_renewals") == overdue


def test_who_has_no_terms_has_none_overdue_and_none_in_time(send: Sending) -> None:
    files(send, subscriptions=f"{SUBSCRIPTION}\ns,a,P,100,month,2025-05-20\n")
    assert measured("overdue_renewals") is None
    assert ACCOUNT_METRICS["overdue_renewals"].value_when_missing is None
