"""A page does not wait for what takes long: a job computes it, and the page shows it then."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import jobs
from accounts.figures_jobs import BACKFILL
from accounts.models import Job
from metrics.figures import time_limit
from metrics.figures.segments import Segment
from metrics.figures.time_limit import FiguresTakeLong, limited, page_limit
from metrics.models import Night
from metrics.pipeline import nightly
from tenants.calendar import last_closed_day
from tenants.models import Tenant
from tests.accounts.files import Sending
from tests.conftest import client_of

ONE = "external_id,name\nA-1,Tidy Co\n"
SOLD = (
    "external_id,account_external_id,plan,amount,currency,interval,started_on\n"
    "S-1,A-1,Pro,50,EUR,month,{day}\n"
)
DAY = date(2026, 5, 31)
TITLE = "Figures are being calculated"
AWAITED = "It is being calculated."


@pytest.fixture
def book(committed_acme: Tenant, settings: Settings) -> Tenant:
    """An account that pays fifty euros a month, of which no page waits for a figure."""
    send = Sending(committed_acme)
    send("accounts", ONE)
    send("subscriptions", SOLD.format(day="2026-04-10"))
    settings.PAGE_FIGURES_SECONDS = 0
    return committed_acme


@pytest.fixture
def alice(book: Tenant) -> Client:
    return client_of("alice@acme.test")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def asked() -> list[list[str]]:
    found = Job.objects.filter(kind=BACKFILL).order_by("pk")
    return [job.parameters["days"] for job in found]


def run_jobs() -> None:
    for job in Job.objects.filter(kind=BACKFILL, state=Job.State.QUEUED):
        jobs.run(number=job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == ("done", "")


def test_a_day_that_no_night_has_stored_is_computed_by_a_job(alice: Client) -> None:
    path = f"/kpis/mrr/?date={DAY}"
    assert TITLE in page(alice, path)
    assert asked() == [[f"{DAY}"]]
    run_jobs()
    shown = page(alice, f"{path}&period=day")
    assert TITLE not in shown
    assert "€50.00" in shown


@pytest.mark.parametrize("path", ["/kpis/", "/kpis/mrr/", "/revenue/", "/kpis/nps/"])
def test_each_page_of_figures_follows_the_job(path: str, alice: Client) -> None:
    shown = page(alice, f"{path}?date={DAY}")
    assert TITLE in shown
    assert f'id="work-{Job.objects.get(kind=BACKFILL).pk}" data-poll' in shown


def test_a_page_that_looks_again_asks_for_nothing_more(alice: Client) -> None:
    for _time in range(3):
        page(alice, f"/kpis/mrr/?date={DAY}")
    assert asked() == [[f"{DAY}"]]


def test_a_trend_shows_what_is_stored_until_the_rest_is_there(alice: Client, book: Tenant) -> None:
    nightly.run(tenant=book, day=DAY, by_hand=True)
    path = f"/kpis/mrr/?date={DAY}"
    shown = page(alice, path)
    assert "€50.00" in shown
    assert AWAITED in shown
    assert f"{DAY}" not in asked()[0]
    assert {"2026-04-30", "2025-05-31"} <= {*asked()[0]}
    run_jobs()
    assert AWAITED not in page(alice, path)


def test_home_shows_its_accounts_without_figures_that_take_long(alice: Client) -> None:
    shown = page(alice, f"/?date={DAY}")
    assert "Tidy Co" in shown
    assert "The figures of past days are being calculated" in shown
    assert "First steps" not in shown
    run_jobs()
    assert "€50.00" in page(alice, f"/?date={DAY}")


def test_a_day_that_is_not_over_is_read_from_the_facts(alice: Client, book: Tenant) -> None:
    today = last_closed_day(moment=timezone.now(), zone=book.timezone) + timedelta(days=1)
    assert "€50.00" in page(alice, f"/kpis/mrr/?date={today}&period=day&segment=plan:Pro")
    assert TITLE not in page(alice, f"/kpis/mrr/?date={today}&period=day")


def test_what_no_night_stores_is_read_from_the_facts(alice: Client) -> None:
    assert "€50.00" in page(alice, f"/kpis/mrr/?date={DAY}&segment=plan:Pro")
    assert asked() == []


def test_programs_wait_for_the_facts(alice: Client) -> None:
    answer = alice.get(f"/api/v1/kpis/mrr/?date={DAY}")
    assert answer.json()["value"] == 50
    assert asked() == []


def test_a_figure_that_comes_in_time_is_shown_at_once(alice: Client, settings: Settings) -> None:
    settings.PAGE_FIGURES_SECONDS = 60
    assert "€50.00" in page(alice, f"/kpis/mrr/?date={DAY}")
    assert asked() == []
    assert not Night.objects.exists()


def test_the_database_stops_what_takes_longer_and_goes_on(acme: Tenant) -> None:
    with page_limit(seconds=0.1, last_closed_day=DAY), connection.cursor() as cursor:
        with pytest.raises(FiguresTakeLong) as stopped, limited([DAY], segment=None):
            cursor.execute("SELECT pg_sleep(20)")
        assert stopped.value.days == [DAY]
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)
        time_limit.wait_for([DAY])
        assert time_limit.awaited() == [DAY]
    assert time_limit.awaited() == []


@pytest.mark.parametrize(
    ("day", "segment"),
    [(DAY + timedelta(days=1), None), (DAY, Segment("plan", "Pro"))],
)
def test_where_no_night_helps_there_is_no_limit(
    day: date, segment: Segment | None, acme: Tenant
) -> None:
    with page_limit(seconds=0, last_closed_day=DAY), limited([day], segment=segment):
        assert Night.objects.count() == 0
