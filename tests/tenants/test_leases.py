"""Work belongs to whoever claimed it last, for as long as its heart beats."""

import threading
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tenants import leases
from tenants.context import find
from tenants.models import NightRun

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
NOW = timezone.now()


@pytest.fixture
def run(db: None) -> NightRun:
    return NightRun.objects.using("ledger").create(
        tenant_id=find(slug="acme").pk, local_date=date(2026, 3, 9)
    )


def claimed(run: NightRun) -> leases.Lease:
    rows = NightRun.objects.using("ledger").filter(pk=run.pk)
    assert leases.claim(rows, now=NOW)
    return leases.Lease(rows.get(), using="ledger")


def test_a_claim_counts_the_attempt_and_begins_to_beat(run: NightRun) -> None:
    claimed(run)
    run.refresh_from_db(using="ledger")
    assert (run.attempts, run.heartbeat) == (1, NOW)


def test_what_is_not_there_to_be_claimed_is_not_claimed(run: NightRun) -> None:
    rows = NightRun.objects.using("ledger").filter(pk=run.pk, state="done")
    assert not leases.claim(rows, now=NOW)


def test_a_holder_writes_until_the_next_claim_and_no_longer(run: NightRun) -> None:
    first = claimed(run)
    assert first.update(stage="mine")
    second = claimed(run)
    assert not first.update(stage="mine again")
    assert (first.is_lost, second.is_lost) == (True, False)
    assert second.rows.get().stage == "mine"


def test_a_holder_is_lost_that_many_seconds_after_its_last_beat(run: NightRun) -> None:
    claimed(run)
    rows = NightRun.objects.using("ledger")
    for seconds, found in ((10, False), (11, True)):
        lost = leases.lost(now=NOW + timedelta(seconds=seconds), after=10)
        assert rows.filter(lost).exists() == found


def test_a_heart_goes_on_after_a_beat_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    beats: list[int] = []
    enough = threading.Event()

    def beat() -> None:
        beats.append(len(beats))
        if len(beats) == 1:
            raise OSError("the server closed the connection")
        enough.set()

    with leases.HeartbeatThread(beat, every=0.01, name="work"):
        assert enough.wait(5)
    stopped = len(beats)
    assert not enough.wait(0.05) or len(beats) == stopped
    assert "work could not write its heartbeat" in caplog.text
