"""The Celery application and its timetable. Tasks live in the apps."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csplatform.settings")

app = Celery("csplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_a_transaction_pooler(**_: object) -> None:
    from tenants.pooling import refuse_transaction_pooling

    refuse_transaction_pooling()
