"""No value of a parameter is a fault of ours: every value for all that a page or figure reads."""

import logging

import pytest

from tests.isolation.addresses import addresses
from tests.isolation.parameters import VALUES, targets, targets_of_acme
from tests.isolation.sweeps import Sweep
from tests.isolation.walks import PLATFORM, URLCONFS, Walker
from tests.isolation.worlds import assemble

ALL = len(VALUES)


@pytest.fixture
def alice(own_database: str) -> Walker:
    assemble()
    return Walker("acme", "admin", user=1)


def test_parameters_of_pages_lists_and_forms_are_found(alice: Walker) -> None:
    names = {one.address.view: {*one.names} for one in targets_of_acme(alice)}
    assert names["book"] == {"date", "owner", "page", "period", "q", "segment", "sort", "status"}
    assert {"by", "date", "page", "part", "period", "segment", "variant"} <= names["kpi"]
    assert {"from", "to", "period", "segment", "variant", "format"} <= names["api:series"]
    assert {"started_on_from", "limit", "cursor"} <= names["api:subscriptions-list"]
    assert {"q", "o", "p", "segment"} <= names["admin:accounts_account_changelist"]
    assert {"account", "at", "_to_field"} <= names["admin:accounts_activity_add"]


def test_no_value_of_any_parameter_is_a_fault_of_ours(
    alice: Walker, caplog: pytest.LogCaptureFixture
) -> None:
    sweep, found = Sweep(alice), targets_of_acme(alice)
    with caplog.at_level(logging.WARNING, logger="csplatform.web.problems"):
        sweep.send_some(found, ours=ALL, shared=2, forms=5)
    late = [one.getMessage() for one in caplog.records if one.name == "csplatform.web.problems"]
    # What only the database or Python refused; Django's own lists leave large years to them.
    assert [one[:300] for one in late if not one.startswith("GET /admin/")] == []
    sweep.send_paths(found, urlconf=URLCONFS["acme"], every=6)
    olga = Sweep(Walker("platform", "operator", user=1))
    olga.send_some(targets(olga.walker, addresses(PLATFORM)), ours=ALL, shared=ALL, forms=10)
    print(sweep.statuses, olga.statuses)
    assert sweep.report + olga.report == ""
