"""Every metric by hand: one small company, its March, and what each number must come to.

The facts go in as files, the night is run, the numbers are read over REST. A metric or a variant
without a line here, or among the worked customers, fails.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest
from pytest_django.plugin import DjangoDbBlocker

from metrics.catalogue import ACCOUNT_METRICS
from tests.metrics import worked
from tests.metrics.rest import Caller
from tests.metrics.worked import measured

DAY = date(2026, 3, 31)
# Ann grows, Bob leaves, Cid comes, Dan shrinks and has called off, Fay is back; Eve is a test.
FILES = {
    "accounts": """external_id,name,segment,seats,is_test
ann,Ann,small,4,
bob,Bob,small,,
cid,Cid,large,,
dan,Dan,large,,
fay,Fay,,,
eve,Eve,,,true
""",
    "contacts": """external_id,account_external_id,name
k1,ann,Kim
k2,ann,Lee
""",
    "subscriptions": """external_id,account_external_id,plan,amount,quantity,interval,started_on,\
ended_on,cancelled_on,discount_percent,discount_ends_on
s-ann,ann,Team,100,1,month,2025-01-01,,,,
s-bob,bob,Team,1200,1,year,2025-07-01,2026-03-11,,,
s-cid,cid,Team,200,1,month,2026-03-01,,,50,2026-06-01
s-dan,dan,Team,50,2,month,2025-10-01,2026-05-01,2026-03-30,,
s-fay1,fay,Team,60,1,month,2025-01-01,2026-01-01,,,
s-fay2,fay,Team,100,1,month,2026-03-26,,,20,
s-eve,eve,Team,500,1,month,2025-01-01,,,,
""",
    "subscription_changes": """subscription_external_id,effective_on,amount,quantity
s-ann,2026-03-16,150,
s-dan,2026-03-21,,1
""",
    "renewals": """subscription_external_id,due_on
s-ann,2026-03-01
s-ann,2026-04-10
""",
    "purchases": """external_id,account_external_id,occurred_on,amount,kind
p1,ann,2026-03-05,30,upsell
p2,bob,2026-03-06,12,one_off
p3,eve,2026-03-06,99,one_off
p4,ann,2026-02-01,5,add_on
""",
    "activities": """external_id,account_external_id,kind,at,sentiment
a1,ann,call,2026-03-24T12:00:00Z,4
a2,ann,note,2026-03-02T12:00:00Z,2
""",
    "events": """message_id,occurred_at,user_id,account_external_id,event,feature
e1,2026-03-31T10:00:00Z,u1,ann,open,a
e2,2026-03-31T10:10:00Z,u1,ann,open,b
e3,2026-03-20T10:00:00Z,u1,ann,open,a
e4,2026-03-02T10:00:00Z,u1,ann,open,a
e5,2026-03-31T11:00:00Z,u2,ann,open,a
e6,2026-03-27T12:00:00Z,u3,cid,open,b
e7,2026-03-27T12:20:00Z,u3,cid,open,b
e8,2026-02-10T12:00:00Z,u4,dan,open,c
e9,2026-03-31T12:00:00Z,u9,eve,open,z
""",
    "responses": """external_id,survey,kind,score,account_external_id,contact_external_id,\
answered_at,comment
n1,nps,nps,10,ann,k1,2026-03-03T12:00:00Z,The export is great
n2,nps,nps,9,ann,,2026-03-10T12:00:00Z,
n3,nps,nps,8,ann,k2,2026-03-12T12:00:00Z,
n4,nps,nps,3,ann,k1,2026-03-20T12:00:00Z,Export too slow
n5,nps,nps,,ann,k2,2026-03-21T12:00:00Z,no time
c1,csat,csat,5,ann,,2026-03-04T12:00:00Z,quick answer
c2,csat,csat,4,ann,,2026-03-05T12:00:00Z,
c3,csat,csat,2,ann,,2026-03-06T12:00:00Z,
s1,css,css,6,ann,,2026-03-04T12:00:00Z,
s2,css,css,10,ann,,2026-03-05T12:00:00Z,
s3,css,css,5,ann,,2026-03-06T12:00:00Z,
s4,css,css,1,ann,,2026-03-07T12:00:00Z,
f1,ces,ces,7,ann,,2026-03-04T12:00:00Z,
f2,ces,ces,6,ann,,2026-03-05T12:00:00Z,
f3,ces,ces,4,ann,,2026-03-06T12:00:00Z,
f4,ces,ces,2,ann,,2026-03-07T12:00:00Z,
""",
}
PERCENT = 100
# MRR at the start: Ann 100, Bob 100, Dan 100. At the end: Ann 150, Cid 100, Dan 50, Fay 80.
START, END = 300, 380
# Each day's MRR by the 31 days of March: Ann 15 x 100 + 16 x 150, Bob 10 x 100, Cid 31 x 100,
# Dan 20 x 100 + 11 x 50, Fay 6 x 80.
ACCRUED = Fraction(3900 + 1000 + 3100 + 2550 + 480, 31)
CUSTOMER_DAYS = 31 + 10 + 31 + 31 + 6
# Days on which people came in the thirty days to 31 March: u1 three, u2 and u3 one each.
PERSON_DAYS = 5
EXPECTED: dict[tuple[str, str], int | Fraction] = {
    ("mrr", "all"): END,
    ("mrr", "forever"): 150 + 200 + 50 + 80,
    ("mrr", "none"): 150 + 200 + 50 + 100,
    ("mrr", "cancellation"): END - 50,
    ("arr", "all"): END * 12,
    ("new_mrr", "all"): 100,
    ("expansion_mrr", "all"): 50,
    ("contraction_mrr", "all"): 50,
    ("churned_mrr", "all"): 100,
    ("reactivation_mrr", "all"): 80,
    ("quick_ratio", "all"): Fraction(100 + 50 + 80, 50 + 100),
    ("arpa", "all"): Fraction(END, 4),
    ("recurring_revenue", "all"): ACCRUED,
    ("non_recurring_revenue", "all"): 42,
    ("non_recurring_revenue", "with_mrr"): END + 42,
    ("arpu", "per_customer"): (ACCRUED + 42) / Fraction(CUSTOMER_DAYS, 31),
    ("arpu", "per_user"): (ACCRUED + 42) / Fraction(PERSON_DAYS, 31),
    ("customers", "all"): 4,
    ("new_customers", "all"): 1,
    ("churned_customers", "all"): 1,
    ("customer_churn_rate", "opening"): Fraction(PERCENT, 3),
    ("customer_churn_rate", "opening_plus_new"): Fraction(PERCENT, 3),
    ("customer_churn_rate", "all"): Fraction(PERCENT, 5),
    ("customer_churn_rate", "to_new"): PERCENT,
    ("customer_retention_rate", "opening"): Fraction(2 * PERCENT, 3),
    # To 1 April: Ann and Fay 455 days, Cid 31, Dan 182; a month is 30.4375 days.
    ("tenure", "all"): Fraction(455 + 455 + 31 + 182, 4) / Fraction(304375, 10000),
    ("gross_mrr_churn", "opening"): Fraction(150 * PERCENT, START),
    ("gross_mrr_churn", "movements"): Fraction(150 * PERCENT, START),
    ("gross_mrr_churn", "all_movements"): Fraction(150 * PERCENT, START),
    ("net_mrr_churn", "opening"): Fraction((150 - 50) * PERCENT, START),
    ("net_mrr_churn", "all_movements"): Fraction((150 - 50 - 80) * PERCENT, START),
    ("nrr", "opening"): Fraction((150 + 0 + 50) * PERCENT, START),
    ("nrr", "with_reactivation"): Fraction((150 + 0 + 50 + 80) * PERCENT, START),
    ("grr", "opening"): Fraction((100 + 0 + 50) * PERCENT, START),
    ("nps", "all"): Fraction((2 - 1) * PERCENT, 4),
    ("nps", "latest_per_contact"): 0,  # Kim's 3, the 9 of nobody known, Lee's 8
    ("csat", "all"): Fraction(2 * PERCENT, 3),
    ("css", "all"): Fraction(2 * PERCENT, 4),
    ("ces", "mean"): Fraction(7 + 6 + 4 + 2, 4),
    ("ces", "positive"): Fraction(2 * PERCENT, 4),
    ("ces", "index"): Fraction((2 - 1) * PERCENT, 4),
    ("response_rate", "all"): Fraction(15 * PERCENT, 16),
    # Comments of a 10 and a 3 of 0 to 10, and of a 5 of 1 to 5.
    ("comment_themes", "comments"): 4,
    ("comment_themes", "mean_score"): Fraction(100 + 30 + 100, 3),
    ("dau", "all"): 2,
    ("wau", "all"): 3,
    ("mau", "all"): 3,
    ("dau", "people"): 2,
    ("wau", "people"): 3,
    ("mau", "people"): 3,
    ("stickiness", "mean"): Fraction(PERSON_DAYS * PERCENT, 30 * 3),
    ("stickiness", "last_day"): Fraction(2 * PERCENT, 3),
    ("usage_trend", "all"): (4 - 2) * PERCENT // 2,  # 2 March and 10 February came before
    ("avg_session_duration", "all"): (600 + 0 + 0 + 0 + 1200) // 5,
    ("avg_session_duration", "without_bounces"): (600 + 1200) // 2,
    # Ann a and b, Cid b; four customers could use a, b and c.
    ("feature_adoption", "all"): Fraction(3 * PERCENT, 4 * 3),
    ("seat_utilisation", "all"): Fraction(3 * PERCENT, 4 + 1 + 1 + 1),
}
OF_ANN: dict[str, int | Fraction] = {
    "mrr": 150,
    "tenure": 455 / Fraction(304375, 10000),
    "mrr_change_90d": 50,
    "mrr_vs_segment": 1,
    "nrr": 150,
    "nps": 25,
    "csat": Fraction(200, 3),
    "ces": Fraction(19, 4),
    "last_nps": 3,
    "last_csat": 2,
    "last_ces": 2,
    "mau": 2,
    "stickiness": Fraction(4 * PERCENT, 30 * 2),
    "usage_trend": (3 - 1) * PERCENT,
    "feature_adoption": Fraction(2 * PERCENT, 3),
    "seat_utilisation": 50,
    "avg_session_duration": 150,
    "days_since_last_use": 0,
    "days_since_last_touch": 7,
    "days_to_renewal": 10,
    "overdue_renewals": 1,
    "sentiment": 4,
    "detractors_unanswered": 0,  # Kim's 3 of 20 March, and a call on the 24th
}
# Of Bob, who has left: what silence means.
OF_BOB = {
    "mrr": 0,
    "mrr_change_90d": -100,
    "nrr": None,  # he came less than a year ago
    "mau": 0,
    "open_tickets": 0,
    "detractors_unanswered": 0,
}


@pytest.fixture(scope="module")
def company(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    with django_db_blocker.unblock(), worked.company("worked", FILES, DAY) as caller:
        yield caller


@pytest.mark.parametrize(("key", "variant"), EXPECTED)
def test_a_number_comes_out_as_by_hand(company: Caller, key: str, variant: str) -> None:
    answer = company.read(f"kpis/{key}/", date=DAY.isoformat(), period="month", variant=variant)
    assert answer["from_facts"] is False
    assert answer["value"] == pytest.approx(float(EXPECTED[key, variant]), abs=1e-9)


@pytest.mark.parametrize("key", OF_ANN)
def test_a_measure_of_an_account_comes_out_as_by_hand(company: Caller, key: str) -> None:
    found = measured("ann", key, DAY)
    assert found is not None
    assert float(found) == pytest.approx(float(OF_ANN[key]), abs=1e-9)


@pytest.mark.parametrize("key", ACCOUNT_METRICS)
def test_what_is_silent_is_unknown_or_what_silence_means(company: Caller, key: str) -> None:
    assert measured("bob", key, DAY) == OF_BOB.get(key)


def test_the_segments_add_up_to_the_tenant(company: Caller) -> None:
    for key in ("mrr", "customers", "nps", "mau", "recurring_revenue"):
        query = {"date": DAY.isoformat(), "period": "month"}
        whole = company.read(f"kpis/{key}/", **query)
        parts = [
            company.read(f"kpis/{key}/", **query, segment=segment)
            for segment in ("segment:small", "segment:large", "segment:", "account:none")
        ]
        assert sum(part["numerator"] for part in parts) == pytest.approx(whole["numerator"])
        assert sum(part["n"] for part in parts) == whole["n"]
