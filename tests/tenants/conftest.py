"""A database for the tests of the ledger, whose commits are real."""

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from tenants.models import Heartbeat, NightRun, Tenant
from tests import databases


@pytest.fixture(scope="module")
def ledgers_database(django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """One for a whole file: a clone for each test would take longer than the tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"cstest_ledger_{worker}_{os.getpid()}"
    with django_db_blocker.unblock(), databases.clone(name):
        yield name


@pytest.fixture
def ledger(ledgers_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """No night yet, and tenants as the cast was assembled; so it is left, too."""
    with django_db_blocker.unblock():
        yield
        NightRun.objects.all().delete()
        Heartbeat.objects.all().delete()
        Tenant.objects.update(state=Tenant.State.READY, timezone="UTC", last_day=None)
        connections["ledger"].close()
