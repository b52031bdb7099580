"""A program that reads Acme's figures over REST, and the small book that they are of."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import Account, ApiKey
from metrics.pipeline.nightly import compute
from tenants.context import inside
from tests import databases
from tests.books import Sold, store

DAY = date(2024, 6, 30)
PROBLEM = "application/problem+json"
AMONG_OTHERS = "a/b ü\U0001f642"  # a name with a slash, which a path cannot hold


def book() -> list[Sold]:
    """MRR 300 until June 2024; then beta's 200 go on the 15th and gamma's 100 come on the 10th."""
    return [
        Sold("alpha", Decimal(100), date(2023, 1, 1)),
        Sold("beta", Decimal(200), date(2023, 6, 1), date(2024, 6, 15)),
        Sold("gamma", Decimal(1200), date(2024, 6, 10), interval="year"),
        Sold("łódź 7", Decimal(0), date(2024, 6, 1)),
        Sold("12", Decimal(0), date(2024, 6, 1)),
    ]


class Caller:
    """A program with a key, over HTTP."""

    def __init__(self, key: str) -> None:
        self.client = Client(
            headers={"host": "acme.localhost", "authorization": f"Bearer {key}"},
            raise_request_exception=False,
        )

    def get(self, path: str, **question: str) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", question)  # type: ignore[return-value]

    def read(self, path: str, **question: str) -> Any:
        response = self.client.get(f"/api/v1/{path}", question)
        assert response.status_code == 200, response.content
        return response.json()


@contextmanager
def acme_over_rest(database: str) -> Iterator[Caller]:
    """A key of Acme, whose book is above and whose nights have not been run."""
    with databases.clone(f"{database}_{os.getpid()}"), inside("acme"):
        store(book())
        Account.objects.filter(external_id__in=["alpha", "gamma"]).update(industry="Retail")
        Account.objects.filter(external_id="beta").update(industry="Bank")
        Account.objects.create(external_id=AMONG_OTHERS, name="Odd")
        yield Caller(ApiKey.objects.create_key(name="tests", scope="read")[1])


def run_the_night() -> None:
    with inside("acme") as tenant:
        compute(tenant=tenant, day=DAY, at_stage=lambda stage: None)
