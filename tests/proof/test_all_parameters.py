"""No value of a parameter is a fault of ours: every value for all that a page or figure reads."""

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


def test_no_value_of_any_parameter_is_a_fault_of_ours(alice: Walker) -> None:
    sweep, found = Sweep(alice), targets_of_acme(alice)
    sweep.send_some(found, ours=ALL, shared=2, forms=5)
    sweep.send_paths(found, urlconf=URLCONFS["acme"], every=6)
    olga = Sweep(Walker("platform", "operator", user=1))
    olga.send_some(targets(olga.walker, addresses(PLATFORM)), ours=ALL, shared=ALL, forms=10)
    print(sweep.statuses, olga.statuses)
    assert sweep.report + olga.report == ""
