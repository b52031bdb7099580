"""The night: the stages in their order, for one local day; then the days that facts changed.

A night is one transaction on one snapshot of the facts, so it has happened whole or not at all,
whenever and wherever it is stopped.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from accounts import movements, phases
from accounts.models.rules import first_weekday, keep_zone
from metrics import corrections
from metrics.models import Night
from metrics.pipeline.health import publish, score
from metrics.pipeline.measure import measure
from metrics.pipeline.snapshot import snapshot
from support import clocks
from tenants import nights
from tenants.models import Tenant
from usage import rollup

Tell = Callable[[str], None]


def run(*, tenant: Tenant, day: date, by_hand: bool = False, alone: Tell | None = None) -> None:
    """Compute `day`, then every other night whose facts have changed since it ran.

    With `alone`, which is called with the name of each stage, the other nights are left stale.
    Must be called inside the tenant, and outside of a transaction. Raises `nights.NotOurs` when
    the ledger says that somebody else has this night or, unless asked for by hand, that it is done.
    """
    with nights.attempt(tenant=tenant, day=day, by_hand=by_hand) as attempt, one_at_a_time(tenant):
        if alone:
            compute(tenant=tenant, day=day, at_stage=_both(attempt.at_stage, alone))
            return
        compute(tenant=tenant, day=day, at_stage=attempt.at_stage)
        for stale in Night.objects.filter(stale=True).order_by("day").values_list("day", flat=True):
            compute(tenant=tenant, day=stale, at_stage=attempt.at_stage)


def _both(one: Tell, other: Tell) -> Tell:
    def tell(stage: str) -> None:
        one(stage)
        other(stage)

    return tell


def compute(*, tenant: Tenant, day: date, at_stage: Tell) -> None:
    """All derived rows of one day, replaced in one transaction."""
    with transaction.atomic():
        one_snapshot()
        keep_zone(tenant=tenant)
        before = Night.objects.filter(day=day).first()
        changed_from = corrections.first_day(zone=tenant.timezone)
        at_stage("usage")
        rollup.write_down()
        at_stage("movements")
        phases.work_out_once()
        clocks.work_out_once()
        movements.write_down(through=day)
        corrections.mark_stale(since=changed_from)
        at_stage("measure")
        measure(day=day)
        at_stage("health")
        score(day=day)
        if not Night.objects.filter(day__gt=day).exists():
            publish(day=day)
        at_stage("snapshot")
        if before:
            corrections.remember(before)
        snapshot(day=day, first_weekday=first_weekday(tenant))
        night, _new = Night.objects.update_or_create(
            day=day, defaults={"computed_at": timezone.now(), "stale": False}
        )
        if before:
            corrections.tell(night, before=before)


def one_snapshot() -> None:
    """Every statement of this transaction sees the facts of one moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


@contextmanager
def one_at_a_time(tenant: Tenant) -> Iterator[None]:
    """Two nights of one tenant never run at once; a killed process lets go of the lock."""
    name = f"{tenant.schema_name} night"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        _let_go(name)


def _let_go(name: str) -> None:
    if connection.is_usable():  # with a lost connection the lock is gone already
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
