"""The made-up sample: the same at every making, joined, and one story."""

from collections import Counter
from datetime import date, timedelta
from statistics import mean
from typing import Any

import pytest

from accounts import jobs
from accounts.models import Account, Import, Job
from csplatform.demo.sample import sample_rows
from tenants.context import inside
from tests.conftest import client_of

LAST = date(2026, 10, 31)
ROWS = sample_rows(last_day=LAST)


def keys(kind: str, column: str = "external_id") -> set[str]:
    return {row[column] for row in ROWS[kind]}


def test_it_is_the_same_at_every_making() -> None:
    assert sample_rows(last_day=LAST) == ROWS
    assert sample_rows(last_day=LAST, seed=1) != ROWS


@pytest.mark.parametrize(
    ("kinds", "column", "among"),
    [
        (("contacts", "subscriptions", "events", "responses"), "account_external_id", "accounts"),
        (("purchases", "activities", "measurements"), "account_external_id", "accounts"),
        (("subscription_changes", "renewals"), "subscription_external_id", "subscriptions"),
        (("responses", "activities"), "contact_external_id", "contacts"),
    ],
)
def test_every_row_points_to_one_that_is_there(
    kinds: tuple[str, ...], column: str, among: str
) -> None:
    for kind in kinds:
        assert keys(kind, column) - {""} <= keys(among)


def test_comments_come_in_four_languages() -> None:
    details = Counter(row["language"] for row in ROWS["responses"] if row["comment"])
    assert set(details) == {"en", "pl", "fa", "ar"}
    assert min(details.values()) > 30


def test_who_leaves_was_less_happy_and_came_less_often() -> None:
    gone = {row["external_id"] for row in ROWS["accounts"] if row["stage"] == "churned"}
    assert 6 <= len(gone) <= 12
    scores: dict[bool, list[int]] = {True: [], False: []}
    for row in ROWS["responses"]:
        if row["kind"] == "nps" and row["score"]:
            scores[row["account_external_id"] in gone].append(int(row["score"]))
    assert mean(scores[True]) < mean(scores[False])
    ends = {row["account_external_id"]: row["ended_on"] for row in ROWS["subscriptions"]}
    late = earlier = 0
    for row in ROWS["events"]:
        if row["account_external_id"] in gone:
            before = date.fromisoformat(ends[row["account_external_id"]]) - date.fromisoformat(
                row["occurred_at"][:10]
            )
            late += before <= timedelta(30)
            earlier += timedelta(150) < before <= timedelta(180)
    assert late < earlier


def test_nothing_but_what_is_planned_lies_in_the_future() -> None:
    for kind, columns in {
        "events": ["occurred_at"],
        "responses": ["answered_at"],
        "activities": ["at"],
        "purchases": ["occurred_on"],
        "subscriptions": ["started_on", "ended_on", "cancelled_on"],
        "renewals": ["renewed_on"],
        "measurements": ["day"],
        "subscription_changes": ["effective_on"],
    }.items():
        for row in ROWS[kind]:
            assert all(row[column][:10] <= LAST.isoformat() for column in columns), (kind, row)


def test_an_add_on_is_sold_once_and_a_free_plan_becomes_one_at_its_price() -> None:
    sold = {row["external_id"]: row for row in ROWS["subscriptions"]}
    for change in ROWS["subscription_changes"]:
        one = sold[change["subscription_external_id"]]
        assert not one["plan"].startswith("Add-on")
        assert not one["ended_on"] or change["effective_on"] < one["ended_on"]
        if change["amount"]:
            months = {"month": 1, "quarter": 3, "year": 12}[one["interval"]]
            assert int(change["amount"]) % months == 0
            assert int(change["amount"]) // months in (14, 18, 22)


def test_in_another_currency_the_rates_are_against_that() -> None:
    rows = sample_rows(last_day=LAST, currency="PLN")
    assert {row["currency"] for row in rows["rates"]} == {"USD"}
    assert all(3.6 < float(row["rate"]) < 4.4 for row in rows["rates"])
    assert {row["currency"] for row in rows["costs"]} == {"PLN"}


@pytest.mark.long
@pytest.mark.django_db(databases=["default", "ledger"])
def test_it_comes_in_and_goes_by_one_click_and_leaves_what_was_there() -> None:
    alice = client_of("alice@acme.test")
    with inside("acme"):
        Account.objects.create(external_id="mine", name="Mine")
    assert click(alice, {"in": "1"}) == "done"
    with inside("acme"):
        assert Account.objects.count() == 61
        assert Import.objects.filter(source="sample", rejected=0).count() == 18
    assert "Take the sample out" in alice.get("/data/").content.decode()
    assert click(alice, {"out": "1"}) == "done"
    with inside("acme"):
        assert [one.external_id for one in Account.objects.all()] == ["mine"]
        assert Job.objects.get(kind="sample_out").result["left"] == 0


def click(client: Any, form: dict[str, str]) -> str:
    answer = client.post("/data/sample/", form)
    number = int(answer["Location"].strip("/").split("/")[-1])
    with inside("acme"):
        jobs.run(number=number)
        return str(Job.objects.get(pk=number).state)
