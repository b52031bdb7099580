"""What Celery runs. The broker is a hint: whether a night is due is read from the ledger."""

from contextlib import suppress
from datetime import date

from celery import shared_task
from django.utils import timezone

from metrics.pipeline import nightly
from tenants import heartbeats, nights
from tenants.context import inside


@shared_task(name="metrics.tick")
def tick() -> None:
    """Every minute: plan what is due, take back what stopped, queue what waits."""
    now = timezone.now()
    heartbeats.beat(name=heartbeats.TICK, now=now)
    nights.plan(now=now)
    nights.reconcile(now=now)
    for schema_name, day in nights.to_queue(now=now):
        night.delay(schema_name=schema_name, day=day.isoformat())


@shared_task(name="metrics.night")
def night(*, schema_name: str, day: str) -> None:
    """One tenant's night of one local day, unless somebody else has it."""
    with inside(schema_name) as tenant, suppress(nights.NotOurs):
        nightly.run(tenant=tenant, day=date.fromisoformat(day))
