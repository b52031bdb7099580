"""However much one tenant sends, and whatever takes long, the others' work is done in its turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.core.files.base import ContentFile
from django.db import connections
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from accounts import jobs
from accounts.models import Account, Import, Job
from tenants.context import inside
from tests.csplatform.supervisors import own_folder
from tests.csplatform.supervisors import wait_for as wait_until
from tests.media import keep_files_in
from tests.proof.sites import IMPATIENT, Site, site

UPLOADS = 100


@pytest.fixture(scope="module")
def fair(django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with own_folder() as folder, site(folder, IMPATIENT, django_db_blocker) as there:
        for slug in ("acme", "globex"):
            there.until_done(slug, seconds=240)
        yield there


@pytest.fixture(autouse=True)
def same_files(fair: Site, settings: Settings) -> None:
    """The test and the workers keep files in one place; and the test is as impatient."""
    keep_files_in(Path(fair.supervised.data) / "media", settings)
    settings.JOB_STOPPED_AFTER_SECONDS = 1


def send(slug: str, *names: str, kind: str = "import") -> list[int]:
    """Files of one account each, taken in or tried; the numbers of the jobs."""
    with inside(slug) as tenant:
        found = []
        for name in names:
            entry = Import(kind="accounts", source="file", name=f"{name}.csv")
            content = f"external_id,name\n{name},{name.title()}\n"
            entry.file.save(f"{name}.csv", ContentFile(content.encode()))
            found.append(
                jobs.start(
                    kind=kind,
                    title=name,
                    owner=None,
                    parameters={"import": entry.pk},
                    tenant=tenant,
                    size=entry.file.size,
                ).pk
            )
        return found


def states(slug: str) -> dict[str, int]:
    """How many jobs a tenant has in each state."""
    connections.close_all()
    with inside(slug):
        found = list(Job.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}


def until_job(slug: str, number: int, state: str, *, seconds: float = 240) -> None:
    def is_there() -> bool:
        connections.close_all()
        with inside(slug):
            return Job.objects.get(pk=number).state == state

    wait_until(is_there, seconds=seconds, said=lambda: str(states(slug)))


@contextmanager
def suspended(process: psutil.Process) -> Iterator[None]:
    """It takes connections, because the kernel does, and answers nothing."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def test_a_hundred_files_of_one_tenant_hold_up_nothing_of_another(fair: Site) -> None:
    with fair.holding("accounts_account"):
        numbers = send("acme", *(f"n{n}" for n in range(UPLOADS)))
        until_job("acme", numbers[0], "running")
        fair.do(
            "DELETE FROM tenants_nightrun WHERE tenant_id IN"
            " (SELECT id FROM tenants_tenant WHERE slug = 'globex')"
        )
        fair.until_done("globex", seconds=240)
        (other,) = send("globex", "import-of-another")
        until_job("globex", other, "done")
        (trial,) = send("globex", "trial-of-another", kind="check")
        until_job("globex", trial, "done")
        assert states("acme") == {"running": 1, "queued": UPLOADS - 1}
    wait_until(lambda: states("acme") == {"done": UPLOADS}, seconds=400)
    with inside("acme"):
        assert Account.objects.filter(external_id__startswith="n").count() == UPLOADS


def test_a_trial_ends_while_a_night_runs_long(fair: Site) -> None:
    with fair.held_in("measure"):
        fair.do("DELETE FROM tenants_nightrun")
        wait_until(fair.waits_for_us, seconds=240)
        assert fair.run_of("acme")[0] == "running"
        for slug in ("acme", "globex"):
            (trial,) = send(slug, f"trial-{slug}", kind="check")
            until_job(slug, trial, "done")
        fair.until_done("globex", seconds=240)
        assert fair.run_of("acme")[0] == "running"
    fair.until_done("acme", seconds=240)


def test_ticks_go_on_while_the_broker_answers_nothing(fair: Site) -> None:
    with suspended(psutil.Process(fair.supervised.note["pids"]["valkey"])):
        fair.do("DELETE FROM tenants_nightrun")
        wait_until(lambda: fair.run_of("acme")[0] == "pending", seconds=240)
        wait_until(lambda: fair.run_of("globex")[0] == "pending", seconds=240)
    for slug in ("acme", "globex"):
        fair.until_done(slug, seconds=240)
