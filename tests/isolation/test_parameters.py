"""No value of a parameter is a fault of ours: each gets a few hostile ones, at every address.

Many more of them: `tests/proof/test_all_parameters.py`.
"""

import logging

import pytest

from tests.isolation.addresses import addresses
from tests.isolation.parameters import Target, targets, targets_of_acme
from tests.isolation.sweeps import Sweep
from tests.isolation.walks import PLATFORM, URLCONFS, Walker
from tests.isolation.worlds import World


@pytest.fixture(scope="module")
def alice(world: World) -> Walker:
    return Walker("acme", "admin", user=1)


@pytest.fixture(scope="module")
def found(alice: Walker) -> list[Target]:
    return targets_of_acme(alice)


def test_parameters_of_pages_lists_and_forms_are_found(found: list[Target]) -> None:
    names = {one.address.view: {*one.names} for one in found}
    assert names["book"] == {"date", "owner", "page", "period", "q", "segment", "sort", "status"}
    assert {"by", "date", "page", "part", "period", "segment", "variant"} <= names["kpi"]
    assert {"from", "to", "period", "segment", "variant", "format"} <= names["api:series"]
    assert {"started_on_from", "limit", "cursor"} <= names["api:subscriptions-list"]
    assert {"q", "o", "p", "segment"} <= names["admin:accounts_account_changelist"]
    assert {"account", "at", "_to_field"} <= names["admin:accounts_activity_add"]


def test_no_value_in_a_query_is_a_fault_of_ours(
    alice: Walker, found: list[Target], caplog: pytest.LogCaptureFixture
) -> None:
    sweep = Sweep(alice)
    with caplog.at_level(logging.WARNING, logger="csplatform.web.problems"):
        sweep.send_some(found, ours=1, shared=1, forms=1)
    assert sweep.report == ""
    late = [one.getMessage() for one in caplog.records if one.name == "csplatform.web.problems"]
    # What only the database or Python refused; Django's own lists leave large years to them.
    assert [one[:300] for one in late if not one.startswith("GET /admin/")] == []


def test_no_value_in_a_path_is_a_fault_of_ours(alice: Walker, found: list[Target]) -> None:
    sweep = Sweep(alice)
    sweep.send_paths(found, urlconf=URLCONFS["acme"], every=30)
    assert sweep.report == ""


def test_no_value_is_a_fault_of_ours_on_the_operators_host(world: World) -> None:
    olga = Walker("platform", "operator", user=1)
    sweep = Sweep(olga)
    sweep.send_some(targets(olga, addresses(PLATFORM)), ours=1, shared=1, forms=1)
    assert sweep.report == ""
