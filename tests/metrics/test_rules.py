"""What a tenant chooses where the field disagrees, and the rows at the edges of the rules."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import (
    Account,
    CountingRules,
    DirtyDay,
    LiveMovement,
    MrrPhase,
    Rate,
    Subscription,
)
from metrics.analysis.cohorts import cohorts, members
from metrics.analysis.goals import Progress, progress
from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.readings import Reading
from metrics.models import Goal, Night
from metrics.windows.periods import Period
from tenants.context import inside
from tenants.models import Tenant
from tests.accounts.files import Sending
from tests.accounts.rest import Program
from tests.metrics import worked
from tests.metrics.rest import Caller

pytestmark = pytest.mark.django_db
JUNE = date(2024, 6, 30)
HEAD = "external_id,account_external_id,plan,amount,interval,started_on"


@pytest.fixture
def send(acme: Tenant) -> Sending:
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    return send


def read(key: str, day: date = JUNE, variant: str = "", period: Period = Period.MONTH) -> Reading:
    return KpiReader(KpiQuery(day=day, period=period)).compare(METRICS[key], variant).reading


def value(key: str, day: date = JUNE, variant: str = "") -> Decimal | None:
    return read(key, day, variant).value


def choose(**rules: object) -> None:
    CountingRules.objects.update(**rules)


def called_off_in_may(send: Sending) -> None:
    """Cancelled on 10 May, served until the end of June."""
    send(
        "subscriptions",
        f"{HEAD},cancelled_on,ended_on\ns,a,P,100,month,2024-01-01,2024-05-10,2024-07-01\n",
    )


def test_a_cancelled_subscription_is_lost_when_its_service_ends(send: Sending) -> None:
    called_off_in_may(send)
    assert [value("mrr", day) for day in (date(2024, 5, 31), JUNE)] == [100, 100]
    assert value("churned_mrr", date(2024, 7, 31)) == 100
    assert read("mrr").variant == "all"


def test_or_when_it_is_cancelled_where_the_rules_say_so(send: Sending) -> None:
    called_off_in_may(send)
    choose(churn_at="cancellation")
    assert value("mrr", date(2024, 5, 31)) == value("customers", date(2024, 5, 31)) == 0
    assert value("churned_mrr", date(2024, 5, 31)) == 100
    assert value("churned_mrr", date(2024, 7, 31)) == 0
    assert read("mrr").variant == "cancellation"
    assert value("mrr", variant="all") == 100


@pytest.mark.parametrize(("discounts", "mrr"), [("all", 30), ("forever", 60), ("none", 60)])
def test_a_yearly_plan_with_a_discount_that_expires(
    send: Sending, discounts: str, mrr: int
) -> None:
    send(
        "subscriptions",
        f"{HEAD},discount_percent,discount_ends_on\ns,a,P,720,year,2024-01-01,50,2024-12-01\n",
    )
    choose(discounts=discounts)
    assert value("mrr") == value("arpa") == mrr
    assert read("mrr").variant == discounts
    assert value("mrr", date(2024, 12, 31)) == 60


def test_a_trial_that_never_pays_is_no_customer(send: Sending) -> None:
    send(
        "subscriptions",
        f"{HEAD},trial_ends_on,ended_on\ns,a,P,10,month,2024-06-01,2024-06-20,2024-06-20\n",
    )
    assert [value("customers"), value("new_customers")] == [0, 0]
    assert value("trial_conversion_rate") == 0


def test_a_pause_over_the_end_of_a_month_is_churn_and_a_return(send: Sending) -> None:
    send(
        "subscriptions",
        f"{HEAD},paused_from,paused_until\ns,a,P,10,month,2024-01-01,2024-06-20,2024-07-05\n",
    )
    assert [value("mrr"), value("churned_mrr")] == [0, 10]
    assert value("reactivation_mrr", date(2024, 7, 31)) == 10


def test_one_of_two_subscriptions_that_ends_is_a_contraction(send: Sending) -> None:
    rows = "s,a,P,10,month,2024-01-01,2024-06-10\nt,a,P,5,month,2024-01-01,\n"
    send("subscriptions", f"{HEAD},ended_on\n{rows}")
    assert [value("contraction_mrr"), value("churned_mrr")] == [10, 0]
    assert value("customer_churn_rate") == 0


def test_a_free_plan_that_becomes_paid_is_new(send: Sending) -> None:
    send("subscriptions", f"{HEAD}\ns,a,P,0,month,2024-01-01\n")
    send("subscription_changes", "subscription_external_id,effective_on,amount\ns,2024-06-10,25\n")
    assert [value("new_mrr"), value("free_to_paid_rate")] == [25, 100]


def test_who_leaves_and_comes_back_twice_in_a_month_is_not_lost(send: Sending) -> None:
    stays = (("01-01", "06-05"), ("06-08", "06-12"), ("06-20", ""))
    rows = "".join(
        f"s{first},a,P,10,month,2024-{first},{f'2024-{last}' if last else ''}\n"
        for first, last in stays
    )
    send("subscriptions", f"{HEAD},ended_on\n{rows}")
    assert value("customer_churn_rate") == value("churned_customers") == 0
    assert [value("churned_mrr"), value("reactivation_mrr")] == [20, 20]


def test_a_leap_day_is_a_day_of_its_month(send: Sending) -> None:
    send("subscriptions", f"{HEAD},ended_on\ns,a,P,29,month,2024-02-29,2024-03-01\n")
    found = value("recurring_revenue", date(2024, 2, 29))
    assert found == pytest.approx(Decimal(1))


def test_a_negative_amount_is_refused_with_a_reason(send: Sending) -> None:
    assert send("subscriptions", f"{HEAD}\ns,a,P,-1,month,2024-01-01\n") == (0, 0, 0, 1)
    assert send.rejects[0].reason == "An amount must not be negative."


def test_the_hours_of_a_day_of_23_and_of_25_are_those_of_that_day(
    send: Sending, acme: Tenant
) -> None:
    acme.timezone = "Europe/Warsaw"
    rows = "".join(
        f"i{n},{begun},{ended}\n"
        for n, (begun, ended) in enumerate(
            [
                ("2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
                ("2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"),
            ]
        )
    )
    send("incidents", f"external_id,started_at,ended_at\n{rows}")
    for day, hours in ((date(2024, 3, 31), 23), (date(2024, 10, 27), 25)):
        found = KpiReader(KpiQuery(day=day, period=Period.DAY)).compare(METRICS["downtime_minutes"])
        assert found.reading.value == hours * 60


def test_money_without_a_rate_makes_mrr_unknown_by_its_name(send: Sending) -> None:
    send("rates", "currency,day,rate\nUSD,2024-01-01,0.5\n")
    rows = "s,a,P,10,month,2024-02-01,USD\nt,b,P,5,month,2024-01-01,EUR\n"
    send("subscriptions", f"{HEAD},currency\n{rows}")
    assert value("mrr") == 10
    Rate.objects.filter(currency="USD").delete()
    mrr = read("mrr")
    assert (mrr.value, mrr.n) == (None, 2)
    assert "USD 2024-02-01" in str(mrr.reason)
    assert value("customers") == 2
    assert LiveMovement.objects.get(account__external_id="a").amount is None
    assert value("nrr") is value("new_mrr", date(2024, 2, 29)) is None


def test_where_nothing_is_subscribed_to_who_buys_is_a_customer(send: Sending) -> None:
    bought = "p,a,2024-03-15,10\nq,b,2024-06-20,10\n"
    send("purchases", f"external_id,account_external_id,occurred_on,amount\n{bought}")
    # Ant's ninety days end on 12 June.
    assert value("customers", date(2024, 6, 12)) == 1
    assert [value("customers"), value("new_customers"), value("churned_customers")] == [1, 1, 1]
    assert value("customer_churn_rate") == 100
    choose(bought_within_days=365)
    assert value("customers") == 2
    choose(customers_by="subscriptions")
    assert value("customers") == 0


def test_what_counts_as_activity_is_chosen(send: Sending) -> None:
    rows = "m,2024-06-30T10:00:00Z,u,a,open\nn,2024-06-30T10:00:00Z,v,a,look\n"
    send("events", f"message_id,occurred_at,user_id,account_external_id,event\n{rows}")
    assert value("dau") == 2
    choose(activity_events=["open"])
    assert value("dau") == 1


def test_key_features_and_who_could_use_them_are_chosen(send: Sending) -> None:
    send("subscriptions", f"{HEAD}\ns,a,P,10,month,2024-01-01\n")
    header = "message_id,occurred_at,user_id,account_external_id,event,feature\n"
    send(
        "events", header + "m,2024-06-30T10:00:00Z,u,a,open,x\nn,2024-06-30T10:00:00Z,u,a,open,y\n"
    )
    # Ant alone is a customer, and uses both features that there are.
    assert value("feature_adoption") == 100
    choose(key_features=["x", "z"])
    assert value("feature_adoption") == 50
    choose(feature_base="accounts")
    assert value("feature_adoption") == 25


def test_another_rule_makes_every_night_stale(send: Sending) -> None:
    called_off_in_may(send)
    DirtyDay.objects.all().delete()
    choose(gross_margin=80)
    assert set(DirtyDay.objects.values_list("facts", "day")) == {("rules", date(1, 1, 1))}
    assert DirtyDay.objects.count() == 2


def form_of(page: Client) -> dict[str, object]:
    form = page.get("/settings/counting/").context["form"]
    values = {field.name: field.value() for field in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_an_admin_chooses_on_a_page(alice: Client, acme: Tenant) -> None:
    form = form_of(alice) | {
        "churn_at": "cancellation",
        "onboarding_steps": "signed up\r\n\r\nlive\r\n",
        "variant_customer_churn_rate": "all",
    }
    assert alice.post("/settings/counting/", form).status_code == 302
    rules = CountingRules.objects.get()
    assert (rules.churn_at, rules.onboarding_steps) == ("cancellation", ["signed up", "live"])
    assert rules.preferred_variants == {"customer_churn_rate": "all"}
    assert read("customer_churn_rate").variant == "all"


def test_who_says_to_sell_subscriptions_is_shown_their_lifetime_value(
    alice: Client, acme: Tenant
) -> None:
    choose(customers_by="purchases")
    assert read("clv").variant == "purchases"
    choose(customers_by="subscriptions")
    assert read("clv").variant == read("clv_cac_ratio").variant == "subscription"
    assert alice.post("/settings/counting/", form_of(alice)).status_code == 302
    assert CountingRules.objects.get().preferred_variants == {}
    form = form_of(alice) | {"variant_clv": "purchases"}
    assert alice.post("/settings/counting/", form).status_code == 302
    assert read("clv").variant == "purchases"


def test_a_subscription_that_is_called_off_changes_figures_from_that_day_on(
    send: Sending,
) -> None:
    head = f"{HEAD},cancelled_on,ended_on\n"
    send("subscriptions", f"{head}s,a,P,100,month,2024-01-01,,2024-07-01\n")
    DirtyDay.objects.all().delete()
    send("subscriptions", f"{head}s,a,P,100,month,2024-01-01,2024-05-10,2024-07-01\n")
    assert [one.day for one in DirtyDay.objects.all()] == [date(2024, 5, 10)]


def test_weeks_begin_on_the_day_that_the_tenant_chooses(alice: Client, acme: Tenant) -> None:
    def week() -> tuple[str, str]:
        answer = alice.get("/api/v1/kpis/mrr/?date=2024-07-03&period=week").json()
        return answer["start"], answer["previous"]["start"]

    assert week() == ("2024-07-01", "2024-06-24")
    assert "Sunday" in alice.get("/settings/counting/").content.decode()
    form = form_of(alice) | {"week_starts_on": "7"}
    assert alice.post("/settings/counting/", form).status_code == 302
    assert week() == ("2024-06-30", "2024-06-23")
    wrong = alice.post("/settings/counting/", form | {"week_starts_on": "8"})
    assert "week_starts_on" in wrong.context["form"].errors
    again = alice.patch("/api/v1/rules/", {"week_starts_on": None}, "application/json")
    assert (again.status_code, week()) == (200, ("2024-07-01", "2024-06-24"))


def test_an_admin_names_the_holidays(alice: Client, acme: Tenant) -> None:
    form = form_of(alice) | {"holidays": "2026-12-25\r\n\r\n 2026-05-01 \r\n"}
    assert alice.post("/settings/counting/", form).status_code == 302
    assert CountingRules.objects.get().holidays == [date(2026, 12, 25), date(2026, 5, 1)]
    assert alice.get("/api/v1/rules/").json()["holidays"] == ["2026-12-25", "2026-05-01"]
    assert form_of(alice)["holidays"] == "2026-12-25\n2026-05-01"
    wrong = alice.post("/settings/counting/", form | {"holidays": "05/04/2026"})
    assert "holidays" in wrong.context["form"].errors
    for body, status in (({"holidays": ["2026-11-11"]}, 200), ({"holidays": ["11/11/2026"]}, 400)):
        answer = alice.patch("/api/v1/rules/", body, "application/json")
        assert answer.status_code == status
    assert CountingRules.objects.get().holidays == [date(2026, 11, 11)]


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (
            {"preferred_variants": {"nrr": "sideways"}},
            *(422, "no_variant", "/preferred_variants/nrr"),
        ),
        ({"preferred_variants": {"nrr": ""}}, 422, "no_variant", "/preferred_variants/nrr"),
        ({"preferred_variants": {"luck": "all"}}, 422, "no_metric", "/preferred_variants/luck"),
        ({"preferred_variants": {"": ""}}, 422, "no_metric", "/preferred_variants/"),
        ({"business_from": "18:00:00"}, 422, "order", "/business_until"),
        (
            {"business_from": "09:00:00", "business_until": "09:00:00"},
            422,
            "order",
            "/business_until",
        ),
        ({"preferred_variants": {"nrr": None}}, 400, "null", "/preferred_variants/nrr"),
        ({"preferred_variants": ["nrr"]}, 400, "not_a_dict", "/preferred_variants"),
        ({"luck": 1}, 400, "column", "/luck"),
        ({"churn_at": "never"}, 400, "invalid_choice", "/churn_at"),
        ({"business_days": [8]}, 400, "max_value", "/business_days/0"),
        ({"key_features": [" "]}, 400, "blank", "/key_features/0"),
    ],
)
def test_rules_that_fit_and_cannot_be_are_told_from_those_that_do_not_fit(
    alice: Client, acme: Tenant, body: Any, status: int, code: str, pointer: str
) -> None:
    answer = alice.patch("/api/v1/rules/", body, "application/json")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    (problem,) = answer.json()["errors"]
    assert (problem["code"], problem["pointer"]) == (code, pointer)


def test_managers_name_no_holidays(bob: Client, acme: Tenant) -> None:
    body = {"holidays": ["2026-11-11"]}
    assert bob.patch("/api/v1/rules/", body, "application/json").status_code == 403


def test_a_rule_that_makes_no_sense_is_not_kept(alice: Client, acme: Tenant) -> None:
    form = form_of(alice) | {"gross_margin": "130", "business_from": "18:00"}
    answer = alice.post("/settings/counting/", form)
    assert answer.status_code == 422
    assert "gross_margin" in answer.context["form"].errors
    assert CountingRules.objects.get().gross_margin == 100


def test_every_phase_is_of_the_plan_that_holds_then(send: Sending) -> None:
    send("subscriptions", f"{HEAD}\ns,a,Small,10,month,2024-01-01\n")
    change = "subscription_external_id,effective_on,plan\ns,2024-06-10,Large\n"
    send("subscription_changes", change)
    plans = MrrPhase.objects.order_by("starts_on").values_list("plan", flat=True)
    assert list(plans) == ["Small", "Large"]
    assert Subscription.objects.get().plan == "Small"
    assert Account.objects.count() == 2


# From here on a company in a database of its own, over REST.


@pytest.fixture(scope="module")
def program(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    files = {
        "accounts": "external_id,name\na,=1+1\nb,Bee\n",
        "subscriptions": f"{HEAD},ended_on\ns,a,P,10,month,2024-05-01,\n"
        "t,b,P,30,month,2024-05-20,2024-06-10\n",
        "goals": "external_id,metric,target,starts_on,due_on\ng,mrr,60,2024-05-31,2024-07-31\n",
    }
    with django_db_blocker.unblock(), worked.company("rules", files, JUNE) as caller:
        yield caller


def test_the_rules_are_read_over_rest_and_changed_by_admins_alone(program: Caller) -> None:
    assert program.read("rules/")["churn_at"] == "period_end"
    body = {"churn_at": "cancellation"}
    answer = program.client.patch("/api/v1/rules/", body, content_type="application/json")
    assert answer.status_code == 403


def test_a_workbook_has_the_rows_of_the_file(program: Caller) -> None:
    query = {"date": JUNE.isoformat(), "period": "month", "format": "xlsx"}
    answer = program.get("kpis/mrr/rows/", **query)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet is not None
    head, row = [[cell.value for cell in line] for line in sheet.iter_rows()]
    result = dict(zip(head, row, strict=True))
    # A name that begins like a formula stays a name.
    assert (result["account_name"], result["counts"]) == ("=1+1", 10)
    assert sheet.cell(2, head.index("account_name") + 1).data_type == "s"


def test_a_cohort_says_who_is_left_of_it(program: Caller) -> None:
    with inside("acme"):
        (may,) = cohorts(JUNE, months=12)
        assert (may.month, may.size) == (date(2024, 5, 1), 2)
        result = [[cell.customers, cell.share, cell.mrr, cell.mrr_share] for cell in may.cells]
        assert result == [[2, 100, 40, 100], [1, 50, 10, 25]]
        rows = members(date(2024, 5, 1), on=JUNE).values_list("external_id", "here", "mrr_then")
        assert list(rows) == [("a", True, 10), ("b", False, 0)]


def standing(goal: Goal) -> Progress:
    return progress(goal, metric=METRICS[goal.metric], day=JUNE, first_weekday=1)


def test_a_goal_says_how_far_it_is(program: Caller) -> None:
    with inside("acme"):
        result = standing(Goal.objects.get())
        # From 40 towards 60, and now at 10.
        assert [result.then.value, result.now.value] == [40, 10]
        assert result.percent == 0
        assert result.state == "behind"
        Night.objects.all().delete()
        goal = Goal(metric="mrr", target=10, starts_on=date(2024, 5, 31), due_on=JUNE)
        assert standing(goal).state == "reached"
        lower = Goal(metric="customer_churn_rate", target=20, starts_on=goal.starts_on, due_on=JUNE)
        assert standing(lower).state == "missed"


def test_a_rule_that_there_is_not_is_refused(acme: Tenant) -> None:
    program = Program(scope="admin")
    body = {"churn_at": "cancellation", "churned_at": "period_end"}
    answer = program("PATCH", "rules/", body)
    assert (program.last.status_code, answer["errors"][0]["pointer"]) == (400, "/churned_at")
    assert program("GET", "rules/")["churn_at"] == "period_end"
