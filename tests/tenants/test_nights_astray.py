"""The ledger when something is off: an unknown time zone, a runner that stalls or goes on."""

import threading
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import connections
from django.utils import timezone

from tenants import nights
from tenants.context import find
from tenants.models import NightRun, Tenant
from tenants.nights import NightUnavailable

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = date(2026, 3, 9)


@pytest.fixture
def acme(ledger: None) -> Tenant:
    """Acme as the public schema knows it."""
    return find(slug="acme")


def the_run() -> NightRun:
    return NightRun.objects.using("ledger").get()


def test_a_zone_that_nobody_knows_stops_its_tenants_alone(
    acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    Tenant.objects.filter(pk=acme.pk).update(timezone="Mars/Olympus")
    assert nights.plan(now=NOON) == 1
    assert the_run().tenant.slug == "globex"
    assert "Mars/Olympus" in caplog.text


def test_of_many_who_want_a_night_at_once_one_has_it(acme: Tenant) -> None:
    together, over = threading.Barrier(6, timeout=20), threading.Event()
    outcomes: list[str] = []

    def want() -> None:
        try:
            together.wait()
            with nights.attempt(tenant=acme, day=DAY):
                outcomes.append("ran")
                over.wait(20)
        except NightUnavailable:
            outcomes.append("refused")
        finally:
            connections.close_all()
            if outcomes.count("refused") == 5:
                over.set()

    threads = [threading.Thread(target=want) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["ran", *["refused"] * 5]
    assert [the_run().state, the_run().attempts] == ["done", 1]


def test_two_timetables_at_once_plan_each_night_once(acme: Tenant) -> None:
    together = threading.Barrier(4, timeout=20)
    new: list[int] = []

    def tick() -> None:
        try:
            together.wait()
            new.append(nights.plan(now=NOON))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(new) == NightRun.objects.count() == 2


def test_a_suspended_tenants_waiting_night_is_not_queued_until_it_is_back(acme: Tenant) -> None:
    nights.plan(now=NOON)
    Tenant.objects.filter(pk=acme.pk).update(state=Tenant.State.SUSPENDED)
    assert nights.to_queue(now=NOON) == [("globex", DAY)]
    Tenant.objects.filter(pk=acme.pk).update(state=Tenant.State.READY)
    assert nights.to_queue(now=NOON) == [("acme", DAY)]


def test_what_was_lost_is_queued_again_at_the_very_second(
    acme: Tenant, settings: LazySettings
) -> None:
    patience = timedelta(seconds=settings.NIGHT_QUEUED_AGAIN_SECONDS)
    nights.plan(now=NOON)
    assert len(nights.to_queue(now=NOON)) == 2
    assert nights.to_queue(now=NOON + patience) == []
    assert len(nights.to_queue(now=NOON + patience + timedelta(seconds=1))) == 2


def test_a_night_that_falls_silent_three_times_is_given_up_with_an_alert(
    acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    nights.plan(now=NOON)
    for attempt in range(1, 4):
        NightRun.objects.filter(tenant=acme).update(
            state="running", attempts=attempt, heartbeat=NOON - timedelta(hours=1)
        )
        nights.reconcile(now=NOON)
    run = NightRun.objects.get(tenant=acme)
    assert [run.state, run.failures] == ["parked", 3]
    assert caplog.text.count("night parked") == 1


def test_a_night_that_ends_forgets_its_failures(acme: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), nights.attempt(tenant=acme, day=DAY):
        raise ZeroDivisionError
    with nights.attempt(tenant=acme, day=DAY):
        assert the_run().failures == 1
    assert [the_run().state, the_run().attempts, the_run().failures] == ["done", 2, 0]


def test_a_heart_beats_beside_the_work_and_no_longer(acme: Tenant, settings: LazySettings) -> None:
    settings.NIGHT_BEAT_SECONDS = 0.05
    with nights.attempt(tenant=acme, day=DAY):
        begun = the_run().heartbeat
        time.sleep(0.5)
        assert begun is not None
        assert (the_run().heartbeat or begun) > begun
    ended = the_run().heartbeat
    time.sleep(0.2)
    assert the_run().heartbeat == ended


def test_a_runner_that_was_given_up_does_not_write_its_end_over_the_next_ones(
    acme: Tenant,
) -> None:
    with ExitStack() as another_process:
        with (
            pytest.raises(NightUnavailable, match="Another process"),
            nights.attempt(tenant=acme, day=DAY) as stalled,
        ):
            nights.reconcile(now=timezone.now() + timedelta(minutes=5))
            another_process.enter_context(nights.attempt(tenant=acme, day=DAY))
            stalled.at_stage("snapshot")
        assert [the_run().state, the_run().attempts, the_run().stage] == ["running", 2, ""]
    assert [the_run().state, the_run().attempts, the_run().failures] == ["done", 2, 0]
