"""How an admin, and nobody else, chooses the rules: on a page and over REST."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import CountingRules
from tenants.models import Tenant
from tests.accounts.rest import Program
from tests.metrics.june_2024 import choose, read

pytestmark = pytest.mark.django_db


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


def test_a_rule_that_there_is_not_is_refused(acme: Tenant) -> None:
    program = Program(scope="admin")
    body = {"churn_at": "cancellation", "churned_at": "period_end"}
    answer = program("PATCH", "rules/", body)
    assert (program.last.status_code, answer["errors"][0]["pointer"]) == (400, "/churned_at")
    assert program("GET", "rules/")["churn_at"] == "period_end"
