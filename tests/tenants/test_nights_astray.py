"""The ledger when something is off: an unknown time zone, a runner that stalls or goes on."""

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


def the_run() -> NightRun:
    return NightRun.objects.using("ledger").get()


def test_a_zone_that_nobody_knows_stops_its_tenants_alone(
    acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    Tenant.objects.filter(pk=acme.pk).update(timezone="Mars/Olympus")
    assert nights.plan(now=NOON) == 1
    assert the_run().tenant.slug == "globex"
    assert "Mars/Olympus" in caplog.text


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
        with pytest.raises(ZeroDivisionError), nights.attempt(tenant=acme, day=DAY) as stalled:
            nights.reconcile(now=timezone.now() + timedelta(minutes=5))
            another_process.enter_context(nights.attempt(tenant=acme, day=DAY))
            stalled.at_stage("snapshot")
            raise ZeroDivisionError
        assert [the_run().state, the_run().attempts, the_run().stage] == ["running", 2, ""]
    assert [the_run().state, the_run().attempts, the_run().failures] == ["done", 2, 0]
