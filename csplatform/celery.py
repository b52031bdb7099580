"""The Celery application and its timetable. Tasks live in the apps."""

import os

from celery import Celery
from celery.beat import PersistentScheduler, ScheduleEntry
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csplatform.settings")


class Timetable(PersistentScheduler):
    """Beat runs the ticks itself: no queue, no worker and no broker can hold them up."""

    producer = None  # type: ignore[assignment]  # the broker is never asked for one

    def apply_async(
        self,
        entry: ScheduleEntry,
        producer: object = None,
        advance: bool = True,
        **_options: object,
    ) -> None:
        """Run what is due; whatever it raises is logged, and tried again at its next time."""
        close_old_connections()
        self.app.tasks[str(entry.task)]()


app = Celery("csplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_to_start(**_: object) -> None:
    """End the process with one line when its settings are dangerous.

    Celery logs any Exception of a handler and goes on: only SystemExit stops it.
    """
    from csplatform.checks import refuse_to_serve
    from tenants.pooling import refuse_transaction_pooling

    try:
        refuse_to_serve()
        refuse_transaction_pooling()
    except ImproperlyConfigured as problem:
        raise SystemExit(str(problem)) from problem
