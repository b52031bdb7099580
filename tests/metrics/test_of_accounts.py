"""Money and conversions are of the account, at one rate, and a rate is never more than whole.

Each case is a small book by files and what its May of 2026 comes to.
"""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, CountingRules, Rate
from metrics.catalogue import ACCOUNT_METRICS, METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.readings import Reading
from metrics.health.scorecard import measured_values
from metrics.pipeline.account_metrics import compute_account_metrics
from metrics.windows.periods import Period
from tenants.models import Tenant
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 30)
SUBSCRIPTION = "external_id,account_external_id,plan,amount,interval,started_on"
CHANGE = "subscription_external_id,effective_on"
RENEWAL = "subscription_external_id,due_on,auto_renew,renewed_on,amount"
STEP = "visitor_id,goal,stage,occurred_at"


@pytest.fixture
def send(acme: Tenant) -> Sending:
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    return send


def read(key: str, variant: str = "", day: date = MAY, period: Period = Period.MONTH) -> Reading:
    return KpiReader(KpiQuery(day=day, period=period)).compare(METRICS[key], variant).reading


def value(key: str, variant: str = "", day: date = MAY, period: Period = Period.MONTH) -> object:
    found = read(key, variant, day, period).value
    return None if found is None else round(found, 6)


def files(send: Sending, **kinds: str) -> None:
    for kind, text in kinds.items():
        assert send(kind, text)[3] == 0, send.faults


# Losses of money and of customers


def raised_and_gone(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},ended_on\ns,a,P,200,month,2026-01-01,2026-05-21\n",
        subscription_changes=f"{CHANGE},amount\ns,2026-05-08,350\n",
    )


@pytest.mark.parametrize(
    ("variant", "percent"), [("opening", 100), ("movements", 175), ("all_movements", 175)]
)
def test_who_was_raised_and_left_has_taken_what_was_there(
    send: Sending, variant: str, percent: int
) -> None:
    raised_and_gone(send)
    assert value("gross_mrr_churn", variant) == percent
    assert value("grr") == 0


def test_gross_churn_and_retention_make_a_hundred(send: Sending) -> None:
    rows = "s,a,P,200,month,2026-01-01,\nt,b,P,100,month,2026-01-01,2026-05-03\n"
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},ended_on\n{rows}",
        subscription_changes=f"{CHANGE},amount\ns,2026-05-08,350\ns,2026-05-20,150\n",
    )
    assert [value("gross_mrr_churn"), value("grr")] == [50, 50]


def test_whoever_came_back_and_left_again_is_below_the_line_too(send: Sending) -> None:
    rows = (
        "s,a,P,10,month,2025-01-01,2025-12-01\nt,a,P,10,month,2026-05-05,2026-05-20\n"
        "u,b,P,10,month,2025-01-01,\n"
    )
    files(send, subscriptions=f"{SUBSCRIPTION},ended_on\n{rows}")
    assert value("customer_churn_rate", "all") == 50
    assert value("customer_churn_rate", "opening_plus_new") == 100
    assert value("customer_churn_rate", "opening") == 0


def test_who_leaves_and_returns_twice_within_a_month_is_one_of_those_who_were_here(
    send: Sending,
) -> None:
    rows = (
        "r,a,P,10,month,2026-05-02,2026-05-04\ns,a,P,10,month,2026-05-08,2026-05-10\n"
        "t,a,P,10,month,2026-05-15,2026-05-20\nu,b,P,10,month,2025-01-01,\n"
    )
    files(send, subscriptions=f"{SUBSCRIPTION},ended_on\n{rows}")
    found = read("customer_churn_rate", "all")
    assert [found.numerator, found.denominator] == [1, 2]


# A whole price that is discounted


def wholly_discounted(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION}\ns,a,P,100,month,2026-01-01\n",
        subscription_changes=f"{CHANGE},discount_percent,discount_ends_on\n"
        "s,2026-05-10,100,2026-06-10\n",
    )


def test_who_pays_nothing_for_a_time_is_no_customer_meanwhile(send: Sending) -> None:
    wholly_discounted(send)
    assert [value("customers"), value("churned_mrr"), value("contraction_mrr")] == [0, 100, 0]
    assert value("reactivation_mrr", day=JUNE) == 100


def test_or_stays_one_who_pays_0_where_the_rules_say_so(send: Sending) -> None:
    wholly_discounted(send)
    CountingRules.objects.update(fully_discounted="customer")
    assert [value("customers"), value("churned_mrr"), value("contraction_mrr")] == [1, 0, 100]
    assert [value("mrr"), value("customer_churn_rate"), value("arpa")] == [0, 0, 0]
    assert [value("expansion_mrr", day=JUNE), value("reactivation_mrr", day=JUNE)] == [100, 0]
    assert value("nrr") == 0


def test_a_customer_of_0_who_leaves_is_lost_without_money(send: Sending) -> None:
    wholly_discounted(send)
    files(send, subscriptions=f"{SUBSCRIPTION},ended_on\ns,a,P,100,month,2026-01-01,2026-06-05\n")
    CountingRules.objects.update(fully_discounted="customer")
    assert [value("churned_customers", day=JUNE), value("churned_mrr", day=JUNE)] == [1, 0]


# Trials

TRIAL = f"{SUBSCRIPTION},trial_ends_on,ended_on"


def trial_rate(day: date = MAY, period: Period = Period.MONTH) -> object:
    return value("trial_conversion_rate", day=day, period=period)


@pytest.mark.parametrize(
    ("begins", "percent"),
    [
        ("2026-05-15", 100),
        ("2026-05-16", 100),
        ("2026-05-17", 0),
        ("2026-05-01", 100),
        ("2026-04-30", 0),
    ],
)
def test_a_trial_may_go_over_to_another_plan(send: Sending, begins: str, percent: int) -> None:
    rows = f"s,a,Starter,10,month,2026-05-01,2026-05-15,2026-05-15\nt,a,Team,50,month,{begins},,\n"
    files(send, subscriptions=f"{TRIAL}\n{rows}")
    assert trial_rate() == percent


def test_what_an_account_paid_for_already_is_no_conversion(send: Sending) -> None:
    rows = "s,a,Starter,10,month,2026-05-01,2026-05-15,2026-05-15\nt,a,T,50,month,2025-01-01,,\n"
    files(send, subscriptions=f"{TRIAL}\n{rows}")
    assert trial_rate() == 0


def test_nor_is_what_another_account_began(send: Sending) -> None:
    rows = "s,a,Starter,10,month,2026-05-01,2026-05-15,2026-05-15\nt,b,T,50,month,2026-05-15,,\n"
    files(send, subscriptions=f"{TRIAL}\n{rows}")
    assert trial_rate() == 0


def first_time_free(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},trial_ends_on,discount_percent,discount_ends_on\n"
        "s,a,P,10,month,2026-05-01,2026-05-15,100,2026-06-15\n",
    )


def first_time_paused(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},trial_ends_on,paused_from,paused_until\n"
        "s,a,P,10,month,2026-05-01,2026-05-15,2026-05-15,2026-06-15\n",
    )


@pytest.mark.parametrize("book", [first_time_free, first_time_paused])
def test_a_trial_that_is_free_at_first_converts_once_it_pays(send: Sending, book: object) -> None:
    assert callable(book)
    book(send)
    assert trial_rate() == 0
    assert trial_rate(day=date(2026, 6, 14)) is None
    assert trial_rate(day=JUNE) == 100
    assert trial_rate(day=JUNE, period=Period.QUARTER) == 100
    assert read("trial_conversion_rate", day=JUNE, period=Period.QUARTER).denominator == 1
    assert trial_rate(day=date(2026, 7, 31)) is None


def test_a_plan_of_no_units_for_a_while_is_no_free_plan(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},quantity\ns,a,P,80,month,2026-01-01,2\n",
        subscription_changes=f"{CHANGE},quantity\ns,2026-04-20,0\ns,2026-05-10,2\n",
    )
    assert value("free_to_paid_rate") is None


def test_a_free_plan_of_no_units_is_one(send: Sending) -> None:
    files(
        send,
        subscriptions=f"{SUBSCRIPTION},quantity\ns,a,P,0,month,2026-01-01,0\n",
        subscription_changes=f"{CHANGE},amount,quantity\ns,2026-05-10,5,1\n",
    )
    assert value("free_to_paid_rate") == 100


# Leads


def test_who_was_no_lead_is_left_out_of_the_conversion_of_leads(send: Sending) -> None:
    rows = (
        "v1,buy,lead,2026-05-03T10:00:00Z\nv1,buy,conversion,2026-05-05T10:00:00Z\n"
        "v2,buy,conversion,2026-05-06T10:00:00Z\n"
    )
    files(send, funnel=f"{STEP}\n{rows}")
    found = read("conversion_rate", "of_leads")
    assert [found.value, found.numerator, found.denominator] == [100, 1, 1]
    excluded = found.definition.numerator.excluded
    assert excluded is not None
    reasons = excluded(found.days).values_list("visitor_id", "reason")
    assert list(reasons) == [("v2", "reached a goal and was no lead")]


def test_two_leads_and_one_conversion_are_a_half(send: Sending) -> None:
    rows = (
        "v1,buy,lead,2026-05-03T10:00:00Z\nv2,buy,lead,2026-05-03T10:00:00Z\n"
        "v1,buy,conversion,2026-05-05T10:00:00Z\n"
    )
    files(send, funnel=f"{STEP}\n{rows}")
    assert value("conversion_rate", "of_leads") == 50


def test_a_lead_of_april_who_reaches_the_goal_in_may_is_one_of_may(send: Sending) -> None:
    rows = (
        "v1,buy,lead,2026-04-03T10:00:00Z\nv1,buy,conversion,2026-05-05T10:00:00Z\n"
        "v2,buy,lead,2026-05-03T10:00:00Z\nv3,buy,conversion,2026-05-03T10:00:00Z\n"
        "v3,buy,lead,2026-06-03T10:00:00Z\n"
    )
    files(send, funnel=f"{STEP}\n{rows}")
    assert value("conversion_rate", "of_leads") == 50


# Renewals


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
