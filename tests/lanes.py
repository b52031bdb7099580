"""A plugin for `pytest -n 2 -p tests.lanes`: what comes next goes to the lane that is free.

A file stays whole, because its tests share what is slow to make; and so do the files of some
folders. In the proofs and in the matrix each test goes alone, but for those that share. (The mark
`xdist_group` of pytest-xdist 3.8 has no effect under pytest 9.)
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

ALONE = ("tests/proof/", "tests/matrix/")
TOGETHER = (
    "tests/isolation/",
    "tests/proof/jobs/",
    "tests/proof/test_image.py",
    "tests/proof/test_night_faults.py",
    "tests/proof/test_night_scale.py",
    "tests/proof/test_parallel_posts.py",
    "tests/proof/test_proxy.py",
    "tests/proof/test_upgrade.py",
    "tests/proof/test_whole_walk.py",
)
# Of few tests and long: these go first, or a lane would wait for them in the end. All others go by
# how many tests they have.
LONG = (
    "tests/proof/test_all_parameters.py::test_no_value_of_any_parameter_is_a_fault_of_ours",
    "tests/proof/test_whole_walk.py",
    "tests/proof/test_upgrade.py",
    "tests/proof/test_image.py",
    "tests/story/test_browser.py",
    "tests/story/test_telco.py",
    "tests/isolation/",
    "tests/story/test_first_hour.py",
    "tests/metrics/test_corrections.py",
    "tests/metrics/test_night.py",
    "tests/tenants/test_migrating.py",
    "tests/metrics/test_reading.py",
    "tests/metrics/test_rich_books.py",
    "tests/csplatform/test_serving.py",
)


class Lanes(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid if nodeid.startswith(ALONE) else nodeid.split("::")[0]
        return next((path for path in TOGETHER if nodeid.startswith(path)), file)

    def _assign_work_unit(self, node: WorkerController) -> None:
        long = next((scope for scope in LONG if scope in self.workqueue), None)
        if long:
            self.workqueue.move_to_end(long, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    known = [scope.split("::")[0] for scope in (*TOGETHER, *LONG)]
    gone = [path for path in known if not (config.rootpath / path).exists()]
    if gone:
        raise pytest.UsageError(f"tests/lanes.py names what is not there: {gone}")
    return Lanes(config, log)
