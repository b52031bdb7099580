"""The product on the web, for the proofs of a file that do not stand in each other's way."""

import os
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests import databases
from tests.product import Product, own_broker


@pytest.fixture(scope="module")
def served(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    name, folder = f"cstest_served_{os.getpid()}", tmp_path_factory.mktemp("served")
    with django_db_blocker.unblock(), databases.clone(name), own_broker() as number:
        product = Product(database=name, folder=folder, broker_number=number)
        with product.web():
            yield product
