"""Long work: asked for in a row, claimed once, taken up again when it was left."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from accounts import jobs
from accounts.jobs import Cancelled, JobError, JobProgress, QueueFull
from accounts.models import Job
from tenants import queues
from tenants.models import Due, Tenant

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
LONG_AGO = timedelta(hours=1)


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Kinds of work of the test's own."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(jobs, "JOB_HANDLERS", found)
    return found


def query(tenant: Tenant, kind: str = "deed") -> Job:
    return jobs.enqueue(kind=kind, subject="A deed", owner=None, parameters={}, tenant=tenant)


def ended(job: Job) -> Job:
    jobs.run(number=job.pk)
    job.refresh_from_db()
    return job


def test_work_ends_with_its_result_and_how_much_was_done(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    def deed(job: Job, progress: JobProgress) -> dict[str, Any]:
        progress("writing", done=7, total=9)
        progress.errors = 2
        return {"rows": 7}

    deeds["deed"] = deed
    job = ended(query(acme))
    assert (job.state, job.result, job.stage) == ("done", {"rows": 7}, "writing")
    assert (job.done, job.total, job.errors, job.percent) == (7, 9, 2, 77)
    assert job.finished_at is not None


@pytest.mark.parametrize(
    ("problem", "state", "error"),
    [
        (JobError("The file is gone."), "failed", "The file is gone."),
        (ZeroDivisionError("oh"), "failed", "ZeroDivisionError: oh"),
        (Cancelled(), "cancelled", ""),
    ],
)
def test_work_that_does_not_end_well_says_why(
    acme: Tenant, deeds: dict[str, Any], problem: Exception, state: str, error: str
) -> None:
    def deed(job: Job, progress: JobProgress) -> dict[str, Any]:
        raise problem

    deeds["deed"] = deed
    job = ended(query(acme))
    assert (job.state, job.error) == (state, error)


def test_work_is_done_once_however_often_it_is_asked_for(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    done: list[int] = []

    def deed(job: Job, progress: JobProgress) -> dict[str, Any]:
        done.append(job.pk)
        return {}

    deeds["deed"] = deed
    job = ended(query(acme))
    ended(job)
    assert done == [job.pk]


def test_work_whose_database_went_away_is_taken_up_again(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    def deed(job: Job, progress: JobProgress) -> dict[str, Any]:
        if job.attempts == 1:
            raise OperationalError("the server closed the connection")
        return {"attempt": job.attempts}

    deeds["deed"] = deed
    job = query(acme)
    with pytest.raises(OperationalError):
        jobs.run(number=job.pk)
    jobs.run(number=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("running", 1)  # it may be working still
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - LONG_AGO)
    assert ended(job).result == {"attempt": 2}


def test_work_that_was_stopped_three_times_is_given_up(acme: Tenant, deeds: dict[str, Any]) -> None:
    job = query(acme)
    gone = timezone.now() - LONG_AGO
    Job.objects.filter(pk=job.pk).update(state="running", attempts=3, heartbeat=gone)
    assert (ended(job).state, job.error) == ("failed", "It was stopped three times.")


def test_work_that_was_taken_over_stops_and_leaves_the_row_to_the_other(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    def deed(job: Job, progress: JobProgress) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(attempts=2, stage="theirs")
        assert not progress.lease.update(heartbeat=None)
        progress.lost = True
        progress("writing")
        return {"never": True}

    deeds["deed"] = deed
    job = ended(query(acme))
    assert (job.state, job.attempts, job.stage, job.result) == ("running", 2, "theirs", {})


def test_work_that_is_asked_to_stop_notices_when_it_next_says_how_far_it_is(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    def deed(job: Job, progress: JobProgress) -> dict[str, Any]:
        progress.cancelled = True
        progress("writing")
        return {"never": True}

    deeds["deed"] = deed
    assert (ended(query(acme)).state, ended(query(acme)).result) == ("cancelled", {})


def test_work_that_was_asked_for_is_done_by_whoever_asks_for_the_next(
    acme: Tenant, deeds: dict[str, Any], django_capture_on_commit_callbacks: Any
) -> None:
    deeds["deed"] = lambda job, progress: {"done": True}
    with django_capture_on_commit_callbacks(execute=True):
        job = query(acme)
    jobs.run_next(queue="interactive")
    jobs.run_next(queue="jobs")
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"done": True})
    assert not Due.objects.using("ledger").exists()


def test_work_that_is_not_committed_yet_stays_in_the_queue(acme: Tenant) -> None:
    gone = timezone.now() - timedelta(seconds=1)
    queues.enter(tenant=acme, queue="jobs", job=4711, due_at=gone)
    jobs.run_next(queue="jobs")
    waits = Due.objects.using("ledger").get()
    assert waits.due_at > timezone.now()
    Due.objects.using("ledger").update(due_at=gone, created_at=timezone.now() - 2 * jobs.UNSEEN)
    jobs.run_next(queue="jobs")
    assert not Due.objects.using("ledger").exists()


def test_work_of_a_process_that_died_is_taken_up_by_the_next(
    acme: Tenant, deeds: dict[str, Any]
) -> None:
    deeds["deed"] = lambda job, progress: {"attempt": job.attempts}
    job = query(acme)
    Job.objects.filter(pk=job.pk).update(
        state="running", attempts=1, heartbeat=timezone.now() - LONG_AGO
    )
    Due.objects.using("ledger").update(
        due_at=timezone.now() - LONG_AGO, heartbeat=timezone.now() - LONG_AGO
    )
    jobs.run_next(queue="jobs")
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"attempt": 2})


def test_a_tenant_with_too_much_waiting_is_refused_and_work_that_follows_is_not(
    acme: Tenant, settings: Settings
) -> None:
    settings.JOBS_WAITING_PER_TENANT = 2
    query(acme)
    query(acme)
    with pytest.raises(QueueFull, match="2 jobs are waiting already"):
        query(acme)
    jobs.enqueue(kind="deed", subject="After", owner=None, parameters={}, tenant=acme, countdown=10)
    assert Job.objects.count() == 3


def test_what_is_called_off_before_it_began_leaves_the_line(acme: Tenant) -> None:
    first, second = query(acme), query(acme)
    Due.objects.using("ledger").update(due_at=timezone.now())
    assert [job.position for job in jobs.with_positions([first, second], tenant=acme)] == [1, 2]
    jobs.ask_to_stop(job=first)
    assert [job.position for job in jobs.with_positions([second], tenant=acme)] == [1]


def test_a_person_waits_for_the_trial_of_a_small_file_alone(
    acme: Tenant, settings: Settings
) -> None:
    for kind, size in (("check", 1000), ("check", 6_000_000), ("import", 1000)):
        jobs.enqueue(kind=kind, subject=kind, owner=None, parameters={}, tenant=acme, size=size)
    found = Due.objects.using("ledger").order_by("pk").values_list("queue", flat=True)
    assert list(found) == ["interactive", "jobs", "jobs"]
