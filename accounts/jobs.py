"""Long work, done beside the requests: asked for here, run by Celery, followed on a page.

The broker is a hint. What is to be done is a row in the tenant; its place in the queue that all
tenants share is a row in the public `Due`. A job whose process has died is taken up again, three
times at the most: so work must be such that it can be begun anew.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from accounts.models import Job, User
from tenants import broker, leases, queues
from tenants.context import inside, tenant_connection
from tenants.leases import LeaseLost
from tenants.models import Queue, Tenant
from tenants.typing import Json

RUN_NEXT = "accounts.run_next"
QUEUES = (Queue.INTERACTIVE, Queue.JOBS)
CALLED_AT_ONCE = 4  # workers that a tick wakes for one queue
UNSEEN = timedelta(days=1)  # for so long a transaction may have been about to commit its job
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody asked for this work to stop."""


class JobError(Exception):
    """A job cannot be done; the message says why, to whoever asked for it."""


class QueueFull(Exception):
    """A tenant has as much work waiting as it may have; the message says so to people."""

    retry_after = 60  # seconds

    def __init__(self, waiting: int) -> None:
        super().__init__(
            ngettext(
                "%(count)d job is waiting already. Try again when it has been done.",
                "%(count)d jobs are waiting already. Try again when some of them have been done.",
                waiting,
            )
            % {"count": waiting}
        )


JobHandler = Callable[[Job, "JobProgress"], Json]
JOB_HANDLERS: dict[str, JobHandler] = {}
INTERACTIVE: set[str] = set()


def job_handler(
    kind: str, *, title: StrOrPromise, interactive: bool = False
) -> Callable[[JobHandler], JobHandler]:
    """Declare what does jobs of a kind. It returns the job's result.

    People read the `title`, in which %(subject)s stands for the subject of the job. A person waits
    for `interactive` work, so it has a queue of its own.
    """

    def declare(does: JobHandler) -> JobHandler:
        JOB_HANDLERS[kind] = does
        Job.TITLES[kind] = title
        if interactive:
            INTERACTIVE.add(kind)
        return does

    return declare


def enqueue(
    *,
    kind: str,
    subject: str = "",
    owner: User | None,
    parameters: Json,
    tenant: Tenant,
    countdown: float = 0,
    size: int = 0,
) -> Job:
    """Ask for a job. It is queued when what asks for it has been committed.

    It does not begin for `countdown` seconds. `size` is that of the file to be read, in bytes:
    for a large one no person waits. Raises QueueFull.
    """
    if not countdown:  # what follows from work that was let in is let in
        refuse_when_full(tenant=tenant)
    job = Job.objects.create(
        kind=kind, subject=subject[:300], owner=owner, parameters=parameters, state=Job.State.QUEUED
    )
    queue = _queue_of(kind, size=size)
    # Beside this transaction: without a job it is a false alarm, without it a job is forgotten.
    place = queues.enter(tenant=tenant, queue=queue, job=job.pk, due_at=_later())
    transaction.on_commit(lambda: _committed(place, queue, countdown))
    return job


def refuse_when_full(*, tenant: Tenant) -> None:
    """Raise QueueFull when a tenant has as many jobs waiting as it may have."""
    waiting = queues.waiting(tenant=tenant)
    if waiting >= settings.JOBS_WAITING_PER_TENANT:
        raise QueueFull(waiting)


def _queue_of(kind: str, *, size: int) -> Queue:
    quick = kind in INTERACTIVE and size <= settings.INTERACTIVE_LARGEST_FILE
    return Queue.INTERACTIVE if quick else Queue.JOBS


def _later() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOB_STOPPED_AFTER_SECONDS)


def _committed(place: int, queue: Queue, countdown: float) -> None:
    queues.postpone(place, until=timezone.now() + timedelta(seconds=countdown))
    broker.wake(RUN_NEXT, queue=queue, name=queue, countdown=countdown)


def with_positions(jobs: Iterable[Job], *, tenant: Tenant) -> list[Job]:
    """The jobs, those that wait with their place in the line before them."""
    found = list(jobs)
    if any(job.state == Job.State.QUEUED for job in found):
        now = timezone.now()
        places: dict[int, int] = {}
        for queue in QUEUES:
            places |= queues.positions(tenant=tenant, queue=queue, now=now)
        for job in found:
            job.position = places.get(job.pk)
    return found


def wake_workers() -> None:
    """Call workers for whatever waits or was left behind."""
    for queue in QUEUES:
        waiting = queues.in_line(queue=queue, now=timezone.now())
        for _worker in range(min(waiting, CALLED_AT_ONCE)):
            broker.wake(RUN_NEXT, queue=queue, name=queue)


def run_next(*, queue: str) -> None:
    """Do the job whose turn it is, of whichever tenant, and call for the next."""
    claim = queues.claim(queue=queue, now=timezone.now())
    if claim is None:
        return
    try:
        with inside(claim.schema_name) as tenant:
            run(number=claim.entry.job, claim=claim)
            _leave(claim, tenant)
    finally:
        broker.wake(RUN_NEXT, queue=queue, name=queue)


def _leave(claim: queues.Claim, tenant: Tenant) -> None:
    """Out of the queue, unless the job is somebody else's still, or not committed yet."""
    entry = claim.entry
    state = Job.objects.filter(pk=entry.job).values_list("state", flat=True).first()
    coming = state is None and timezone.now() - entry.created_at < UNSEEN
    if coming or state in Job.OPEN:
        claim.give_back(until=_later())
    else:
        queues.leave(tenant=tenant, job=entry.job)


def _waiting() -> QuerySet[Job]:
    lost = leases.lost(now=timezone.now(), after=settings.JOB_STOPPED_AFTER_SECONDS)
    return Job.objects.filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING) & lost)


def run(*, number: int, claim: queues.Claim | None = None) -> None:
    """Do one job of the tenant that we are in, unless somebody else does or has done it.

    `claim` is that of its entry in the queue, which is kept alive meanwhile.
    """
    job = _claim(number)
    if job is None:
        return
    with JobProgress(job, schema=tenant_connection().schema_name, claim=claim) as progress:
        try:
            with translation.override(job.parameters.get("language", "en")):
                result = JOB_HANDLERS[job.kind](job, progress)
            ended: Json = {"state": Job.State.DONE, "result": result}
        except Cancelled:
            ended = {"state": Job.State.CANCELLED}
        except JobError as problem:
            ended = {"state": Job.State.FAILED, "error": str(problem)}
        except LeaseLost:
            log.warning("job %s was taken over while it was running", job.pk)
            return
        except (OperationalError, InterfaceError) as problem:
            if progress.lost:
                return
            if not progress.cancelled:
                raise  # the database went away: the job is taken up again
            log.info("job %s was stopped: %s", job.pk, problem)
            ended = {"state": Job.State.CANCELLED}
        except Exception as problem:
            log.exception("job %s failed", job.pk)
            ended = {"state": Job.State.FAILED, "error": f"{type(problem).__name__}: {problem}"}
    _end(job, progress, ended)


def _claim(number: int) -> Job | None:
    now = timezone.now()
    waiting = _waiting().filter(pk=number)
    waiting.filter(attempts__gte=leases.MOST_FAILURES).update(
        state=Job.State.FAILED, finished_at=now, error=_("It was stopped three times.")
    )
    claimed = leases.claim(
        waiting,
        now=now,
        state=Job.State.RUNNING,
        started_at=now,
        stage="",
        done=0,
        errors=0,
    )
    return Job.objects.get(pk=number) if claimed else None


def _end(job: Job, progress: "JobProgress", ended: Json) -> None:
    progress.lease.update(**ended, **progress.results(), finished_at=timezone.now())


def ask_to_stop(*, job: Job) -> None:
    """A job that waits is cancelled at once, one that runs as soon as it notices."""
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if waiting.update(state=Job.State.CANCELLED, cancel_asked=True, finished_at=timezone.now()):
        queues.leave(tenant=tenant_connection().tenant, job=job.pk)
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)


class JobProgress:
    """Says how far a job is, beside its work, and stops the work when somebody asks for that.

    The thread enters the job's tenant by name, with a connection of its own, so what it says is
    seen while the transaction of the work is still open.
    """

    def __init__(self, job: Job, *, schema: str, claim: queues.Claim | None = None) -> None:
        self.job, self.schema, self.claim = job, schema, claim
        self.lease = leases.Lease(job, using="default")
        self.stage, self.done, self.errors = "", 0, 0
        self.total: int | None = None
        self.cancelled = self.lost = False
        self._working = connection.connection
        self._heartbeat = leases.HeartbeatThread(
            self._beat, every=settings.JOB_BEAT_SECONDS, name=f"job {job.pk} of {schema}"
        )

    def __call__(self, stage: str, *, done: int = 0, total: int | None = None) -> None:
        """Note what is being done, and how far it is.

        Raises Cancelled when it should stop, LeaseLost when somebody else does it now.
        """
        self.stage, self.done, self.total = stage, done, total
        if self.lost:
            raise LeaseLost
        if self.cancelled:
            raise Cancelled

    def __enter__(self) -> "JobProgress":
        self._heartbeat.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._heartbeat.stop()

    def results(self) -> Json:
        return {
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "errors": self.errors,
        }

    def _beat(self) -> None:
        if self.claim:
            self.claim.beat()
        stopping = self.lost or self.cancelled
        with inside(self.schema):
            written = self.lease.update(**self.results(), heartbeat=timezone.now())
            self.lost = not written and self.lease.is_lost
            self.cancelled = self.lease.rows.filter(cancel_asked=True).exists()
        if (self.lost or self.cancelled) and not stopping:
            # Whatever statement runs now ends at once; between two of them the next call notices.
            self._working.cancel_safe()
