"""What is stored was checked by what reads it, and one bad row kills no list."""

from typing import Any

import pytest
from django.test import Client

from metrics.catalogue.own import account_metrics, all_metrics
from metrics.models import Goal, OwnMetric
from tenants.context import as_owner, tenant_connection
from tenants.models import Tenant
from tests.accounts.rest import Program

pytestmark = pytest.mark.django_db

GOOD = {
    "metric": "nps",
    "period": "trailing_12m",
    "target": "40",
    "starts_on": "2024-01-01",
    "due_on": "2024-06-30",
}
TAKEN = "The product itself has a metric of this key."
# What fits the description and cannot be taken is a 422 over REST, else a 400.
WRONG = [
    ("segment", "account:zzz", 422),
    ("segment", "account:1", 422),
    ("segment", "mood:good", 422),
    ("segment", "segment", 422),
    ("period", "fortnight", 400),
    ("due_on", "9999-12-31", 400),
    ("starts_on", "0001-01-01", 400),
]


@pytest.mark.parametrize(("column", "value", "status"), WRONG)
def test_a_goal_that_cannot_be_computed_is_refused_wherever_it_comes_in(
    acme: Tenant, alice: Client, column: str, value: str, status: int
) -> None:
    goal = GOOD | {column: value}
    program = Program()
    answer = program("POST", "goals/", goal | {"external_id": "g"})
    assert (program.last.status_code, answer["errors"][0]["pointer"]) == (status, f"/{column}")
    assert alice.post("/goals/", goal).status_code == 422
    refused = alice.post("/admin/metrics/goal/add/", goal | {"external_id": "g"})
    assert (refused.status_code, Goal.objects.count()) == (200, 0)


def test_a_goal_is_taken_over_its_own_period_and_else_over_thirty_days(
    acme: Tenant, alice: Client
) -> None:
    assert alice.post("/goals/", GOOD).status_code == 302
    (goal,) = Goal.objects.all()
    assert goal.period == "trailing_12m"
    page = alice.get("/goals/").content.decode()
    assert "/kpis/nps/?period=trailing_12m&amp;" in page
    assert '<span class="quiet">last 12 months</span>' in page
    program = Program()
    program(
        "POST", "goals/", {k: v for k, v in GOOD.items() if k != "period"} | {"external_id": "g"}
    )
    assert Goal.objects.get(external_id="g").period == "trailing_30d"


def test_a_goal_of_an_own_metric_knows_its_only_variant(acme: Tenant, alice: Client) -> None:
    OwnMetric.objects.create(key="visits", name="Visits", named="v")
    program = Program()
    goal = GOOD | {"metric": "visits", "external_id": "g"}
    answer = program("POST", "goals/", goal | {"variant": "lucky"})
    assert (program.last.status_code, answer["errors"][0]["pointer"]) == (422, "/variant")
    for number, variant in enumerate(("", "all")):
        program("POST", "goals/", goal | {"external_id": f"g{number}", "variant": variant})
        assert program.last.status_code == 201


def test_a_key_of_the_product_is_refused_wherever_a_metric_is_defined(
    acme: Tenant, alice: Client
) -> None:
    own = {"key": "mrr", "name": "Mine", "of": "events", "named": "e", "total": "sum"}
    own |= {"unit": "count", "direction": "higher"}
    Program()("POST", "own_metrics/", own)
    for path in ("/settings/metrics/", "/admin/metrics/ownmetric/add/"):
        assert (
            "The product itself has a metric of this key." in alice.post(path, own).content.decode()
        )
    assert not OwnMetric.objects.exists()


def test_a_goal_without_an_account_and_of_a_segment_comes_in(acme: Tenant, alice: Client) -> None:
    program = Program()
    for number, segment in enumerate(("account:none", "segment:Retail", "plan:a:b")):
        program("POST", "goals/", GOOD | {"external_id": f"g{number}", "segment": segment})
        assert program.last.status_code == 201
    assert alice.get("/goals/").status_code == 200


BAD: list[tuple[dict[str, Any], str]] = [
    ({"segment": "account:zzz"}, "Of accounts only “account:none” can be asked for."),
    ({"metric": "luck"}, "There is no such metric."),
    ({"variant": "lucky"}, "The metric has no such variant."),
    ({"starts_on": "0001-01-01"}, "Its dates or its numbers are out of bounds."),
]


@pytest.mark.parametrize(("change", "reason"), BAD)
def test_a_goal_that_was_stored_all_the_same_is_listed_with_its_reason(
    acme: Tenant, alice: Client, change: dict[str, Any], reason: str
) -> None:
    Goal.objects.create(external_id="good", **GOOD)
    Goal.objects.create(external_id="bad", **GOOD | change)
    page = alice.get("/goals/")
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert "/kpis/nps/" in page.content.decode()


def test_an_own_metric_that_makes_no_sense_takes_no_other_away(acme: Tenant) -> None:
    for key in ("good", "bad"):
        OwnMetric.objects.create(key=key, name=key, named="k")
    with as_owner("acme"), tenant_connection().cursor() as cursor:
        cursor.execute("UPDATE metrics_ownmetric SET unit = 'mood' WHERE key = 'bad'")
    assert ("good" in all_metrics(), "bad" in all_metrics()) == (True, False)
    assert ("good" in account_metrics(), "bad" in account_metrics()) == (True, False)
