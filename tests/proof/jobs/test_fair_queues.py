"""However much one tenant sends, and whatever takes long, the others' work is done in its turn."""

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from django.core.files.base import ContentFile
from django.db import connections

from accounts import jobs
from accounts.models import Account, Import, Job
from tenants.context import inside
from tests.csplatform.supervisors import wait_for as wait_until
from tests.proof.sites import Site

UPLOADS = 100


def send(slug: str, *names: str, kind: str = "import") -> list[int]:
    """Files of one account each, taken in or tried; the numbers of the jobs."""
    with inside(slug) as tenant:
        found = []
        for name in names:
            entry = Import(kind="accounts", source="file", name=f"{name}.csv")
            content = f"external_id,name\n{name},{name.title()}\n"
            entry.file.save(f"{name}.csv", ContentFile(content.encode()))
            found.append(
                jobs.enqueue(
                    kind=kind,
                    subject=name,
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

    wait_until(is_there, seconds=seconds, describe=lambda: str(states(slug)))


@contextmanager
def suspended(process: psutil.Process) -> Iterator[None]:
    """It takes connections, because the kernel does, and answers nothing."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def test_a_hundred_files_of_one_tenant_hold_up_nothing_of_another(hurt: Site) -> None:
    with hurt.holding("accounts_account"):
        numbers = send("acme", *(f"n{n}" for n in range(UPLOADS)))
        until_job("acme", numbers[0], "running")
        hurt.do(
            "DELETE FROM tenants_nightrun WHERE tenant_id IN"
            " (SELECT id FROM tenants_tenant WHERE slug = 'globex')"
        )
        hurt.until_done("globex", seconds=240)
        (other,) = send("globex", "import-of-another")
        until_job("globex", other, "done")
        (trial,) = send("globex", "trial-of-another", kind="check")
        until_job("globex", trial, "done")
        assert states("acme") == {"running": 1, "queued": UPLOADS - 1}
    wait_until(lambda: states("acme") == {"done": UPLOADS}, seconds=400)
    with inside("acme"):
        assert Account.objects.filter(external_id__startswith="n").count() == UPLOADS


def test_a_trial_ends_while_a_night_runs_long(hurt: Site) -> None:
    with hurt.held_in("measure"):
        hurt.do("DELETE FROM tenants_nightrun")
        wait_until(hurt.waits_for_us, seconds=240)
        assert hurt.run_of("acme")[0] == "running"
        for slug in ("acme", "globex"):
            (trial,) = send(slug, f"trial-{slug}", kind="check")
            until_job(slug, trial, "done")
        hurt.until_done("globex", seconds=240)
        assert hurt.run_of("acme")[0] == "running"
    hurt.until_done("acme", seconds=240)


def test_ticks_go_on_while_the_broker_answers_nothing(hurt: Site) -> None:
    with suspended(psutil.Process(hurt.supervised.note["pids"]["valkey"])):
        hurt.do("DELETE FROM tenants_nightrun")
        wait_until(lambda: hurt.run_of("acme")[0] == "pending", seconds=240)
        wait_until(lambda: hurt.run_of("globex")[0] == "pending", seconds=240)
    for slug in ("acme", "globex"):
        hurt.until_done(slug, seconds=240)
