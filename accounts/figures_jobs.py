"""Figures soon after data came in: one job for a burst of imports, without waiting for the night.

And then, once, those of the months before. The floor of the metrics handles these jobs, whose kinds
stand here (see `accounts.jobs.job_handler`).
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import jobs
from accounts.models import Job
from tenants import locks
from tenants.context import inside
from tenants.models import Tenant

SHORT_NIGHT = "short_night"
BACKFILL = "backfill"
# A tenant whose figures take long waits so many times as long before they are computed again.
REST = 5


def request_after_commit(*, tenant: Tenant) -> None:
    """Ask for the figures of what this transaction writes, once it is committed.

    Only then: a job that waits at that moment begins later, so it sees what was written.
    """
    transaction.on_commit(lambda: request(SHORT_NIGHT, schema_name=tenant.schema_name), robust=True)


def request(kind: str, *, schema_name: str) -> None:
    """Ask for a job of the kind, unless one that will see the same data waits already."""
    if not settings.SHORT_NIGHT_AFTER_SECONDS:
        return
    with inside(schema_name) as tenant, transaction.atomic():
        if _is_waiting(kind):
            return
        locks.lock_in_transaction(schema_name=schema_name, purpose="request of figures")
        if not _is_waiting(kind):
            jobs.enqueue(
                kind=kind,
                owner=None,
                parameters={},
                tenant=tenant,
                countdown=delay(kind, now=timezone.now()),
            )


def request_days(days: Collection[date], *, tenant: Tenant) -> Job:
    """Ask for the figures of past days that somebody waits for; the job that computes them.

    It is one that is open already, where that has these days. Raises `jobs.QueueFull`.
    """
    wanted = sorted(day.isoformat() for day in days)
    # Beside the page, which may be about to tell that it cannot be shown.
    with transaction.atomic():
        locks.lock_in_transaction(schema_name=tenant.schema_name, purpose="request of figures")
        for job in Job.objects.filter(kind=BACKFILL, state__in=Job.OPEN):
            if {*wanted} <= {*job.parameters.get("days", [])}:
                return job
        return jobs.enqueue(kind=BACKFILL, owner=None, parameters={"days": wanted}, tenant=tenant)


def _is_waiting(kind: str) -> bool:
    waiting = Job.objects.filter(kind=kind, state=Job.State.QUEUED)
    return waiting.exclude(parameters__has_key="days").exists()


def delay(kind: str, *, now: datetime) -> float:
    """Seconds to wait for the rest of the burst: more where the last computation took long."""
    least = float(settings.SHORT_NIGHT_AFTER_SECONDS)
    last = Job.objects.filter(kind=kind, finished_at__isnull=False).first()
    if last is None or last.finished_at is None:
        return least
    return max(least, (last.finished_at + REST * last.took - now) / timedelta(seconds=1))
