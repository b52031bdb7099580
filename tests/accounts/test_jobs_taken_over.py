"""Work that another process has claimed meanwhile, where commits are real."""

from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from accounts import jobs
from accounts.jobs import JobProgress
from accounts.models import Job
from tenants.models import Tenant


def test_a_beat_finds_out_that_work_was_taken_over_and_ends_its_statement(
    committed_acme: Tenant, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.JOB_BEAT_SECONDS = 0.05
    ended_by_itself: list[bool] = []

    def deed(job: Job, progress: JobProgress) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(attempts=2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")
        ended_by_itself.append(True)
        return {}

    monkeypatch.setitem(jobs.JOB_HANDLERS, "deed", deed)
    job = jobs.enqueue(kind="deed", owner=None, parameters={}, tenant=committed_acme)
    jobs.run(number=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, ended_by_itself) == ("running", 2, [])
