"""What Celery runs. The broker is a hint: whether a night is due is read from the ledger."""

from contextlib import suppress
from datetime import date

from celery import shared_task
from django.utils import timezone

from metrics.pipeline import nightly
from tenants import broker, heartbeats, nights
from tenants.context import inside
from tenants.models import Queue

NEXT_NIGHT = "metrics.next_night"
CALLED_AT_ONCE = 4  # workers that a tick wakes


@shared_task(name="metrics.tick")
def tick() -> None:
    """Every minute: plan what is due, take back what stopped, call workers for what waits."""
    now = timezone.now()
    heartbeats.beat(name=heartbeats.TICK, now=now)
    nights.plan(now=now)
    nights.reconcile(now=now)
    nights.to_queue(now=now)
    for _worker in range(min(nights.waiting(), CALLED_AT_ONCE)):
        broker.wake(NEXT_NIGHT, queue=Queue.NIGHTS)


@shared_task(name=NEXT_NIGHT)
def next_night() -> None:
    """The night of the tenant whose turn it is; then a call for the next."""
    found = nights.next_due()
    if found is None:
        return
    schema_name, day = found
    try:
        night(schema_name=schema_name, day=day.isoformat())
    finally:
        broker.wake(NEXT_NIGHT, queue=Queue.NIGHTS)


@shared_task(name="metrics.night")
def night(*, schema_name: str, day: str) -> None:
    """One tenant's night of one local day, unless somebody else has it.

    Nights that it has found stale are reopened: each is a task of its own, so that none of them
    keeps the next day's night waiting, however many facts came late.
    """
    with inside(schema_name) as tenant, suppress(nights.NightUnavailable):
        nightly.run(tenant=tenant, day=date.fromisoformat(day))
        nights.reopen(tenant=tenant, days=nightly.stale_days(), now=timezone.now())
