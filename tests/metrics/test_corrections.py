"""Facts of the past that are corrected: which nights are rebuilt, and what the page says of it."""

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account, Cost, DirtyDay, Purchase, Rate, Subscription
from accounts.models.rules import sync_timezone
from metrics.figures import revisions
from metrics.figures.readings import TO_BE_RECALCULATED
from metrics.models import KpiSnapshot, Night, Revision
from metrics.pipeline.nightly import compute, run, run_stale
from surveys.models import Response, Survey
from tenants.context import inside
from tenants.models import Tenant
from tests import databases
from tests.books import Sold, store
from tests.conftest import client_of

APRIL, MAY, JUNE = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)
MID_MAY = date(2026, 5, 15)
CHANGED = "Data has changed since the figures of"
Deed = Callable[[Account], Any]


def _three_nights() -> None:
    with inside("acme") as tenant:
        store([Sold("ant", Decimal(100), date(2026, 1, 1))])
        for day in (APRIL, MAY, JUNE):
            compute(tenant=tenant, day=day, at_stage=lambda stage: None)


THREE_NIGHTS = databases.Template(
    name="three_nights",
    build=_three_nights,
    base=databases.CAST,
    sources=(*databases.product_sources(), Path(__file__)),
)


@pytest.fixture
def nights(django_db_blocker: DjangoDbBlocker) -> Iterator[Tenant]:
    """A customer of 100 a month, and the nights of three months."""
    name = f"cstest_corrections_{os.getpid()}"
    with (
        django_db_blocker.unblock(),
        databases.clone(name, template=THREE_NIGHTS),
        inside("acme") as tenant,
    ):
        yield tenant


def answer(account: Account, at: str = "2026-05-15T12:00Z") -> Response:
    survey = Survey.objects.create(key="nps", name="NPS", kind="nps")
    return Response.objects.create(
        external_id="r", survey=survey, kind="nps", score=9, account=account, answered_at=at
    )


def purchase(account: Account) -> Purchase:
    return Purchase.objects.create(
        external_id="p", account=account, occurred_on=MID_MAY, amount=7, currency="EUR"
    )


def run_and_correct(tenant: Tenant, *, day: date) -> None:
    run(tenant=tenant, day=day, by_hand=True)
    run_stale(tenant=tenant)


DEEDS: dict[str, Deed] = {
    "a subscription's end": lambda account: account.subscriptions.update(ended_on=MID_MAY),
    "an answer": answer,
    "a purchase": purchase,
    "a cost": lambda account: Cost.objects.create(
        month=date(2026, 5, 1), category="sales", amount=9, currency="EUR"
    ),
    "an activity": lambda account: account.activities.create(
        external_id="a", kind="call", at="2026-05-15T12:00Z"
    ),
    "a measurement": lambda account: account.measurements.create(key="k", day=MID_MAY, value=1),
    "a renewal": lambda account: account.subscriptions.get().renewals.create(due_on=MID_MAY),
    "an event": lambda account: account.usage_events.create(
        message_id="m", occurred_at="2026-05-15T12:00Z", user_id="u", event="e"
    ),
}


FROM_ITS_MONTH = {"a cost": date(2026, 5, 1)}


@pytest.mark.django_db
@pytest.mark.parametrize("deed", DEEDS)
def test_whatever_is_written_of_the_past_marks_its_day(acme: Tenant, deed: str) -> None:
    store([Sold("ant", Decimal(100), date(2026, 1, 1))])
    DirtyDay.objects.all().delete()
    DEEDS[deed](Account.objects.get())
    assert revisions.first_day(zone=acme.timezone) == FROM_ITS_MONTH.get(deed, MID_MAY)


def test_a_late_fact_rebuilds_the_nights_from_its_day_on_and_no_others(nights: Tenant) -> None:
    before = dict(Night.objects.values_list("day", "computed_at"))
    answer(Account.objects.get())
    run_and_correct(nights, day=date(2026, 7, 1))
    after = dict(Night.objects.values_list("day", "computed_at"))
    assert {day for day in before if after[day] != before[day]} == {MAY, JUNE}
    assert not DirtyDay.objects.exists()


@pytest.mark.long
def test_an_account_that_turns_out_to_be_a_test_changes_every_night(nights: Tenant) -> None:
    Account.objects.update(is_test=True)
    run_and_correct(nights, day=date(2026, 7, 1))
    values = KpiSnapshot.objects.filter(
        key="mrr", variant="all", period="day", compared="", dimension=""
    )
    assert set(values.values_list("value", flat=True)) == {0}


def test_the_local_day_of_a_fact_is_what_counts(nights: Tenant) -> None:
    """Half past ten in the evening, UTC, of 31 May is 1 June in Warsaw."""
    nights.timezone = "Europe/Warsaw"
    sync_timezone(tenant=nights)
    DirtyDay.objects.all().delete()  # another zone is another past: that is told elsewhere
    before = dict(Night.objects.values_list("day", "computed_at"))
    answer(Account.objects.get(), at="2026-05-31T22:30Z")
    run_and_correct(nights, day=date(2026, 7, 1))
    after = dict(Night.objects.values_list("day", "computed_at"))
    assert {day for day in before if after[day] != before[day]} == {JUNE}


@pytest.mark.long
def test_what_a_rebuilt_night_changed_is_written_down(nights: Tenant) -> None:
    Subscription.objects.update(amount=80)
    run_and_correct(nights, day=date(2026, 7, 1))
    changed = Revision.objects.get(day=MAY, period="month", key="mrr", variant="all")
    assert [changed.was, changed.became] == [100, 80]
    assert changed.since < changed.at == Night.objects.get(day=MAY).computed_at
    assert not Revision.objects.filter(key="customers").exists()


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def page(nights: Tenant) -> Callable[[str], str]:
    client = client_of("alice@acme.test")
    return lambda key: text_of(client, f"/kpis/{key}/?date=2026-05-31&period=month")


def test_until_then_the_page_shows_the_figure_of_the_night_and_the_one_now(
    nights: Tenant, page: Callable[[str], str]
) -> None:
    assert CHANGED not in page("mrr")
    Subscription.objects.update(amount=80)
    shown = page("mrr")
    assert CHANGED in shown
    assert "<strong>€100.00</strong>" in shown
    assert "<strong>€80.00</strong>" in shown


def test_tile_chart_and_list_agree_while_corrections_are_pending(nights: Tenant) -> None:
    """One late fact: what nights wrote down is shown, and nothing that tells another story."""
    Subscription.objects.update(amount=80)
    client = client_of("alice@acme.test")
    home = client.get("/")
    (tile,) = [one for one in home.context["kpis"] if one.metric.key == "mrr"]
    (listed,) = home.context["accounts"]
    metric = client.get("/kpis/mrr/").context
    drawn = metric["chart"]["sets"][0]["data"]
    closing = [month.closing.value for month in client.get("/revenue/").context["months"]]
    assert tile.reading.value == listed.now.mrr == metric["kpi"].reading.value == 100
    assert drawn == [0] * 7 + [None] * 3 + [100] * 3
    assert closing == drawn[::-1]
    assert metric["kpi"].previous.value == 100
    for path in ("/", "/kpis/", "/kpis/mrr/", "/revenue/"):
        assert CHANGED in text_of(client, path), path


def points(query: str = "") -> list[dict[str, Any]]:
    """The series of the MRR over REST."""
    answer = client_of("alice@acme.test").get(f"/api/v1/kpis/mrr/series/?{query}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def test_points_over_rest_are_those_of_the_chart_while_corrections_are_pending(
    nights: Tenant,
) -> None:
    Subscription.objects.update(amount=80)
    found = points()
    drawn = client_of("alice@acme.test").get("/kpis/mrr/").context["chart"]["sets"][0]["data"]
    assert [one["value"] for one in found] == drawn == [0] * 7 + [None] * 3 + [100] * 3
    assert [one["reason"] for one in found] == [""] * 7 + [TO_BE_RECALCULATED] * 3 + [""] * 3
    # The first is what the night compared with: the year before.
    assert [one["from_facts"] for one in found] == [False] + [True] * 6 + [False] * 6


def test_a_segment_over_rest_is_that_of_its_page_while_corrections_are_pending(
    nights: Tenant,
) -> None:
    Subscription.objects.update(amount=80)
    client = client_of("alice@acme.test")
    for segment in ("segment:", "segment:none such", "account:none", "plan:Pro"):
        page = client.get("/kpis/mrr/", {"segment": segment}).context
        drawn = page["chart"]["sets"][0]["data"]
        assert [one["value"] for one in points(f"segment={segment}")] == drawn
        assert drawn[-1] == page["kpi"].reading.value


def test_a_chart_up_to_a_day_without_a_night_tells_one_story(nights: Tenant) -> None:
    """What July is worked out from is what May and June are worked out from."""
    Subscription.objects.update(amount=80)
    client = client_of("alice@acme.test")
    drawn = client.get("/kpis/mrr/?date=2026-07-10").context["chart"]["sets"][0]["data"]
    assert drawn[-7:] == [80] * 7
    assert [one["value"] for one in points("to=2026-07-10")] == drawn


def test_periods_before_what_has_changed_are_still_drawn(nights: Tenant) -> None:
    Subscription.objects.update(ended_on=date(2026, 6, 15))
    drawn = client_of("alice@acme.test").get("/kpis/mrr/").context["chart"]["sets"][0]["data"]
    assert drawn[-6:] == [100, 100, 100, 100, 100, 100]


def test_a_night_that_waits_to_be_computed_again_is_no_point_of_a_chart(nights: Tenant) -> None:
    """The latest night has been run with the new amount; May's still says the old one."""
    Subscription.objects.update(amount=80)
    compute(tenant=nights, day=JUNE, at_stage=lambda stage: None)
    client = client_of("alice@acme.test")
    assert client.get("/kpis/mrr/").context["chart"]["sets"][0]["data"][-3:] == [80, 80, 80]
    assert CHANGED not in text_of(client, "/")
    assert CHANGED in text_of(client, "/kpis/mrr/?date=2026-05-31")


@pytest.mark.long
def test_afterwards_the_page_says_what_it_was_and_which_facts_changed(
    nights: Tenant, page: Callable[[str], str]
) -> None:
    Subscription.objects.update(amount=80)
    run_and_correct(nights, day=date(2026, 7, 1))
    shown = page("mrr")
    assert "because facts were corrected" in shown
    assert "amount: 100.0 → 80.0" in shown
    assert "because facts were corrected" not in page("customers")


def test_money_without_a_rate_is_unknown_and_its_rows_are_named(
    nights: Tenant, page: Callable[[str], str]
) -> None:
    purchase(Account.objects.get())
    Rate.objects.all().delete()
    client = client_of("alice@acme.test")
    requested = "/kpis/non_recurring_revenue/?date=2026-05-15&period=month&part=excluded"
    shown = text_of(client, requested)
    assert "for want of an exchange rate: EUR 20" in shown
    assert "no exchange rate" in shown


def test_the_first_run_of_a_night_leaves_no_revision(nights: Tenant) -> None:
    assert not Revision.objects.exists()
    assert all(isinstance(night.computed_at, datetime) for night in Night.objects.all())
