"""The walk itself, once for all tests of this folder: two full tenants, and many answers."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.isolation import worlds
from tests.isolation.tables import fingerprints
from tests.isolation.walks import (
    WITHOUT_HEAD,
    Answer,
    walk_as_nobody,
    walk_as_the_mightiest,
    walk_each_rule_once,
    walk_platform,
)
from tests.isolation.worlds import World

# Rows that the walk itself may write: sessions, who logged in when, what was looked for in vain.
LEDGER = ("tenants_nightrun", "tenants_due")


@dataclass(frozen=True, kw_only=True)
class Walked:
    """The answers of one host, and what the others' tables looked like before and after."""

    answers: list[Answer]
    before: dict[str, dict[str, str]]
    after: dict[str, dict[str, str]]


@pytest.fixture(scope="package")
def world(django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"cstest_isolation_{worker}_{os.getpid()}"
    with django_db_blocker.unblock(), worlds.world(name) as keys:
        yield keys


@pytest.fixture(scope="package")
def acme_walked(world: World) -> Walked:
    """Of all callers the doors are asked (`test_doors`), and the long proof sends all requests."""
    before = of_others("globex")
    answers = [
        *walk_as_the_mightiest("acme", world["acme"], methods=WITHOUT_HEAD),
        *walk_as_nobody("acme"),
        *walk_each_rule_once("acme", world["acme"]),
    ]
    return Walked(answers=answers, before=before, after=of_others("globex"))


@pytest.fixture(scope="package")
def platform_walked(world: World) -> list[Answer]:
    return walk_platform()


def of_others(slug: str) -> dict[str, dict[str, str]]:
    return {
        slug: fingerprints(slug),
        "public": fingerprints("public", but=LEDGER),
        "platform": fingerprints("platform"),
    }
