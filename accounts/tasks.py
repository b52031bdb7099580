"""What Celery runs of this floor. Whether a job is to be done is read from its row."""

from celery import shared_task

from accounts import jobs


@shared_task(name="accounts.tick")
def tick() -> None:
    """Every minute: call workers for jobs that wait or were left behind."""
    jobs.wake_workers()


@shared_task(name=jobs.RUN_NEXT)
def run_next(*, name: str) -> None:
    """One job of the queue of that name, of the tenant whose turn it is."""
    jobs.run_next(queue=name)
