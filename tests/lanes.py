"""A plugin for `pytest -n 2 -p tests.lanes`: each test goes to the lane that is free.

But for those that share what is slow to make: they stay together, and go first. (The mark
`xdist_group` of pytest-xdist 3.8 has no effect under pytest 9.)
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/proof/jobs/",
    "tests/proof/test_image.py",
    "tests/proof/test_night_faults.py",
    "tests/proof/test_night_scale.py",
    "tests/proof/test_parallel_posts.py",
    "tests/proof/test_proxy.py",
    "tests/story/test_browser.py",
)


class Lanes(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((path for path in TOGETHER if nodeid.startswith(path)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    gone = [path for path in TOGETHER if not (config.rootpath / path).exists()]
    if gone:
        raise pytest.UsageError(f"tests/lanes.py names what is not there: {gone}")
    return Lanes(config, log)
