"""A scorecard over REST: its numbers, what it does not know, and whose it is."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account
from tenants.context import inside
from tests.health import OF_SUBSCRIPTIONS, only_model
from tests.metrics.rest import AMONG_OTHERS, PROBLEM, Caller, acme_over_rest, run_the_night


@pytest.fixture(scope="module")
def acme(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    with django_db_blocker.unblock(), acme_over_rest("cstest_scorecards") as caller:
        only_model(*OF_SUBSCRIPTIONS)
        run_the_night()
        yield caller


def test_a_scorecard_adds_up(acme: Caller) -> None:
    card = acme.read("accounts/alpha/scorecard/", date="2024-06-30")
    lines = {line["key"]: line for line in card["factors"]}
    assert set(card) == {
        *("account", "date", "score", "status", "coverage", "reason", "factors"),
    }
    assert set(lines["tenure"]) == {
        *("key", "name", "unit", "value", "worst", "best", "mark", "weight", "weight_share"),
        *("points", "missing_reason"),
    }
    assert list(lines) == ["tenure", "mrr_vs_segment", "mrr_change_90d"]
    assert (card["account"], card["date"], card["reason"]) == ("alpha", "2024-06-30", "")
    # 547 days, of months of 365.25 / 12 days: 17.97 of the 24 that earn the full mark.
    tenure = lines["tenure"]
    assert tenure["value"] == pytest.approx(547 / 365.25 * 12, abs=1e-9)
    assert (tenure["mark"], tenure["points"]) == (74.8802, pytest.approx(26.20807))
    assert (lines["mrr_vs_segment"]["mark"], card["score"], card["status"]) == (
        100,
        91.2081,
        "green",
    )
    assert (lines["mrr_change_90d"]["value"], lines["mrr_change_90d"]["mark"]) == (0, 100)
    assert sum(line["points"] for line in lines.values()) == pytest.approx(card["score"], abs=1e-4)
    assert sum(line["weight_share"] for line in lines.values()) == pytest.approx(100)
    assert card["coverage"] == 100


def test_a_scorecard_says_what_it_does_not_know(acme: Caller) -> None:
    card = acme.read("accounts/beta/scorecard/", date="2024-06-30")
    lines = {line["key"]: line for line in card["factors"]}
    assert (lines["tenure"]["value"], lines["tenure"]["mark"]) == (None, None)
    assert (lines["tenure"]["points"], lines["tenure"]["weight_share"]) == (None, 0)
    assert lines["tenure"]["missing_reason"] == "Unknown for an account that is no customer."


def test_a_scorecard_without_a_night_is_empty_and_says_so(acme: Caller) -> None:
    card = acme.read("accounts/alpha/scorecard/", date="2020-01-01")
    assert card == {
        "account": "alpha",
        "date": None,
        "score": None,
        "status": "",
        "coverage": 0,
        "reason": "No night has been run for this day.",
        "factors": [],
    }


def pk_of(external_id: str) -> int:
    with inside("acme"):
        return Account.objects.get(external_id=external_id).pk


def test_an_account_is_found_by_its_external_id_or_by_ours(acme: Caller) -> None:
    for reference in ("łódź 7", f"id:{pk_of('łódź 7')}"):
        assert acme.read(f"accounts/{reference}/scorecard/")["account"] == "łódź 7"


def test_an_external_id_goes_before_a_number_of_ours(acme: Caller) -> None:
    assert acme.read("accounts/12/scorecard/")["account"] == "12"


def test_an_account_whose_id_has_a_slash_is_addressed_encoded(acme: Caller) -> None:
    for reference in (f"id:{pk_of(AMONG_OTHERS)}", quote(AMONG_OTHERS, safe="")):
        assert acme.read(f"accounts/{reference}/scorecard/")["account"] == AMONG_OTHERS


def test_a_number_of_ours_alone_names_nobody(acme: Caller) -> None:
    assert acme.get(f"accounts/{pk_of(AMONG_OTHERS)}/scorecard/").status_code == 404


@pytest.mark.parametrize(
    "reference",
    ["nobody", "0", "-1", "9" * 18, "9" * 19, "9" * 400, "٣", "a\0b", "%00", "'", "1.0", "alpha "],
)
def test_an_account_that_is_not_there_is_a_problem_of_404(acme: Caller, reference: str) -> None:
    response = acme.get(f"accounts/{reference}/scorecard/")
    assert (response.status_code, response.headers["Content-Type"]) == (404, PROBLEM)
