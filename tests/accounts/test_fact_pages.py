"""Rows added and corrected by hand: the form is the declaration, the rules are the engine's."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.imports.kinds import KINDS
from accounts.models import Account, Cost, OnboardingStep, Rate, Renewal, Subscription
from accounts.pages.fact_form import columns_of
from tenants.context import inside
from tenants.models import Tenant

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
COST = {"occurred_on": "2024-06-17", "category": "sales", "amount": "1200.50"}


def result(answer: Any) -> dict[str, list[str]]:
    return {name: list(faults) for name, faults in answer.context["form"].errors.items()}


def stored(model: Any, *columns: str) -> list[tuple[Any, ...]]:
    with inside("acme"):
        return list(model.objects.order_by("pk").values_list(*columns))


@pytest.fixture
def ant(db: None) -> int:
    with inside("acme"):
        return Account.objects.create(external_id="ant", name="Ant").pk


def test_a_cost_is_added_by_hand(bob: Client) -> None:
    answer = bob.post("/data/rows/costs/new/", COST)
    assert (answer.status_code, answer["Location"]) == (302, "/data/rows/costs/")
    assert stored(Cost, "month", "category", "segment", "currency", "amount") == [
        (date(2024, 6, 1), "sales", "", "EUR", Decimal("1200.5000"))
    ]
    page = bob.get("/data/rows/costs/").content.decode()
    assert "Jun 2024" in page
    assert "1,200.50" in page


def test_the_engine_says_what_is_wrong_where_it_is_wrong(bob: Client) -> None:
    answer = bob.post("/data/rows/costs/new/", {"occurred_on": "June", "amount": "-1"})
    assert answer.status_code == 422
    assert result(answer) == {
        "occurred_on": ["This is not a date like 2026-01-31, between 1900 and 2199."],
        "category": ["This must not be empty."],
        "amount": ["An amount must not be negative."],
    }
    assert 'value="June"' in answer.content.decode()
    assert stored(Cost, "pk") == []


def test_money_without_a_rate_is_refused_by_name(bob: Client) -> None:
    answer = bob.post("/data/rows/costs/new/", {**COST, "currency": "USD"})
    assert result(answer) == {
        "currency": [
            "There is no exchange rate of this currency by that day. Import the rates first."
        ]
    }


def test_what_is_there_already_is_not_added_twice(bob: Client) -> None:
    bob.post("/data/rows/costs/new/", COST)
    answer = bob.post("/data/rows/costs/new/", {**COST, "amount": "7"})
    assert result(answer) == {"__all__": ["There is such a row already."]}
    assert stored(Cost, "amount") == [(Decimal("1200.5000"),)]


def test_a_rate_is_corrected_and_what_names_it_stays(bob: Client) -> None:
    with inside("acme"):
        rate = Rate.objects.create(currency="USD", day=date(2024, 1, 1), rate=Decimal("0.9"))
    path = f"/data/rows/rates/{rate.pk}/"
    assert 'value="2024-01-01"' in bob.get(path).content.decode()
    sent = {"currency": "GBP", "day": "2024-02-02", "rate": "0.9125"}
    assert bob.post(path, sent).status_code == 302
    with inside("acme"):
        rate.refresh_from_db()
    assert (rate.currency, rate.day, rate.rate) == ("USD", date(2024, 1, 1), Decimal("0.9125"))


def test_a_renewal_is_corrected_and_unticked(bob: Client, ant: int) -> None:
    with inside("acme"):
        plan = Subscription.objects.create(
            external_id="s",
            account_id=ant,
            plan="P",
            currency="EUR",
            amount=10,
            interval="year",
            started_on=date(2024, 1, 1),
        )
        renewal = Renewal.objects.create(
            subscription=plan, due_on=date(2025, 1, 1), auto_renew=True, amount=120
        )
    path = f"/data/rows/renewals/{renewal.pk}/"
    assert bob.post(path, {"renewed_on": "2025-01-03", "amount": ""}).status_code == 302
    assert stored(Renewal, "renewed_on", "auto_renew", "amount") == [
        (date(2025, 1, 3), False, None)
    ]


def test_a_step_of_onboarding_is_written_in_the_tenants_time(bob: Client, ant: int) -> None:
    Tenant.objects.filter(slug="acme").update(timezone="Europe/Warsaw")
    sent = {"account_external_id": "ant", "step": "kickoff", "reached_at": "2024-07-01T09:30"}
    assert bob.post("/data/rows/onboarding/new/", sent).status_code == 302
    with inside("acme"):
        step = OnboardingStep.objects.get()
    again = bob.get(f"/data/rows/onboarding/{step.pk}/").content.decode()
    assert step.reached_at.isoformat() == "2024-07-01T07:30:00+00:00"
    assert 'value="2024-07-01T09:30:00"' in again


def test_what_was_not_touched_is_not_written(bob: Client, ant: int) -> None:
    with inside("acme"):
        step = OnboardingStep.objects.create(
            account_id=ant, step="live", reached_at="2024-07-01T07:30:00.123456+00:00"
        )
    bob.post(f"/data/rows/onboarding/{step.pk}/", {"reached_at": "2024-07-01T07:30:00"})
    with inside("acme"):
        step.refresh_from_db()
    assert step.reached_at.microsecond == 123456


def test_the_address_can_say_whose_the_new_row_is(bob: Client) -> None:
    page = bob.get("/data/rows/onboarding/new/?account_external_id=ant")
    assert page.context["form"]["account_external_id"].value() == "ant"


def test_a_list_is_narrowed_by_account_and_by_day(bob: Client, ant: int) -> None:
    with inside("acme"):
        other = Account.objects.create(external_id="bee", name="Bee")
        for account, day in ((ant, "2024-07-01"), (ant, "2024-08-01"), (other.pk, "2024-07-01")):
            OnboardingStep.objects.create(
                account_id=account, step=f"s-{day}", reached_at=f"{day}T12:00:00Z"
            )
    query = "account_external_id=ant&reached_at_from=2024-07-01&reached_at_to=2024-07-31"
    page = bob.get(f"/data/rows/onboarding/?{query}")
    assert [[cell["text"] for cell in row["cells"]][:2] for row in page.context["rows"]] == [
        ["ant", "s-2024-07-01"]
    ]
    wrong = bob.get("/data/rows/onboarding/?reached_at_from=July")
    assert wrong.status_code == 400
    assert "This value cannot be looked for." in wrong.content.decode()


def test_rows_come_in_pages_the_latest_first(bob: Client) -> None:
    with inside("acme"):
        Account.objects.bulk_create(
            Account(external_id=f"a{n:03}", name=f"A {n}") for n in range(120)
        )
    page = bob.get("/data/rows/accounts/")
    seen = []
    while page.context["older"]:
        seen += [row["cells"][0]["text"] for row in page.context["rows"]]
        page = bob.get(f"/data/rows/accounts/?before={page.context['older']}")
    seen += [row["cells"][0]["text"] for row in page.context["rows"]]
    assert [name for name in seen if name.startswith("a")] == [
        f"a{n:03}" for n in reversed(range(120))
    ]


def test_only_an_admin_deletes(alice: Client, bob: Client, ant: int) -> None:
    path = f"/data/rows/accounts/{ant}/delete/"
    assert bob.post(path).status_code == 403
    assert "Delete" not in bob.get(f"/data/rows/accounts/{ant}/").content.decode()
    assert alice.post(path).status_code == 302
    assert stored(Account, "external_id") == []


def test_what_has_happened_is_not_corrected(bob: Client) -> None:
    assert [name for name, kind in KINDS.items() if kind.append_only] == ["events"]
    assert bob.get("/data/rows/events/").status_code == 404
    assert bob.get("/data/rows/nothing/").status_code == 404


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.append_only])
def test_every_kind_has_its_list_and_its_form(bob: Client, name: str) -> None:
    assert bob.get(f"/data/rows/{name}/").status_code == 200
    page = bob.get(f"/data/rows/{name}/new/")
    assert list(page.context["form"].fields) == [one.name for one in columns_of(KINDS[name])]


def test_nul_and_rubbish_are_answered_in_the_form(bob: Client) -> None:
    answer = bob.post("/data/rows/costs/new/", {**COST, "segment": "a\0b"})
    assert answer.status_code == 422
    wrong = {"occurred_on": "9" * 5000, "category": "x" * 5000, "amount": "1e9"}
    assert set(result(bob.post("/data/rows/costs/new/", wrong))) == set(wrong)


@pytest.mark.parametrize("value", ["\0", "a\0b", "9" * 5000, "__class__"])
@pytest.mark.parametrize("name", ["account_external_id", "reached_at_from", "before"])
def test_nothing_in_a_filter_makes_the_list_fail(bob: Client, name: str, value: str) -> None:
    bob.raise_request_exception = False
    for path in ("/data/rows/onboarding/", "/api/v1/onboarding/"):
        assert bob.get(path, {name: value}).status_code in (200, 400)
