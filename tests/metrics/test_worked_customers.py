"""The rest of the metrics by hand: how customers are won, helped and lost, and what that costs."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import CountingRules
from metrics.health import versions
from metrics.models import HealthModel
from support.models import SlaTarget
from tests.metrics import worked
from tests.metrics.rest import Caller
from tests.metrics.worked import measured

DAY = date(2026, 3, 31)
# Gil's trial became paid, Hal broke his off, Mia's goes on; Ivy went from free to paid, Jon did
# not; Kat and Noa have left, Lee stays. Eve is a test.
FILES = {
    "accounts": """external_id,name,is_test
gil,Gil,
hal,Hal,
ivy,Ivy,
jon,Jon,
kat,Kat,
lee,Lee,
mia,Mia,
noa,Noa,
eve,Eve,true
""",
    "subscriptions": """external_id,account_external_id,plan,amount,quantity,interval,started_on,\
trial_ends_on,ended_on
s-gil,gil,Pro,100,1,month,2026-02-24,2026-03-10,
s-hal,hal,Pro,100,1,month,2026-03-01,2026-03-15,2026-03-12
s-ivy,ivy,Free,0,1,month,2026-01-01,,
s-jon,jon,Free,0,1,month,2026-01-01,,
s-kat,kat,Pro,300,1,quarter,2024-04-01,,2026-03-21
s-lee,lee,Pro,100,2,month,2025-04-01,,
s-mia,mia,Pro,100,1,month,2026-02-10,2026-04-10,
s-noa,noa,Pro,90,1,month,2025-12-01,,2026-02-01
s-eve,eve,Pro,900,1,month,2026-03-01,2026-03-05,2026-03-20
""",
    "subscription_changes": """subscription_external_id,effective_on,amount,plan
s-ivy,2026-03-20,50,Pro
""",
    "renewals": """subscription_external_id,due_on,auto_renew,renewed_on,amount
s-lee,2026-03-10,,2026-03-08,75
s-kat,2026-03-21,,,
s-gil,2026-03-25,true,,
s-lee,2026-02-10,,2026-02-10,
""",
    "purchases": """external_id,account_external_id,occurred_on,amount
p1,gil,2026-03-12,30
p2,lee,2026-03-15,60
p3,kat,2026-03-10,120
p4,lee,2026-02-10,40
p5,eve,2026-03-10,999
""",
    "costs": """occurred_on,category,amount,segment
2026-03-01,sales,300,
2026-03-01,marketing,100,
2026-03-01,cs_payroll,500,
2026-03-01,cs_training,100,
2026-02-01,marketing,999,
""",
    "funnel": """visitor_id,goal,stage,occurred_at,source,account_external_id
v1,buy,visit,2026-03-02T10:00:00Z,ad,
v1,buy,lead,2026-03-03T10:00:00Z,ad,
v1,buy,conversion,2026-03-05T10:00:00Z,ad,
v2,buy,visit,2026-03-02T10:00:00Z,,
v3,buy,lead,2026-02-03T10:00:00Z,,
v3,buy,lead,2026-03-03T10:00:00Z,,
v4,register,visit,2026-03-08T10:00:00Z,,
v4,register,conversion,2026-03-09T10:00:00Z,,
v4,register,conversion,2026-03-09T11:00:00Z,,
v5,buy,visit,2026-02-08T10:00:00Z,,
v6,buy,lead,2026-03-08T10:00:00Z,,eve
""",
    "onboarding": """account_external_id,step,reached_at
gil,signed up,2026-03-02T10:00:00Z
gil,data in,2026-03-04T10:00:00Z
gil,live,2026-03-20T10:00:00Z
hal,signed up,2026-03-03T10:00:00Z
lee,signed up,2026-02-01T10:00:00Z
lee,live,2026-03-05T10:00:00Z
eve,signed up,2026-03-05T10:00:00Z
""",
    # In Warsaw it is an hour later, from 29 March two. Business hours are 9 to 17 there.
    "tickets": """external_id,account_external_id,subject,status,priority,kind,opened_at,solved_at,\
closed_at,closed_as
t1,gil,One,solved,high,question,2026-03-09T09:00:00Z,2026-03-09T11:00:00Z,,
t2,gil,Two,solved,normal,question,2026-03-10T15:00:00Z,2026-03-11T09:00:00Z,,
t3,lee,Three,solved,normal,question,2026-03-16T09:00:00Z,2026-03-18T10:00:00Z,,
t4,lee,Four,open,normal,defect,2026-03-31T08:00:00Z,,,
t5,jon,Five,closed,normal,question,2026-03-20T12:00:00Z,,2026-03-20T12:05:00Z,spam
t6,kat,Six,solved,normal,question,2026-02-27T10:00:00Z,2026-03-02T10:00:00Z,,
t7,eve,Seven,open,normal,defect,2026-03-02T10:00:00Z,,,
""",
    "ticket_events": """external_id,ticket_external_id,at,kind,author,public,status
a1,t1,2026-03-09T09:30:00Z,message,agent,false,
a2,t1,2026-03-09T10:00:00Z,message,agent,true,
a3,t1,2026-03-09T11:00:00Z,status,agent,true,solved
b1,t2,2026-03-10T15:30:00Z,message,agent,true,
b2,t2,2026-03-10T15:30:00Z,status,agent,true,pending
b3,t2,2026-03-11T08:00:00Z,message,customer,true,
b4,t2,2026-03-11T08:00:00Z,status,customer,true,open
b5,t2,2026-03-11T08:30:00Z,message,agent,true,
b6,t2,2026-03-11T09:00:00Z,status,agent,true,solved
c1,t3,2026-03-16T09:30:00Z,message,agent,true,
c2,t3,2026-03-16T10:00:00Z,status,agent,true,solved
c3,t3,2026-03-18T09:00:00Z,status,customer,true,open
c4,t3,2026-03-18T10:00:00Z,status,agent,true,solved
""",
    "incidents": """external_id,started_at,ended_at,minutes_down
i1,2026-03-10T10:00:00Z,2026-03-10T10:30:00Z,
i2,2026-02-28T22:00:00Z,2026-03-01T00:00:00Z,60
""",
    "events": """message_id,occurred_at,user_id,account_external_id,event
e1,2026-03-31T10:00:00Z,u1,lee,open
e2,2026-03-31T10:10:00Z,u1,lee,open
e3,2026-03-20T10:00:00Z,u2,gil,open
e4,2026-03-31T10:00:00Z,u9,eve,open
""",
}
PERCENT = 100
A_MONTH = Fraction(304375, 10000)
# Days as a customer by 31 March: Ivy 12, Gil 22 and Lee 365 and going on; Noa 62, Kat 719. Of the
# three who had stayed 62 days one left: beyond that a life is worth two thirds. So Ivy and Gil may
# expect to come to 62 + 657 x 2 / 3 = 500 days, Lee to 719.
LIFETIME = Fraction(500 + 500 + 719 + 62 + 719, 5) / A_MONTH
# Months in which they were customers: in March Kat 20 days, Gil 22, Ivy 12, Lee all of it.
IN_MARCH = 1 + Fraction(20 + 22 + 12, 31)
# In 183 days, from 30 September on: Kat and Lee that day too, Noa two months.
IN_HALF_A_YEAR = 2 * Fraction(1, 30) + 5 + 5 + 2 + IN_MARCH
CLV = 70 * 3 / IN_MARCH * LIFETIME
BY_SUBSCRIPTION = Fraction(350 * 8, 10) / 3 * IN_HALF_A_YEAR / 2
REVENUE_OF_A_YEAR = (
    200 * 12
    + 100 * (11 + Fraction(20, 31))
    + 90 * 2
    + 100 * Fraction(22, 31)
    + 50 * Fraction(12, 31)
    + (30 + 60 + 120 + 40)
)
ANNUAL = REVENUE_OF_A_YEAR / Fraction(365 + 354 + 62 + 22 + 12, 365) * LIFETIME / 12
CAC = Fraction(300 + 100, 2)
EXPECTED: dict[tuple[str, str], int | Fraction] = {
    ("lifetime_months", "kaplan_meier"): LIFETIME,
    ("lifetime_months", "inverse_churn"): IN_HALF_A_YEAR / 2,
    ("monthly_churn", "all"): 2 * PERCENT / IN_HALF_A_YEAR,
    ("average_purchase_value", "all"): 70,
    ("purchase_frequency", "all"): 3 / IN_MARCH,
    ("clv", "purchases"): CLV,
    ("clv", "subscription"): BY_SUBSCRIPTION,
    ("clv", "annual"): ANNUAL,
    ("cac", "all"): CAC,
    ("crc", "all"): Fraction(500 + 100, 3),
    ("clv_cac_ratio", "purchases"): CLV / CAC,
    ("clv_cac_ratio", "subscription"): BY_SUBSCRIPTION / CAC,
    ("clv_cac_ratio", "annual"): ANNUAL / CAC,
    ("profit_per_customer", "purchases"): CLV - CAC,
    ("profit_per_customer", "subscription"): BY_SUBSCRIPTION - CAC,
    ("profit_per_customer", "annual"): ANNUAL - CAC,
    ("profit_per_customer", "ratio"): CLV / CAC,
    # Lee renewed, for less than before; Gil's goes on by itself; Kat's ended.
    ("renewal_rate", "terms"): Fraction(2 * PERCENT, 3),
    ("renewal_rate", "revenue"): Fraction((2 * 75 + 100) * PERCENT, 200 + 100 + 100),
    ("leads", "all"): 1,
    ("conversion_rate", "of_visitors"): Fraction(2 * PERCENT, 4),
    ("conversion_rate", "of_leads"): Fraction(1 * PERCENT, 2),  # of the first and the third
    ("trial_conversion_rate", "ended"): Fraction(1 * PERCENT, 2),
    ("trial_conversion_rate", "started"): Fraction(1 * PERCENT, 1),
    ("free_to_paid_rate", "all"): Fraction(1 * PERCENT, 2),
    ("onboarding_completion_rate", "all"): Fraction(1 * PERCENT, 2),
    ("tickets_opened", "all"): 5,
    ("open_tickets", "all"): 1,
    ("defects_reported", "all"): 1,
    ("fcr", "of_received"): Fraction(1 * PERCENT, 4),
    ("fcr", "of_solved"): Fraction(2 * PERCENT, 4),  # the first, and the sixth without a reply
    ("first_response_time", "mean"): (3600 + 1800 + 1800) // 3,
    ("first_response_time", "median"): 1800,
    ("first_response_time", "business_mean"): (3600 + 1800 + 1800) // 3,
    ("first_response_time", "business_median"): 1800,
    # The second waited 16 1/2 hours for Gil, the third was solved again two days later, the sixth
    # lay open over a weekend.
    ("resolution_time", "mean"): Fraction(7200 + 5400 + 49 * 3600 + 3 * 86400, 4),
    ("resolution_time", "median"): (7200 + 49 * 3600) // 2,
    ("resolution_time", "business_mean"): Fraction(7200 + 5400 + 17 * 3600 + 8 * 3600, 4),
    ("resolution_time", "business_median"): (7200 + 8 * 3600) // 2,
    ("resolution_time", "first"): Fraction(7200 + 5400 + 3600 + 3 * 86400, 4),
    ("reopen_rate", "all"): Fraction(1 * PERCENT, 4),
    ("sla_breach_rate", "all"): Fraction(2 * PERCENT, 5),
    ("downtime_minutes", "all"): 30 + 30,
    ("usage_rate", "weekly"): Fraction(1 * PERCENT, 3),
    ("usage_rate", "daily"): Fraction(1 * PERCENT, 3),
    ("usage_rate", "monthly"): Fraction(2 * PERCENT, 3),
    ("usage_rate", "weekly_people"): Fraction(1 * PERCENT, 2),
    ("time_in_app", "all"): Fraction(10, 2),
    ("time_in_app", "sections"): Fraction(10, 2),
    # Scores are half of the MRR: Gil 50, Ivy 25, Lee 100, five others 0.
    ("mean_health", "all"): Fraction(175, 8),
    ("accounts_at_risk", "all"): 6,
    ("mrr_at_risk", "all"): 50,
}
MEASURED: dict[tuple[str, str], int | Fraction] = {
    ("lee", "months_to_come"): (719 - 365) / A_MONTH,
    ("lee", "remaining_value"): 160 * (719 - 365) / A_MONTH,
    ("gil", "onboarding_progress"): 100,
    ("lee", "onboarding_progress"): Fraction(2 * PERCENT, 3),
    ("gil", "fcr"): 50,
    ("gil", "first_response_time"): (3600 + 1800) // 2,
    ("gil", "resolution_time"): (7200 + 5400) // 2,
    ("lee", "open_tickets"): 1,
    ("gil", "open_tickets"): 0,
    ("lee", "reopen_rate"): 100,
    ("gil", "sla_breach_rate"): Fraction(1 * PERCENT, 3),
    ("lee", "time_in_app"): 10,
}


def rules_and_promises() -> None:
    CountingRules.objects.update(gross_margin=80)
    SlaTarget.objects.create(priority="high", first_response_minutes=30, resolution_minutes=240)
    SlaTarget.objects.create(priority="normal", first_response_minutes=60)
    standard = versions.newest()
    assert standard is not None
    draft = versions.draft_from(standard, starts_on=DAY)
    HealthModel.objects.filter(pk=draft.pk).update(least_coverage=0)
    draft.refresh_from_db()
    draft.factors.all().delete()
    draft.factors.create(key="mrr", group="", weight=1, worst=0, best=Decimal(200))
    versions.publish(draft, author="hand@x.test")


@pytest.fixture(scope="module")
def company(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    with (
        django_db_blocker.unblock(),
        worked.company(
            "customers", FILES, DAY, aliases=rules_and_promises, zone="Europe/Warsaw"
        ) as caller,
    ):
        yield caller


@pytest.mark.parametrize(("key", "variant"), EXPECTED)
def test_a_number_comes_out_as_by_hand(company: Caller, key: str, variant: str) -> None:
    answer = company.read(f"kpis/{key}/", date=DAY.isoformat(), period="month", variant=variant)
    assert answer["from_facts"] is False
    assert answer["value"] == pytest.approx(float(EXPECTED[key, variant]), abs=1e-7)


@pytest.mark.parametrize(("account", "key"), MEASURED)
def test_a_measure_of_an_account_comes_out_as_by_hand(
    company: Caller, account: str, key: str
) -> None:
    found = measured(account, key, DAY)
    assert found is not None
    assert float(found) == pytest.approx(float(MEASURED[account, key]), abs=1e-7)
