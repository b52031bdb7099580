"""The night: the stages in their order, for one local day.

A night is one transaction on one snapshot of the facts, so it has happened whole or not at all,
whenever and wherever it is stopped.
"""

from collections.abc import Callable, Collection
from datetime import date
from functools import partial

from django.db import DataError, connection, transaction
from django.utils import timezone

from accounts import movements, phases
from accounts.bounds import ExcludedRow, exclude_rows
from accounts.models.rules import first_weekday, sync_timezone
from metrics.figures import revisions
from metrics.figures.planning import plan_for_whole_tables
from metrics.models import Night
from metrics.pipeline.account_metrics import compute_account_metrics
from metrics.pipeline.health import publish, score
from metrics.pipeline.snapshot import snapshot
from support import clocks
from tenants import locks, nights
from tenants.models import Tenant
from tenants.planner_statistics import analyze_after_commit
from usage import rollup

StageCallback = Callable[[str], None]


def run(
    *,
    tenant: Tenant,
    day: date,
    by_hand: bool = False,
    on_stage: StageCallback = lambda stage: None,
    keys: Collection[str] | None = None,
) -> list[ExcludedRow]:
    """Compute `day`; other nights whose facts have changed since they ran are marked stale.

    `on_stage` is called with the name of each stage. With `keys`, only those metrics are written
    into the snapshots.
    Returns the rows that could not be computed and were excluded. Must be called inside the
    tenant, and outside of a transaction. Raises `nights.NightUnavailable` when the ledger says that
    somebody else has this night or, unless asked for by hand, that it is done.
    """
    with (
        nights.attempt(tenant=tenant, day=day, by_hand=by_hand) as attempt,
        # Two nights of one tenant never run at once.
        locks.held(schema_name=tenant.schema_name, purpose="night"),
    ):

        def at_stage(stage: str) -> None:
            attempt.at_stage(stage)
            on_stage(stage)

        excluded = compute(tenant=tenant, day=day, at_stage=at_stage, keys=keys)
        if excluded:
            attempt.note(f"{len(excluded)} rows out of bounds were excluded.")
    return excluded


def run_stale(*, tenant: Tenant, keys: Collection[str] | None = None) -> None:
    """Compute every stale night again, here and now, the oldest first.

    Each is a run of its own in the ledger. Raises what `run` raises.
    """
    for day in stale_days():
        run(tenant=tenant, day=day, by_hand=True, keys=keys)


def stale_days() -> list[date]:
    """The nights whose facts have changed since they ran, the oldest first."""
    return list(Night.objects.filter(stale=True).order_by("day").values_list("day", flat=True))


def compute(
    *, tenant: Tenant, day: date, at_stage: StageCallback, keys: Collection[str] | None = None
) -> list[ExcludedRow]:
    """All derived rows of one day, replaced in one transaction.

    Where a value does not fit, once more without the rows that are out of bounds, which are
    returned; where there are none, that is not the reason, and the error is passed on.
    """
    night = partial(_compute, tenant=tenant, day=day, at_stage=at_stage, keys=keys)
    analyze_after_commit(schema_name=tenant.schema_name)  # facts that came in by other ways
    try:
        excluded = night(exclude=list)
    except (DataError, ArithmeticError) as problem:
        failure = problem
        excluded = night(exclude=partial(_exclude, failure=failure))
    analyze_after_commit(schema_name=tenant.schema_name)
    return excluded


def _exclude(*, failure: Exception) -> list[ExcludedRow]:
    """Exclude what is out of bounds. Raises the failure where that cannot be its reason."""
    excluded = exclude_rows()
    if not excluded:
        raise failure
    return excluded


def _compute(
    *,
    tenant: Tenant,
    day: date,
    at_stage: StageCallback,
    keys: Collection[str] | None,
    exclude: Callable[[], list[ExcludedRow]],
) -> list[ExcludedRow]:
    with transaction.atomic():
        use_repeatable_read()
        excluded = exclude()
        sync_timezone(tenant=tenant)
        before = Night.objects.filter(day=day).first()
        changed_from = revisions.first_day(zone=tenant.timezone)
        at_stage("usage")
        counted_from = rollup.rebuild()
        at_stage("movements")
        phases.materialise()
        clocks.materialise()
        movements.rebuild(through=day)
        revisions.mark_stale(since=changed_from)
        revisions.mark_stale(since=counted_from)
        plan_for_whole_tables()
        at_stage("measure")
        compute_account_metrics(day=day)
        at_stage("health")
        score(day=day)
        if not Night.objects.filter(day__gt=day).exists():
            publish(day=day)
        at_stage("snapshot")
        if before:
            revisions.copy_snapshots(before)
        snapshot(day=day, first_weekday=first_weekday(tenant), keys=keys)
        night, _new = Night.objects.update_or_create(
            day=day,
            defaults={
                "computed_at": timezone.now(),
                "stale": False,
                "excluded": [row.as_json() for row in excluded],
            },
        )
        if before:
            revisions.record(night, before=before)
    return excluded


def use_repeatable_read() -> None:
    """Every statement of this transaction sees the facts of one moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
