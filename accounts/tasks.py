"""What Celery runs of this floor. Whether a job is to be done is read from its row."""

from celery import shared_task
from django.utils import timezone

from accounts import jobs
from tenants.context import inside


@shared_task(name="accounts.tick")
def tick() -> None:
    """Every minute: look after the jobs of tenants that may have some."""
    for schema_name in jobs.due_tenants(now=timezone.now()):
        look_after.delay(schema_name=schema_name)


@shared_task(name="accounts.look_after")
def look_after(*, schema_name: str) -> None:
    """Queue the jobs of one tenant that nobody works on."""
    with inside(schema_name) as tenant:
        jobs.take_up(tenant=tenant, now=timezone.now())


@shared_task(name="accounts.run_job")
def run_job(*, schema_name: str, job: int) -> None:
    """One job of one tenant, unless somebody else has it."""
    with inside(schema_name):
        jobs.run(number=job)
