"""A file that is hurt on its way in is in at the end, whole, and once."""

import pytest
from django.core.files.base import ContentFile
from django.db import connections, transaction

from accounts import jobs
from accounts.models import Account, Import, Job
from tenants.context import inside
from tests.csplatform.supervisors import wait_for as wait_until
from tests.proof.sites import Site
from usage.models import Event

ROWS = 30_000
TABLE = "usage_event"


def events() -> bytes:
    rows = [
        f"m{n},2024-05-{n % 28 + 1:02d}T10:00:00Z,u{n % 50},a{n % 40},login" for n in range(ROWS)
    ]
    return "\n".join(
        ["message_id,occurred_at,user_id,account_external_id,event", *rows, "bad,x,u,a1,login", ""]
    ).encode()


def ask_for(kind: str, entry: Import) -> Job:
    # In one transaction, as a request does it: the job begins when its import knows of it.
    with inside("acme") as tenant, transaction.atomic():
        entry.job = jobs.enqueue(
            kind=kind, subject="events", owner=None, parameters={"import": entry.pk}, tenant=tenant
        )
        entry.save()
        return entry.job


def job_of(entry: Import) -> tuple[str, str, int]:
    connections.close_all()
    with inside("acme"):
        job = Import.objects.get(pk=entry.pk).job
        assert job is not None
        return job.state, job.stage, job.attempts


def until_held(hurt: Site, entry: Import) -> None:
    """Until the job has come as far as the table that the test holds."""
    wait_until(
        lambda: job_of(entry)[0] == "running" and hurt.waits_for_us(),
        seconds=240,
        describe=lambda: str(job_of(entry)),
    )


def accounts_of_acme() -> list[str]:
    with inside("acme"):
        return sorted(Account.objects.values_list("external_id", flat=True))


def uploaded() -> Import:
    with inside("acme"):
        entry = Import(kind="events", source="file", name="events.csv")
        entry.file.save("events.csv", ContentFile(events()))
        return entry


FAULTS = {
    "worker killed": Site.kill_the_worker,
    "PostgreSQL killed, broker emptied": Site.kill_postgresql_and_empty_the_broker,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_import_that_is_hurt_goes_on_by_itself_and_equals_the_file(
    hurt: Site, fault: str
) -> None:
    entry, accounts = uploaded(), accounts_of_acme()
    with hurt.holding(TABLE):
        ask_for("import", entry)
        until_held(hurt, entry)
        FAULTS[fault](hurt)
    wait_until(lambda: job_of(entry)[0] == "done", seconds=240, describe=lambda: str(job_of(entry)))
    assert job_of(entry)[2] >= 2
    with inside("acme"):
        stored = Import.objects.get(pk=entry.pk)
        assert (stored.created, stored.rejected, stored.state) == (ROWS, 1, "done")
        assert Event.objects.count() == ROWS
        numbers = Event.objects.values_list("message_id", flat=True)
        assert set(numbers) == {f"m{n}" for n in range(ROWS)}
    assert accounts_of_acme() == accounts
    ask_for("undo", stored)
    wait_until(lambda: job_of(entry)[0] == "done", seconds=240, describe=lambda: str(job_of(entry)))
    with inside("acme"):
        assert Event.objects.count() == 0


def test_a_running_import_stops_when_it_is_asked_to_and_leaves_nothing(hurt: Site) -> None:
    entry = uploaded()
    with hurt.holding(TABLE):
        job = ask_for("import", entry)
        until_held(hurt, entry)
        with inside("acme"):
            jobs.ask_to_stop(job=job)
        wait_until(lambda: job_of(entry)[0] == "cancelled", seconds=240)
    with inside("acme"):
        assert Event.objects.count() == 0
        assert Import.objects.get(pk=entry.pk).state == "uploaded"
