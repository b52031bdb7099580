"""What every test may ask for. Each begins in the public schema, where no tenant's table is."""

import gc
import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from tenants.context import inside, tenant_connection
from tenants.models import Tenant
from tests import cast, databases


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: a look through all of it for garbage is in vain."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock(), databases.clone(f"cstest_{worker}_{os.getpid()}"):
        yield


@pytest.fixture(autouse=True)
def start_in_public(django_db_setup: None) -> Iterator[None]:
    """Of a session's database, so that it comes before those of files, whichever test is first."""
    tenant_connection().set_schema_to_public()
    yield
    tenant_connection().set_schema_to_public()


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A database of the test's own, for what must commit or be seen by another process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock(), databases.clone(f"cstest_own_{worker}_{os.getpid()}") as name:
        yield name


@pytest.fixture
def acme(db: None) -> Iterator[Tenant]:
    """Inside Acme, rolled back afterwards."""
    with inside("acme") as tenant:
        yield tenant


@pytest.fixture
def committed_acme(own_database: str) -> Iterator[Tenant]:
    """Inside Acme of a database of one's own, where commits are real."""
    with inside("acme") as tenant:
        yield tenant


def client_of(email: str, *, slug: str = "acme") -> Client:
    """A browser that has logged in at a tenant's host."""
    client = Client(headers={"host": f"{slug}.localhost"})
    with inside(slug):
        client.force_login(User.objects.get(email=email))
    return client


@pytest.fixture
def alice(db: None) -> Client:
    return client_of(cast.ALICE)


@pytest.fixture
def bob(db: None) -> Client:
    return client_of(cast.BOB)


@pytest.fixture
def person(db: None) -> User:
    """Somebody at Acme whom no earlier test has locked out."""
    with inside("acme"):
        email = f"person-{uuid4().hex}@acme.test"
        return User.objects.create_user(email=email, password=cast.PASSWORD)


@pytest.fixture
def anyone(db: None) -> Client:
    """Nobody in particular, at Acme's door."""
    return Client(headers={"host": "acme.localhost"})
