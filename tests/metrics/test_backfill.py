"""After an import the months before are computed, in a job that lets others go first."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts import jobs
from accounts.figures_jobs import BACKFILL, SHORT_NIGHT, request
from accounts.models import Account, AccountNow, Job, Subscription
from metrics.catalogue import METRICS
from metrics.models import KpiSnapshot, Night
from metrics.pipeline.backfill import first_fact_day, missing_days
from support.models import Ticket
from tenants import nights
from tenants.calendar import last_closed_day
from tenants.models import Tenant
from tests.accounts.files import Sending

LATEST = date(2026, 3, 14)
ONE = "external_id,name,created_on\nA-1,Tidy Co,2026-01-20\n"
SOLD = (
    "external_id,account_external_id,plan,amount,currency,interval,started_on\n"
    "S-1,A-1,Pro,50,EUR,month,{day}\n"
)
ANSWERED = (
    "external_id,survey,kind,score,answered_at,account_external_id\n"
    "R-1,relationship,nps,9,{day}T12:00:00Z,A-1\n"
)


def wanted(tenant: Tenant) -> list[str]:
    return [day.isoformat() for day in missing_days(tenant=tenant, latest=LATEST)]


def sold(since: date) -> Subscription:
    account = Account.objects.create(external_id="A-1", name="Tidy Co", created_on=since)
    return Subscription.objects.create(
        external_id="S-1", account=account, amount=50, currency="EUR", started_on=since
    )


def test_thirteen_month_ends_and_the_days_that_lists_compare_with_are_wanted(acme: Tenant) -> None:
    sold(date(2020, 1, 1))
    assert wanted(acme) == [
        *("2026-03-07", "2026-02-28", "2026-02-21", "2026-02-14", "2026-02-12", "2026-02-07"),
        *("2026-01-31", "2026-01-24", "2026-01-17", "2026-01-10", "2026-01-03", "2025-12-31"),
        *("2025-12-27", "2025-11-30", "2025-10-31", "2025-09-30", "2025-08-31", "2025-07-31"),
        *("2025-06-30", "2025-05-31", "2025-04-30", "2025-03-31", "2025-02-28"),
    ]


def test_days_before_the_first_fact_are_not_wanted(acme: Tenant) -> None:
    sold(date(2026, 2, 12))
    assert wanted(acme) == ["2026-03-07", "2026-02-28", "2026-02-21", "2026-02-14", "2026-02-12"]


def test_what_a_night_has_computed_is_wanted_when_its_facts_have_changed(acme: Tenant) -> None:
    sold(date(2026, 2, 21))
    Night.objects.create(day=date(2026, 2, 28), computed_at=timezone.now())
    assert wanted(acme) == ["2026-03-07", "2026-02-21"]
    Night.objects.update(stale=True)
    assert wanted(acme) == ["2026-03-07", "2026-02-28", "2026-02-21"]


def test_nothing_is_wanted_of_a_book_without_dates(acme: Tenant) -> None:
    Account.objects.create(external_id="A-1", name="Tidy Co")
    assert wanted(acme) == []


def test_the_first_fact_is_dated_by_the_local_day(acme: Tenant) -> None:
    account = Account.objects.create(external_id="A-1", name="Tidy Co")
    at = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    Ticket.objects.create(
        external_id="T-1", account=account, subject="Help", status="new", opened_at=at
    )
    assert first_fact_day(zone="Europe/Warsaw") == date(2026, 3, 1)
    assert first_fact_day(zone="UTC") == date(2026, 2, 28)


def job(kind: str) -> Job:
    return Job.objects.filter(kind=kind).latest("pk")


def ran(kind: str) -> Job:
    found = job(kind)
    jobs.run(number=found.pk)
    found.refresh_from_db()
    assert (found.state, found.error) == ("done", "")
    return found


@pytest.fixture
def closed(committed_acme: Tenant) -> date:
    return last_closed_day(moment=timezone.now(), zone=committed_acme.timezone)


@pytest.fixture
def imported(committed_acme: Tenant, closed: date) -> Tenant:
    """Fifteen days of one account, and the figures of the last of them."""
    send = Sending(committed_acme)
    send("accounts", ONE)
    send("subscriptions", SOLD.format(day=closed - timedelta(days=15)))
    Account.objects.update(created_on=closed - timedelta(days=15))
    send("responses", ANSWERED.format(day=closed - timedelta(days=15)))
    ran(SHORT_NIGHT)
    return committed_acme


def test_the_figures_after_an_import_are_followed_by_those_of_the_months_before(
    imported: Tenant, closed: date
) -> None:
    days = missing_days(tenant=imported, latest=closed)
    assert {closed - timedelta(days=7), closed - timedelta(days=14)} <= {*days}
    found = ran(BACKFILL)
    assert found.result == {"computed": len(days), "left": 0}
    assert (found.done, found.total) == (len(days), len(days))
    assert missing_days(tenant=imported, latest=closed) == []
    mrr = KpiSnapshot.objects.filter(
        key="mrr", period="day", variant=METRICS["mrr"].default_variant, compared="", dimension=""
    )
    assert dict(mrr.values_list("day", "value")) == dict.fromkeys([*days, closed], 50)


def test_lists_show_the_scores_of_the_weeks_before(imported: Tenant) -> None:
    scored = AccountNow.objects.get().weeks
    assert scored[:-1] == [None] * 11
    ran(BACKFILL)
    now = AccountNow.objects.get()
    assert [score is not None for score in now.weeks] == [False] * 9 + [True] * 3


def test_what_else_waits_goes_first_and_the_rest_comes_after_it(imported: Tenant) -> None:
    first = job(BACKFILL)
    request(SHORT_NIGHT, schema_name="acme")
    days = missing_days(tenant=imported, latest=Night.objects.get().day)
    assert ran(BACKFILL).result == {"computed": 1, "left": len(days) - 1}
    assert job(BACKFILL).pk > first.pk
    assert job(BACKFILL).state == Job.State.QUEUED
    ran(SHORT_NIGHT)
    assert ran(BACKFILL).result == {"computed": len(days) - 1, "left": 0}


def test_a_day_that_somebody_else_computes_is_passed_over(imported: Tenant, closed: date) -> None:
    first, *rest = missing_days(tenant=imported, latest=closed)
    with nights.attempt(tenant=imported, day=first, by_hand=True):
        ran(BACKFILL)
    assert missing_days(tenant=imported, latest=closed) == [first]
    assert Night.objects.count() == len(rest) + 1


def test_a_book_whose_past_is_computed_asks_for_nothing(imported: Tenant) -> None:
    ran(BACKFILL)
    last = job(BACKFILL)
    Sending(imported)("contacts", "external_id,account_external_id\nC-1,A-1\n")
    ran(SHORT_NIGHT)
    assert job(BACKFILL).pk == last.pk
