"""Long work, done beside the requests: asked for here, run by Celery, followed on a page.

The broker is a hint. What is to be done is a row in the tenant; that there is something is a row
in the public `Due`, so that nobody has to ask every tenant. A job whose process has died is taken
up again, three times at the most: so work must be such that it can be begun anew.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Job, User
from tenants.context import inside, wrapper
from tenants.models import Due, Tenant

LEDGER = "ledger"
DUE = "jobs"
MOST_ATTEMPTS = 3
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody asked for this work to stop."""


class Refused(Exception):
    """The work cannot be done; the message says why, to whoever asked for it."""


Work = Callable[[Job, "Pulse"], dict[str, Any]]
WORK: dict[str, Work] = {}


def work(kind: str) -> Callable[[Work], Work]:
    """Declare what does jobs of a kind. It returns the job's result."""

    def declare(does: Work) -> Work:
        WORK[kind] = does
        return does

    return declare


def start(
    *,
    kind: str,
    title: str,
    owner: User | None,
    parameters: dict[str, Any],
    tenant: Tenant,
    after: float = 0,
) -> Job:
    """Ask for work. It is put on the queue when what asks for it has been committed.

    It does not begin for so many seconds `after`.
    """
    # First of all, and beside this transaction: without a job it is a false alarm, harmless.
    later = timezone.now() + timedelta(seconds=settings.NIGHT_STOPPED_AFTER_SECONDS)
    Due.objects.using(LEDGER).create(tenant_id=tenant.pk, kind=DUE, due_at=later)
    job = Job.objects.create(
        kind=kind,
        title=title[:300],
        owner=owner,
        parameters=parameters,
        state=Job.State.QUEUED,
        not_before=timezone.now() + timedelta(seconds=after) if after else None,
    )
    schema, number = tenant.schema_name, job.pk
    transaction.on_commit(lambda: _queue(schema, number, after))
    return job


def _queue(schema: str, number: int, after: float = 0) -> None:
    from accounts.tasks import run_job

    try:
        run_job.apply_async(kwargs={"schema_name": schema, "job": number}, countdown=after)
    except Exception:  # the broker is away: the row in Due remembers
        log.exception("job %s of %s waits for the broker", number, schema)


def due_tenants(*, now: datetime) -> list[str]:
    """The schemas in which jobs may wait, or may have been left behind."""
    rows = Due.objects.using(LEDGER).filter(kind=DUE, due_at__lte=now)
    return sorted(set(rows.values_list("tenant__schema_name", flat=True)))


def take_up(*, tenant: Tenant, now: datetime) -> None:
    """Queue a tenant's jobs that nobody works on; forget the tenant when it has none open."""
    for number in _waiting(now).values_list("pk", flat=True):
        _queue(tenant.schema_name, number)
    rows = Due.objects.using(LEDGER).filter(tenant_id=tenant.pk, kind=DUE, due_at__lte=now)
    if Job.objects.filter(state__in=Job.OPEN).exists():
        later = now + timedelta(seconds=settings.NIGHT_STOPPED_AFTER_SECONDS)
        Due.objects.using(LEDGER).create(tenant_id=tenant.pk, kind=DUE, due_at=later)
    rows.delete()


def _waiting(now: datetime) -> QuerySet[Job]:
    silent = now - timedelta(seconds=settings.NIGHT_STOPPED_AFTER_SECONDS)
    left = Q(state=Job.State.RUNNING) & (Q(heartbeat=None) | Q(heartbeat__lt=silent))
    queued = Q(state=Job.State.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now))
    return Job.objects.filter(queued | left)


def run(*, number: int) -> None:
    """Do one job of the tenant that we are in, unless somebody else does or has done it."""
    job = _claim(number)
    if job is None:
        return
    with Pulse(job, schema=wrapper().schema_name) as pulse:
        try:
            with translation.override(job.parameters.get("language", "en")):
                result = WORK[job.kind](job, pulse)
            ended: dict[str, Any] = {"state": Job.State.DONE, "result": result}
        except Cancelled:
            ended = {"state": Job.State.CANCELLED}
        except Refused as problem:
            ended = {"state": Job.State.FAILED, "error": str(problem)}
        except (OperationalError, InterfaceError) as problem:
            if not pulse.cancelled:
                raise  # the database went away: the job is taken up again
            log.info("job %s was stopped: %s", job.pk, problem)
            ended = {"state": Job.State.CANCELLED}
        except Exception as problem:
            log.exception("job %s failed", job.pk)
            ended = {"state": Job.State.FAILED, "error": f"{type(problem).__name__}: {problem}"}
    _end(job, pulse, ended)


def _claim(number: int) -> Job | None:
    now = timezone.now()
    waiting = _waiting(now).filter(pk=number)
    waiting.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=Job.State.FAILED, finished_at=now, error=_("It was stopped three times.")
    )
    claimed = waiting.update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        heartbeat=now,
        started_at=now,
        stage="",
        done=0,
        errors=0,
    )
    return Job.objects.get(pk=number) if claimed else None


def _end(job: Job, pulse: "Pulse", ended: dict[str, Any]) -> None:
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts)
    mine.update(**ended, **pulse.said(), finished_at=timezone.now())


def ask_to_stop(*, job: Job) -> None:
    """A job that waits is cancelled at once, one that runs as soon as it notices."""
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, cancel_asked=True, finished_at=timezone.now()
    )
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)


class Pulse:
    """Says how far a job is, beside its work, and stops the work when somebody asks for that.

    The thread enters the job's tenant by name, with a connection of its own, so what it says is
    seen while the transaction of the work is still open.
    """

    def __init__(self, job: Job, *, schema: str) -> None:
        self.job, self.schema = job, schema
        self.stage, self.done, self.errors = "", 0, 0
        self.total: int | None = None
        self.cancelled = False
        self._working = connection.connection
        self._over = threading.Event()
        self._heart = threading.Thread(target=self._beat, daemon=True, name=f"job-{job.pk}")

    def __call__(self, stage: str, *, done: int = 0, total: int | None = None) -> None:
        """Note what is being done, and how far it is. Raises Cancelled when it should stop."""
        self.stage, self.done, self.total = stage, done, total
        if self.cancelled:
            raise Cancelled

    def __enter__(self) -> "Pulse":
        self._heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._heart.join()

    def said(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "errors": self.errors,
        }

    def _beat(self) -> None:
        while not self._over.wait(settings.JOB_BEAT_SECONDS):
            try:
                self._tell()
            except Exception:  # a database that comes back must find the heart still beating
                log.warning("job %s could not tell how far it is", self.job.pk, exc_info=True)
                connections["default"].close()
        connections.close_all()

    def _tell(self) -> None:
        with inside(self.schema):
            mine = Job.objects.filter(pk=self.job.pk, attempts=self.job.attempts)
            mine.update(**self.said(), heartbeat=timezone.now())
            if mine.filter(cancel_asked=True).exists() and not self.cancelled:
                self.cancelled = True
                # Whatever statement runs now ends at once; between two of them `tell` notices.
                self._working.cancel_safe()
