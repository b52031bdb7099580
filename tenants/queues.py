"""Tenants in turn: which job is next, how long the line before it is, and who has it.

Every worker asks here, whatever message woke it: so the order does not depend on the broker, and
a tenant with a hundred jobs goes before another's only one as often as any other tenant does.
All of it is written on a connection of its own that commits at once.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from tenants import leases, locks
from tenants.models import Due, QueueTurn, Tenant
from tenants.typing import Json, SqlParameters

LEDGER = "ledger"
alerts = logging.getLogger("csplatform.alerts")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """An entry of a queue that is ours to do for as long as we beat."""

    entry: Due
    schema_name: str

    def beat(self) -> None:
        """Write down that whoever has this entry is alive."""
        self._lease().update(heartbeat=timezone.now())

    def give_back(self, *, until: datetime) -> None:
        """Let the entry wait until then, unless somebody else has it by now."""
        self._lease().update(due_at=until, heartbeat=None, failures=0)

    def _lease(self) -> leases.Lease:
        return leases.Lease(self.entry, using=LEDGER)


def enter(
    *,
    tenant: Tenant,
    queue: str,
    job: int,
    due_at: datetime,
    payload: Json | None = None,
) -> int:
    """Put a job of a tenant into a queue, with what a worker must know of it; return its key."""
    entry = Due.objects.using(LEDGER).create(
        tenant_id=tenant.pk, queue=queue, job=job, due_at=due_at, payload=payload or {}
    )
    return entry.pk


def postpone(pk: int, *, until: datetime) -> None:
    """Let an entry wait until then, whoever has it."""
    Due.objects.using(LEDGER).filter(pk=pk).update(due_at=until, heartbeat=None)


def leave(*, tenant: Tenant, job: int) -> None:
    """Take a job out of its queue: it is done, or nobody wants it any more."""
    Due.objects.using(LEDGER).filter(tenant_id=tenant.pk, job=job).delete()


def waiting(*, tenant: Tenant) -> int:
    """How many jobs of a tenant nobody has begun."""
    return Due.objects.using(LEDGER).filter(tenant_id=tenant.pk, heartbeat=None).count()


# The line: each tenant's first, then each tenant's second, and so on.
LINE = """
WITH waiting AS (
    SELECT due.id, due.tenant_id, due.job, tenant.schema_name, turn.served_at,
           row_number() OVER (PARTITION BY due.tenant_id ORDER BY due.due_at, due.id) AS nth
    FROM tenants_due due
    JOIN tenants_tenant tenant ON tenant.id = due.tenant_id AND tenant.state = 'ready'
    LEFT JOIN tenants_queueturn turn
      ON turn.tenant_id = due.tenant_id AND turn.queue = due.queue
    WHERE due.queue = %(queue)s AND due.due_at <= %(now)s
      AND (due.heartbeat IS NULL OR due.heartbeat < %(lost)s) AND due.failures <= %(failures)s
), line AS (
    SELECT waiting.*,
           row_number() OVER (ORDER BY nth, served_at NULLS FIRST, tenant_id) AS position
    FROM waiting
)
"""
POSITIONS = LINE + "SELECT job, position FROM line WHERE tenant_id = %(tenant)s"
# A tenant's running jobs are counted by their signs of life: what has died holds up nobody.
CLAIM = (
    LINE
    + """
UPDATE tenants_due due
SET attempts = due.attempts + 1, failures = due.failures + (due.heartbeat IS NOT NULL)::int,
    heartbeat = %(now)s
FROM (
    SELECT * FROM line
    WHERE (SELECT count(*) FROM tenants_due other
            WHERE other.tenant_id = line.tenant_id AND other.queue = %(queue)s
              AND other.heartbeat >= %(lost)s) < %(most)s
    ORDER BY position LIMIT 1
) next
WHERE due.id = next.id
RETURNING due.id, next.schema_name
"""
)


def positions(*, tenant: Tenant, queue: str, now: datetime) -> dict[int, int]:
    """The place in the line of each of a tenant's jobs that wait, by job; 1 is next."""
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(POSITIONS, {**_parameters(queue, now), "tenant": tenant.pk})
        return dict(cursor.fetchall())


def claim(*, queue: str, now: datetime) -> Claim | None:
    """Take the next job of a queue, or nothing when none waits or may run."""
    with transaction.atomic(using=LEDGER), connections[LEDGER].cursor() as cursor:
        # One at a time: two claims that do not see each other would take two of one tenant.
        locks.lock_in_transaction(purpose=f"queue {queue}", using=LEDGER)
        most = settings.JOBS_RUNNING_PER_TENANT
        cursor.execute(CLAIM, {**_parameters(queue, now), "most": most})
        found = cursor.fetchone()
        if found is None:
            return None
        pk, schema_name = found
        entry = Due.objects.using(LEDGER).get(pk=pk)
        note_turn(tenant_id=entry.tenant_id, queue=queue, now=now)
    if entry.failures > leases.MOST_FAILURES:
        _tell_parked(entry)
        return claim(queue=queue, now=now)
    return Claim(entry=entry, schema_name=schema_name)


def _tell_parked(entry: Due) -> None:
    """Say that nobody will try an entry again: work that fails by itself has left before."""
    alerts.error("job parked tenant=%s queue=%s job=%s", entry.tenant_id, entry.queue, entry.job)


def note_turn(*, tenant_id: int, queue: str, now: datetime) -> None:
    """A tenant has been served: the others are before it now."""
    QueueTurn.objects.using(LEDGER).update_or_create(
        tenant_id=tenant_id, queue=queue, defaults={"served_at": now}
    )


def in_line(*, queue: str, now: datetime) -> int:
    """How many jobs of all tenants wait, or were left behind."""
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(LINE + "SELECT count(*) FROM line", _parameters(queue, now))
        return int(cursor.fetchone()[0])


def _parameters(queue: str, now: datetime) -> SqlParameters:
    lost = leases.lost_before(now=now, after=settings.JOB_STOPPED_AFTER_SECONDS)
    return {
        "queue": str(queue),
        "now": now,
        "lost": lost,
        "failures": leases.MOST_FAILURES,
    }
