"""Long work: asked for in a row, claimed once, taken up again when it was left."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts import jobs
from accounts.jobs import Cancelled, Pulse, Refused
from accounts.models import Job
from tenants.models import Due, Tenant

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
LONG_AGO = timedelta(hours=1)


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Kinds of work of the test's own."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(jobs, "WORK", found)
    return found


def asked(tenant: Tenant, kind: str = "deed") -> Job:
    return jobs.start(kind=kind, title="A deed", owner=None, parameters={}, tenant=tenant)


def ended(job: Job) -> Job:
    jobs.run(number=job.pk)
    job.refresh_from_db()
    return job


def test_work_ends_with_its_result_and_how_much_was_done(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    def deed(job: Job, pulse: Pulse) -> dict[str, Any]:
        pulse("writing", done=7, total=9)
        pulse.errors = 2
        return {"rows": 7}

    deeds["deed"] = deed
    job = ended(asked(acme))
    assert (job.state, job.result, job.stage) == ("done", {"rows": 7}, "writing")
    assert (job.done, job.total, job.errors, job.percent) == (7, 9, 2, 77)
    assert job.finished_at is not None


@pytest.mark.parametrize(
    ("problem", "state", "error"),
    [
        (Refused("The file is gone."), "failed", "The file is gone."),
        (ZeroDivisionError("oh"), "failed", "ZeroDivisionError: oh"),
        (Cancelled(), "cancelled", ""),
    ],
)
def test_work_that_does_not_end_well_says_why(
    acme: Tenant, deeds: dict[str, Any], problem: Exception, state: str, error: str
) -> None:
    def deed(job: Job, pulse: Pulse) -> dict[str, Any]:
        raise problem

    deeds["deed"] = deed
    job = ended(asked(acme))
    assert (job.state, job.error) == (state, error)


def test_work_is_done_once_however_often_it_is_asked_for(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    done: list[int] = []

    def deed(job: Job, pulse: Pulse) -> dict[str, Any]:
        done.append(job.pk)
        return {}

    deeds["deed"] = deed
    job = ended(asked(acme))
    ended(job)
    assert done == [job.pk]


def test_work_whose_database_went_away_is_taken_up_again(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    def deed(job: Job, pulse: Pulse) -> dict[str, Any]:
        if job.attempts == 1:
            raise OperationalError("the server closed the connection")
        return {"attempt": job.attempts}

    deeds["deed"] = deed
    job = asked(acme)
    with pytest.raises(OperationalError):
        jobs.run(number=job.pk)
    jobs.run(number=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("running", 1)  # it may be working still
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - LONG_AGO)
    assert ended(job).result == {"attempt": 2}


def test_work_that_was_stopped_three_times_is_given_up(acme: Tenant, deeds: dict[str, Any]) -> None:
    job = asked(acme)
    gone = timezone.now() - LONG_AGO
    Job.objects.filter(pk=job.pk).update(state="running", attempts=3, heartbeat=gone)
    assert (ended(job).state, job.error) == ("failed", "It was stopped three times.")


def test_the_tenant_is_looked_after_as_long_as_work_is_open(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    deeds["deed"] = lambda job, pulse: {}
    job = asked(acme)
    later = timezone.now() + LONG_AGO
    assert jobs.due_tenants(now=timezone.now()) == []
    assert jobs.due_tenants(now=later) == ["acme"]
    jobs.take_up(tenant=acme, now=later)
    assert Due.objects.using("ledger").filter(tenant_id=acme.pk, kind="jobs").count() == 1
    ended(job)
    even_later = later + LONG_AGO
    jobs.take_up(tenant=acme, now=even_later)
    assert not Due.objects.using("ledger").exists()


def test_work_that_is_asked_to_stop_notices_when_it_next_says_how_far_it_is(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    def deed(job: Job, pulse: Pulse) -> dict[str, Any]:
        pulse.cancelled = True
        pulse("writing")
        return {"never": True}

    deeds["deed"] = deed
    assert (ended(asked(acme)).state, ended(asked(acme)).result) == ("cancelled", {})
