"""The product of a story: telco's data, its night run by a worker, a web server."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from celery import Celery
from pytest_django.plugin import DjangoDbBlocker

from csplatform.demo.tenants import DATA
from tenants.models import NightRun
from tests import databases
from tests.product import Product, own_broker, wait_for

DAY = date(2024, 6, 30)


@pytest.fixture(scope="module")
def product(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """The product with the tenant telco in it, before its first night; each file has its own.

    What one file changes must not be seen by the next: which is first is not told.
    """
    name = f"cstest_story_{os.getpid()}"
    folder = tmp_path_factory.mktemp("story")
    with django_db_blocker.unblock(), databases.clone(name), own_broker() as broker:
        product = Product(database=name, folder=folder, broker_number=broker)
        opened = product.manage(
            *("open_tenant", "telco", "--name", "Telco", "--currency", "USD"),
            *("--admin", "admin@telco.test", "--password", "correct horse battery"),
        )
        assert opened.returncode == 0, opened.stderr
        for kind in ("accounts", "subscriptions"):
            done = product.manage("import_data", "telco", kind, str(data_file(kind, product)))
            assert done.stdout.split("\n")[0] == (
                "created 7043, updated 0, unchanged 0, rejected 0"
            ), done.stderr
        with product.web():
            yield product


def data_file(kind: str, product: Product) -> Path:
    """A copy, because rejects are written beside the file."""
    copy = product.folder / f"{kind}.csv.gz"
    copy.write_bytes((DATA / "telco" / f"{kind}.csv.gz").read_bytes())
    return copy


@pytest.fixture(scope="module")
def key(product: Product) -> str:
    return product.manage("api_key", "telco", "story").stdout.strip().split("\n")[-1]


@pytest.fixture(scope="module")
def telco(product: Product) -> Product:
    """The product after the night of 30 June 2024, which a Celery worker ran."""
    run_by_a_worker(product)
    return product


def run_by_a_worker(product: Product) -> None:
    queue = Celery(broker=product.environment["BROKER_URL"])
    with product.worker():
        queue.send_task("metrics.night", kwargs={"schema_name": "telco", "day": DAY.isoformat()})
        wait_for(is_done, seconds=400)


def is_done() -> bool:
    runs = NightRun.objects.filter(tenant__slug="telco", local_date=DAY)
    return runs.filter(state=NightRun.State.DONE).exists()
