"""The product of a story: telco's data, its night run by a worker, a web server."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from celery import Celery
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from csplatform.demo.tenants import DATA
from tenants.models import NightRun
from tests import databases
from tests import product as product_module
from tests.product import Product, own_broker, wait_for

DAY = date(2024, 6, 30)
KINDS = ("accounts", "subscriptions")
PASSWORD = "correct horse battery"


def _open_import_and_run_the_night() -> None:
    """As people do it: two commands, and a night that a Celery worker ran."""
    name = str(connections["default"].settings_dict["NAME"])
    with TemporaryDirectory(prefix="cstest-story-") as folder, own_broker() as broker:
        product = Product(database=name, folder=Path(folder), broker_number=broker)
        open_tenant(product, "telco", "--name", "Telco", "--currency", "USD")
        for kind in KINDS:
            done = product.manage("import_data", "telco", kind, str(copy_of(kind, product)))
            assert done.stdout.split("\n")[0] == (
                "created 7043, updated 0, unchanged 0, rejected 0"
            ), done.stderr
        run_by_a_worker(product)


def open_tenant(product: Product, slug: str, *options: str) -> None:
    admin = ("--admin", f"admin@{slug}.test", "--password", PASSWORD)
    opened = product.manage("open_tenant", slug, *options, *admin)
    assert opened.returncode == 0, opened.stderr


def data_file(kind: str) -> Path:
    return DATA / "telco" / f"{kind}.csv.gz"


def copy_of(kind: str, product: Product) -> Path:
    """A copy, because rejects are written beside the file."""
    copy = product.folder / f"{kind}.csv.gz"
    copy.write_bytes(data_file(kind).read_bytes())
    return copy


def run_by_a_worker(product: Product) -> None:
    queue = Celery(broker=product.environment["BROKER_URL"])
    with product.worker():
        queue.send_task("metrics.night", kwargs={"schema_name": "telco", "day": DAY.isoformat()})
        wait_for(is_done, seconds=400)


def is_done() -> bool:
    runs = NightRun.objects.filter(tenant__slug="telco", local_date=DAY)
    return runs.filter(state=NightRun.State.DONE).exists()


TELCO = databases.Template(
    name="telco",
    build=_open_import_and_run_the_night,
    base=databases.CAST,
    sources=(
        *databases.product_sources(),
        *map(data_file, KINDS),
        *(Path(product_module.__file__), Path(__file__)),
    ),
)


@pytest.fixture(scope="module")
def telco(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """The product with the tenant telco in it, after the night of 30 June 2024.

    Each file has its own: what one changes must not be seen by the next.
    """
    name = f"cstest_story_{os.getpid()}"
    folder = tmp_path_factory.mktemp("story")
    cloned = databases.clone(name, template=TELCO)
    with django_db_blocker.unblock(), cloned, own_broker() as broker:
        product = Product(database=name, folder=folder, broker_number=broker)
        with product.web():
            yield product


@pytest.fixture(scope="module")
def key(telco: Product) -> str:
    return telco.manage("api_key", "telco", "story").stdout.strip().split("\n")[-1]
