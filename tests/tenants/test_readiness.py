"""What monitors ask: /healthz of a process, /readyz of the installation."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tenants import heartbeats, nights
from tenants.context import find
from tenants.models import NightRun

CLOSED_PORT = "redis://127.0.0.1:1/0"


@pytest.fixture
def ticked(ledger: None) -> None:
    heartbeats.beat(name=heartbeats.TICK, now=timezone.now())


def ready(host: str = "10.0.0.7:8000") -> tuple[int, dict[str, Any]]:
    answer = Client(headers={"host": host}).get("/readyz")
    return answer.status_code, answer.json()["checks"]


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "acme.localhost", "unknown.example"])
def test_a_process_says_that_it_lives_at_any_host_and_without_the_database(host: str) -> None:
    answer = Client(headers={"host": host}).get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": {}})
    assert answer["Cache-Control"] == "no-store"


def test_only_get_is_answered() -> None:
    assert Client(headers={"host": "x"}).post("/healthz").status_code == 405


def test_an_installation_that_ticks_is_ready(ticked: None) -> None:
    status, checks = ready()
    assert status == 200
    assert {name: check["ok"] for name, check in checks.items()} == dict.fromkeys(
        ["database", "broker", "last_tick", "oldest_run"], True
    )


def test_a_timetable_that_never_ran_is_not_ready(ledger: None) -> None:
    status, checks = ready()
    assert (status, checks["last_tick"]["ok"], checks["last_tick"]["seconds"]) == (503, False, None)


def test_a_timetable_that_stands_still_is_not_ready(ledger: None) -> None:
    late = timedelta(seconds=5 * settings.NIGHT_TICK_SECONDS + 5)
    heartbeats.beat(name=heartbeats.TICK, now=timezone.now() - late)
    status, checks = ready()
    assert (status, checks["last_tick"]["ok"]) == (503, False)


def test_a_broker_that_is_away_is_told(ticked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.conf, "broker_write_url", CLOSED_PORT)
    status, checks = ready()
    assert (status, checks["broker"]) == (503, {"ok": False})


def test_a_night_that_waits_too_long_is_told(ticked: None) -> None:
    NightRun.objects.create(tenant=find(slug="acme"), local_date=date(2024, 6, 1))
    status, checks = ready()
    assert (status, checks["oldest_run"]["ok"]) == (503, False)


def test_a_night_is_overdue_from_the_end_of_its_local_day_and_two_hours_on(ledger: None) -> None:
    acme = find(slug="acme")
    acme.timezone = "Asia/Tehran"
    acme.save()
    NightRun.objects.create(tenant=acme, local_date=date(2024, 6, 1))
    now = datetime(2024, 6, 2, 12, 0, tzinfo=UTC)
    assert nights.longest_overdue(now=now) == (12 + 3.5 - 2) * 3600


def test_a_night_that_is_computed_again_is_never_overdue(ledger: None) -> None:
    now = datetime(2024, 6, 2, 12, 0, tzinfo=UTC)
    NightRun.objects.create(
        tenant=find(slug="acme"), local_date=date(2023, 6, 1), reopened_at=now - timedelta(days=1)
    )
    assert nights.longest_overdue(now=now) == 0


def test_a_night_that_runs_counts_from_its_start(ledger: None) -> None:
    now = datetime(2024, 6, 2, 12, 0, tzinfo=UTC)
    NightRun.objects.create(
        tenant=find(slug="acme"),
        local_date=date(2020, 1, 1),
        state=NightRun.State.RUNNING,
        started_at=now - timedelta(minutes=3),
    )
    assert nights.longest_overdue(now=now) == 180
