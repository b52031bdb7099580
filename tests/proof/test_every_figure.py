"""Every figure by a request of its own: from the facts, from a night, alone and in the list."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.metrics.rest import Caller, acme_over_rest, run_the_night
from tests.metrics.test_api import DEFINITIONS, JUNE, PERIODS, Facts, bare


@pytest.fixture(scope="module")
def program(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    with django_db_blocker.unblock(), acme_over_rest("cstest_figures") as caller:
        yield caller


def requested(program: Caller) -> Facts:
    return {
        (metric.key, variant, period): program.read(
            f"kpis/{metric.key}/", date="2024-06-30", period=period, variant=variant
        )
        for metric, variant in DEFINITIONS
        for period in PERIODS
    }


def test_every_request_gives_the_same_number_from_the_facts_from_a_night_and_in_the_list(
    program: Caller,
) -> None:
    from_facts = requested(program)
    run_the_night()
    frozen = requested(program)
    assert len(frozen) == len(from_facts) > 60
    for asked, answer in frozen.items():
        fact = from_facts[asked]
        assert (answer["from_facts"], fact["from_facts"]) == (False, True), asked
        assert bare(answer) == bare(fact), asked
    for kpi in program.read("kpis/", **JUNE)["data"]:
        assert kpi == program.read(f"kpis/{kpi['key']}/", **JUNE)
