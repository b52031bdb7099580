"""The tests of the walk once more, on real requests: everybody, every address, every method."""

import os
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.isolation import worlds
from tests.isolation.conftest import Walked, of_others
from tests.isolation.test_walk import (  # noqa: F401  # collected here, with the fixtures below
    asked_everything,
    page,
    test_an_address_that_may_be_read_is_there,
    test_every_answer_is_what_the_table_says,
    test_figures_are_the_tenants_own,
    test_no_answer_holds_what_is_anothers,
    test_nothing_fails,
    test_operators_see_no_row_of_any_tenant,
    test_operators_see_tenants_and_their_nights,
    test_pages_that_show_rows_show_the_tenants_own,
    test_the_walk_changes_nothing_at_the_others,
    test_what_a_program_is_refused_is_told_as_a_problem,
    test_what_nobody_may_do_is_refused_to_the_admin,
    test_whoever_may_not_come_in_is_sent_to_log_in,
)
from tests.isolation.walks import Answer, walk, walk_as_the_mightiest, walk_platform
from tests.isolation.worlds import AMOUNTS, World


@pytest.fixture(scope="module")
def world(django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    name = f"cstest_whole_walk_{os.getpid()}"
    with django_db_blocker.unblock(), worlds.world(name) as keys:
        yield keys


@pytest.fixture(scope="module")
def acme_walked(world: World) -> Walked:
    before = of_others("globex")
    return Walked(answers=walk("acme", world["acme"]), before=before, after=of_others("globex"))


@pytest.fixture(scope="module")
def globex_walked(world: World) -> Walked:
    before = of_others("acme")
    answers = walk_as_the_mightiest("globex", world["globex"])
    return Walked(answers=answers, before=before, after=of_others("acme"))


@pytest.fixture(scope="module")
def platform_walked(world: World) -> list[Answer]:
    return walk_platform()


@pytest.fixture(scope="module")
def answers(acme_walked: Walked, platform_walked: list[Answer]) -> list[Answer]:
    return [*acme_walked.answers, *platform_walked]


@pytest.fixture(params=["acme", "globex"])
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def walked(slug: str, acme_walked: Walked, globex_walked: Walked) -> Walked:
    return {"acme": acme_walked, "globex": globex_walked}[slug]


def test_everybody_asked_everything(acme_walked: Walked, platform_walked: list[Answer]) -> None:
    asked_everything(acme_walked.answers, callers=11)
    asked_everything(platform_walked, callers=2)


def test_a_program_sees_what_its_key_may_see(acme_walked: Walked) -> None:
    for walker in ("key read", "key write", "key admin"):
        assert str(AMOUNTS["acme"]) in page(acme_walked.answers, "/api/v1/kpis/mrr/", walker)
        assert "canary-acme.apikey.name" in page(acme_walked.answers, "/api/v1/me/", walker)
