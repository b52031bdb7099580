"""The ledger of the nights: planned once, claimed once, taken back from whoever fell silent."""

import logging
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from tenants import nights
from tenants.context import find
from tenants.models import NightRun, Tenant

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = date(2026, 3, 9)


@pytest.fixture
def acme(own_database: str) -> Tenant:
    """Acme as the public schema knows it, in a database where the ledger's commits are real."""
    return find(slug="acme")


def planned(slug: str = "acme") -> list[date]:
    runs = NightRun.objects.using("ledger").filter(tenant__slug=slug).order_by("local_date")
    return list(runs.values_list("local_date", flat=True))


def the_run() -> NightRun:
    return NightRun.objects.using("ledger").get()


def fail(tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), nights.attempt(tenant=tenant, day=DAY) as attempt:
        attempt.at_stage("measure")
        raise ZeroDivisionError("once more")


def test_a_first_plan_is_of_the_day_that_is_closed_and_a_later_one_leaves_no_day_out(
    acme: Tenant,
) -> None:
    assert nights.plan(now=NOON) == 2
    assert [planned("acme"), planned("globex"), planned("platform")] == [[DAY], [DAY], []]
    assert nights.plan(now=NOON) == 0
    nights.plan(now=NOON + timedelta(days=3))
    assert planned() == [DAY + timedelta(days=n) for n in range(4)]
    nights.plan(now=NOON + timedelta(days=400))
    assert len(planned()) == 4 + nights.LONGEST_CATCH_UP + 1


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", datetime(2026, 3, 10, 1, 59, tzinfo=UTC), date(2026, 3, 8)),
        ("UTC", datetime(2026, 3, 10, 2, 0, tzinfo=UTC), date(2026, 3, 9)),
        ("Pacific/Kiritimati", datetime(2026, 3, 10, 12, tzinfo=UTC), date(2026, 3, 10)),
        ("America/Los_Angeles", datetime(2026, 3, 10, 8, 59, tzinfo=UTC), date(2026, 3, 8)),
        ("Europe/Warsaw", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 27)),
        ("Europe/Warsaw", datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 28)),
    ],
)
def test_a_night_is_due_two_hours_after_the_local_midnight(
    acme: Tenant, zone: str, moment: datetime, day: date
) -> None:
    Tenant.objects.filter(pk=acme.pk).update(timezone=zone)
    nights.plan(now=moment)
    assert planned() == [day]


def test_a_zone_that_nobody_knows_stops_its_tenants_alone(
    acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    Tenant.objects.filter(pk=acme.pk).update(timezone="Mars/Olympus")
    assert nights.plan(now=NOON) == 1
    assert [planned("acme"), planned("globex")] == [[], [DAY]]
    assert "Mars/Olympus" in caplog.text


def test_a_tenant_that_is_not_open_is_neither_planned_nor_queued(acme: Tenant) -> None:
    nights.plan(now=NOON)
    Tenant.objects.filter(pk=acme.pk).update(state=Tenant.State.SUSPENDED)
    assert nights.to_queue(now=NOON) == [("globex", DAY)]
    nights.plan(now=NOON + timedelta(days=1))
    assert planned() == [DAY]


def test_what_waits_is_queued_once_and_again_when_the_broker_has_lost_it(acme: Tenant) -> None:
    nights.plan(now=NOON)
    assert sorted(nights.to_queue(now=NOON)) == [("acme", DAY), ("globex", DAY)]
    assert nights.to_queue(now=NOON + timedelta(seconds=179)) == []
    assert len(nights.to_queue(now=NOON + timedelta(seconds=181))) == 2


def test_a_night_is_run_by_one_and_once_unless_asked_for_by_hand(acme: Tenant) -> None:
    with nights.attempt(tenant=acme, day=DAY) as attempt:
        attempt.at_stage("health")
        assert [the_run().state, the_run().stage] == ["running", "health"]
        with pytest.raises(nights.NotOurs), nights.attempt(tenant=acme, day=DAY, by_hand=True):
            pass
    assert [the_run().state, the_run().attempts, the_run().stage] == ["done", 1, ""]
    with pytest.raises(nights.NotOurs), nights.attempt(tenant=acme, day=DAY):
        pass
    with nights.attempt(tenant=acme, day=DAY, by_hand=True):
        pass
    assert [the_run().state, the_run().attempts] == ["done", 2]


def test_three_failures_in_a_row_park_a_night_and_raise_an_alert(
    acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    for failures in (1, 2):
        fail(acme)
        assert [the_run().state, the_run().failures] == ["pending", failures]
        assert the_run().error == "ZeroDivisionError: once more"
    assert caplog.text == ""
    fail(acme)
    assert [the_run().state, the_run().attempts] == ["parked", 3]
    assert (logging.ERROR, "csplatform.alerts") in [(r.levelno, r.name) for r in caplog.records]
    assert "stage=measure error=ZeroDivisionError: once more" in caplog.text
    assert nights.to_queue(now=timezone.now()) == []


def test_a_night_that_ends_forgets_its_failures(acme: Tenant) -> None:
    fail(acme)
    with nights.attempt(tenant=acme, day=DAY):
        pass
    assert [the_run().state, the_run().attempts, the_run().failures] == ["done", 2, 0]


def test_a_night_whose_runner_is_silent_goes_back_to_the_queue(acme: Tenant) -> None:
    with nights.attempt(tenant=acme, day=DAY):
        now = timezone.now()
        nights.reconcile(now=now + timedelta(seconds=59))
        assert the_run().state == "running"
        nights.reconcile(now=now + timedelta(seconds=61))
        assert [the_run().state, the_run().failures] == ["pending", 1]
        assert nights.to_queue(now=now) == [("acme", DAY)]


def test_a_heart_beats_beside_the_work(acme: Tenant, settings: LazySettings) -> None:
    settings.NIGHT_BEAT_SECONDS = 0.05
    with nights.attempt(tenant=acme, day=DAY):
        begun = the_run().heartbeat
        time.sleep(0.5)
        assert begun and (the_run().heartbeat or begun) > begun
    ended = the_run().heartbeat
    time.sleep(0.2)
    assert the_run().heartbeat == ended


def test_a_runner_that_was_given_up_does_not_write_its_end_over_the_next_ones(
    acme: Tenant,
) -> None:
    with ExitStack() as another_process:
        with pytest.raises(ZeroDivisionError), nights.attempt(tenant=acme, day=DAY) as stalled:
            nights.reconcile(now=timezone.now() + timedelta(minutes=5))
            another_process.enter_context(nights.attempt(tenant=acme, day=DAY))
            stalled.at_stage("snapshot")
            raise ZeroDivisionError
        assert [the_run().state, the_run().attempts, the_run().stage] == ["running", 2, ""]
    assert [the_run().state, the_run().attempts, the_run().failures] == ["done", 2, 0]
