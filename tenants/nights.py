"""The ledger of the nights: which are due, who runs them, which stopped, which were given up.

All of it is written on a connection of its own that commits at once: a tenant's role cannot
write the public schema, and a sign of life inside the night's transaction would be invisible.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connections
from django.db.models import BooleanField, ExpressionWrapper, F, Min, OuterRef, Q, Subquery
from django.utils import timezone

from tenants import leases, queues
from tenants.calendar import CLOSING_TIME, last_closed_day, starts_at
from tenants.models import NightRun, Queue, QueueTurn, Tenant
from tenants.typing import SqlParameters

LEDGER = "ledger"
LONGEST_CATCH_UP = 35  # days that are made up for after the timetable stood still

alerts = logging.getLogger("csplatform.alerts")
State = NightRun.State
_QUEUED = Q(state=State.PENDING, queued_at__isnull=False, tenant__state=Tenant.State.READY)


class NightUnavailable(RuntimeError):
    """Somebody else runs this night, or it has been run."""


def plan(*, now: datetime) -> int:
    """Write down every run that is due, by each tenant's local day; how many were new.

    A tenant's first night is that of yesterday; later, no day is left out for a month. A tenant
    whose data has a last day gets no night after it.
    """
    closed = _closed_days(now)
    parameters: SqlParameters = {
        "zones": list(closed),
        "days": list(closed.values()),
        "most": LONGEST_CATCH_UP,
    }
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(PLAN, parameters)
        return int(cursor.rowcount)


def _closed_days(now: datetime) -> dict[str, date]:
    """The newest closed day by time zone; a zone that nobody knows stops its tenants alone."""
    zones = Tenant.objects.using(LEDGER).order_by().values_list("timezone", flat=True).distinct()
    closed = {}
    for zone in zones:
        try:
            closed[zone] = last_closed_day(moment=now, zone=zone)
        except (LookupError, ValueError, OSError):
            alerts.error("no nights are planned for tenants in the unknown time zone %r", zone)
    return closed


PLAN = """
INSERT INTO tenants_nightrun (tenant_id, local_date, state, attempts, failures, stage, error)
SELECT due.id, day::date, 'pending', 0, 0, '', ''
FROM (
    SELECT tenant.id, tenant.last_day, zone.closed,
           (SELECT max(run.local_date) FROM tenants_nightrun run
             WHERE run.tenant_id = tenant.id) AS newest
    FROM tenants_tenant tenant
    JOIN unnest(%(zones)s::text[], %(days)s::date[]) AS zone (name, closed)
      ON zone.name = tenant.timezone
    WHERE tenant.state = 'ready' AND tenant.schema_name <> 'platform'
) due,
generate_series(
    greatest(coalesce(due.newest + 1, due.closed), due.closed - %(most)s),
    least(due.closed, due.last_day), interval '1 day') AS day
ON CONFLICT (tenant_id, local_date) DO NOTHING
"""


def reconcile(*, now: datetime) -> None:
    """Take back the nights whose runner fell silent; give up what fell silent too often."""
    lost = leases.lost(now=now, after=settings.NIGHT_STOPPED_AFTER_SECONDS)
    for run in NightRun.objects.using(LEDGER).filter(lost, state=State.RUNNING):
        _failed(run=run, error="The process that ran it stopped without a word.")


def to_queue(*, now: datetime) -> list[tuple[str, date]]:
    """Schema and day of what waits and is not on the queue, oldest first; marks it as queued."""
    lost = leases.lost_before(now=now, after=settings.NIGHT_QUEUED_AGAIN_SECONDS)
    waiting = NightRun.objects.using(LEDGER).filter(
        Q(queued_at=None) | Q(queued_at__lt=lost),
        state=State.PENDING,
        tenant__state=Tenant.State.READY,
    )
    found = list(
        waiting.order_by("local_date").values_list("pk", "tenant__schema_name", "local_date")
    )
    NightRun.objects.using(LEDGER).filter(pk__in=[pk for pk, _, _ in found]).update(queued_at=now)
    return [(schema, day) for _, schema, day in found]


def longest_overdue(*, now: datetime) -> float:
    """Return for how many seconds the oldest open run has been due, or running; 0 without any."""
    runs = NightRun.objects.using(LEDGER).filter(tenant__state=Tenant.State.READY).order_by()
    first = runs.filter(state=State.RUNNING).aggregate(first=Min("started_at"))["first"]
    begun = [first] if first else []
    # Days that are computed again wait for all others, so they say nothing of who is late.
    pending = runs.filter(state=State.PENDING, reopened_at=None).values_list("tenant__timezone")
    for zone, day in pending.annotate(day=Min("local_date")):
        with suppress(LookupError, ValueError, OSError):  # of an unknown zone
            begun.append(starts_at(day=day + timedelta(days=1), zone=zone) + CLOSING_TIME)
    overdue: list[float] = [(now - moment).total_seconds() for moment in begun]
    return max([0.0, *overdue])


def waiting() -> int:
    """How many nights have been queued and are run by nobody."""
    return NightRun.objects.using(LEDGER).filter(_QUEUED).count()


def next_due() -> tuple[str, date] | None:
    """Schema and day of the night whose turn it is: of the tenant that was served longest ago.

    A day that is to be computed again comes after all that have not been computed yet. Only what
    a tick has queued, so that a night that failed is not tried again at once; and one of a tenant
    at a time, because a second would only wait for the first.
    """
    running = NightRun.objects.using(LEDGER).filter(state=State.RUNNING).values("tenant_id")
    served = QueueTurn.objects.filter(tenant=OuterRef("tenant"), queue=Queue.NIGHTS)
    run = (
        NightRun.objects.using(LEDGER)
        .filter(_QUEUED)
        .exclude(tenant__in=running)
        .annotate(
            served_at=Subquery(served.values("served_at")),
            is_reopened=ExpressionWrapper(Q(reopened_at__isnull=False), BooleanField()),
        )
        .order_by(
            F("is_reopened"),
            F("served_at").asc(nulls_first=True),
            "local_date",
            "pk",
        )
        .select_related("tenant")
        .first()
    )
    if run is None:
        return None
    queues.note_turn(tenant_id=run.tenant_id, queue=Queue.NIGHTS, now=timezone.now())
    return run.tenant.schema_name, run.local_date


def reopen(*, tenant: Tenant, days: Iterable[date], now: datetime) -> int:
    """Queue nights that were done once more, since facts of theirs have changed; how many."""
    done = NightRun.objects.using(LEDGER).filter(
        tenant_id=tenant.pk, local_date__in=list(days), state=State.DONE
    )
    return done.update(state=State.PENDING, reopened_at=now, queued_at=now)


@contextmanager
def attempt(*, tenant: Tenant, day: date, by_hand: bool = False) -> Iterator["Attempt"]:
    """Run one night: claims it, keeps beating beside it, writes down how it ended.

    Raises NightUnavailable when another process has it, or it is done and not asked for by hand.
    """
    run = _claim(tenant=tenant, day=day, by_hand=by_hand)
    attempt = Attempt(run)
    with attempt.heartbeat:
        try:
            yield attempt
        except BaseException as problem:
            attempt.heartbeat.stop()
            _failed(run=run, error=f"{type(problem).__name__}: {problem}")
            raise
    attempt.lease.update(
        state=State.DONE, failures=0, stage="", finished_at=timezone.now(), reopened_at=None
    )


def _claim(*, tenant: Tenant, day: date, by_hand: bool) -> NightRun:
    ledger = NightRun.objects.using(LEDGER)
    run, _ = ledger.get_or_create(tenant_id=tenant.pk, local_date=day)
    claimable = [State.PENDING, *([State.DONE, State.PARKED] if by_hand else [])]
    now = timezone.now()
    claimed = leases.claim(
        ledger.filter(pk=run.pk, state__in=claimable),
        now=now,
        state=State.RUNNING,
        started_at=now,
        finished_at=None,
        stage="",
        error="",
    )
    run.refresh_from_db(using=LEDGER)
    if not claimed:
        raise NightUnavailable(f"The night of {day} is {run.get_state_display()}.")
    return run


def _failed(*, run: NightRun, error: str) -> None:
    """Back to the queue, or parked with an alert after too many failures in a row."""
    parked = leases.is_parked(run.failures + 1)
    running = leases.Lease(run, using=LEDGER).rows.filter(state=State.RUNNING)
    changed = running.update(
        state=State.PARKED if parked else State.PENDING,
        failures=F("failures") + 1,
        error=error[:2000],
        queued_at=None,
    )
    if changed and parked:
        alerts.error(
            "night parked tenant=%s day=%s stage=%s error=%s",
            *(run.tenant_id, run.local_date, run.stage, error[:300]),
        )


class Attempt:
    """One attempt at a night, whose heart beats beside the work.

    The thread touches the ledger alone, through a connection of its own: it never enters a tenant.
    """

    def __init__(self, run: NightRun) -> None:
        self.run = run
        self.lease = leases.Lease(run, using=LEDGER)
        self.heartbeat = leases.HeartbeatThread(
            self._beat, every=settings.NIGHT_BEAT_SECONDS, name=f"night {run}"
        )

    def at_stage(self, stage: str) -> None:
        """Write down what is being done now. Raises NightUnavailable when it is another's."""
        self.run.stage = stage
        if not self.lease.update(stage=stage, heartbeat=timezone.now()):
            raise NightUnavailable(f"Another process has the night of {self.run.local_date} now.")

    def note(self, text: str) -> None:
        """Write down what operators should know of a night that ends well all the same."""
        self.lease.update(error=text[:2000])

    def _beat(self) -> None:
        self.lease.update(heartbeat=timezone.now())
