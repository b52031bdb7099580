"""Tenants in turn: whoever was served longest ago is next, however much another has sent."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from tenants import queues
from tenants.context import find
from tenants.models import Due, Tenant

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
NOW = timezone.now()
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def acme(db: None) -> Tenant:
    return find(slug="acme")


@pytest.fixture
def globex(db: None) -> Tenant:
    return find(slug="globex")


def enter(tenant: Tenant, *jobs: int, queue: str = "jobs") -> None:
    for job in jobs:
        queues.enter(tenant=tenant, queue=queue, job=job, due_at=NOW)


def served(*, most: int = 9, queue: str = "jobs") -> list[tuple[str, int]]:
    """Whose jobs are done, one after the other, until none is left."""
    done: list[tuple[str, int]] = []
    while len(done) < most:
        claim = queues.claim(queue=queue, now=NOW + timedelta(seconds=len(done)))
        if claim is None:
            break
        done.append((claim.schema_name, claim.entry.job))
        Due.objects.using("ledger").filter(pk=claim.entry.pk).delete()
    return done


def test_tenants_take_turns_whoever_came_first(acme: Tenant, globex: Tenant) -> None:
    enter(acme, 1, 2, 3, 4)
    enter(globex, 1, 2)
    assert served() == [
        ("acme", 1),
        ("globex", 1),
        ("acme", 2),
        ("globex", 2),
        ("acme", 3),
        ("acme", 4),
    ]


def test_whoever_was_served_last_waits_for_the_other(acme: Tenant, globex: Tenant) -> None:
    enter(acme, 1, 2, 3)
    assert served(most=1) == [("acme", 1)]
    enter(globex, 1)
    assert served() == [("globex", 1), ("acme", 2), ("acme", 3)]


def test_the_place_in_the_line_is_the_one_in_which_they_are_served(
    acme: Tenant, globex: Tenant
) -> None:
    enter(acme, 11, 12, 13)
    enter(globex, 21, 22)
    places = {
        tenant.slug: queues.positions(tenant=tenant, queue="jobs", now=NOW)
        for tenant in (acme, globex)
    }
    assert places == {"acme": {11: 1, 12: 3, 13: 5}, "globex": {21: 2, 22: 4}}
    assert served() == [("acme", 11), ("globex", 21), ("acme", 12), ("globex", 22), ("acme", 13)]


def test_a_tenant_has_no_more_running_than_it_may(
    acme: Tenant, globex: Tenant, settings: Settings
) -> None:
    settings.JOBS_RUNNING_PER_TENANT = 2
    enter(acme, 1, 2, 3)
    enter(globex, 1)
    running = [queues.claim(queue="jobs", now=NOW) for _ in range(4)]
    assert [claim and (claim.schema_name, claim.entry.job) for claim in running] == [
        ("acme", 1),
        ("globex", 1),
        ("acme", 2),
        None,
    ]
    queues.leave(tenant=acme, job=1)
    third = queues.claim(queue="jobs", now=NOW)
    assert third is not None and third.entry.job == 3


def test_one_queue_does_not_wait_for_another(acme: Tenant) -> None:
    enter(acme, 1, queue="jobs")
    enter(acme, 2, queue="interactive")
    assert queues.claim(queue="jobs", now=NOW) is not None
    trial = queues.claim(queue="interactive", now=NOW)
    assert trial is not None and trial.entry.job == 2
    assert queues.claim(queue="interactive", now=NOW) is None


def test_what_a_dead_process_had_is_claimed_again_though_the_queue_is_full(
    acme: Tenant, settings: Settings
) -> None:
    enter(acme, *range(1, 51))
    first = queues.claim(queue="jobs", now=NOW)
    assert queues.claim(queue="jobs", now=NOW) is None
    later = NOW + timedelta(seconds=settings.JOB_STOPPED_AFTER_SECONDS + 1)
    assert queues.claim(queue="jobs", now=later) == first


def test_an_entry_comes_back_with_what_it_was_entered_with(acme: Tenant) -> None:
    queues.enter(tenant=acme, queue="jobs", job=1, due_at=NOW, payload={"to": "ann@acme.test"})
    claim = queues.claim(queue="jobs", now=NOW)
    assert claim is not None and claim.entry.payload == {"to": "ann@acme.test"}


def test_whoever_lost_an_entry_writes_nothing_over_the_next_holders(acme: Tenant) -> None:
    enter(acme, 1)
    later = NOW + 2 * A_MINUTE
    lost, held = queues.claim(queue="jobs", now=NOW), queues.claim(queue="jobs", now=later)
    assert lost is not None and held is not None
    lost.beat()
    lost.give_back(until=NOW)
    assert Due.objects.using("ledger").get().heartbeat == later
    held.give_back(until=NOW)
    assert queues.waiting(tenant=acme) == 1


def test_an_entry_that_nobody_brings_to_an_end_is_parked_with_an_alert(
    acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    enter(acme, 1)
    times = [NOW + 2 * n * A_MINUTE for n in range(7)]
    claims = [queues.claim(queue="jobs", now=at) for at in times]
    assert [claim is not None for claim in claims] == [True] * 4 + [False] * 3
    assert caplog.text.count("job parked") == 1
    assert queues.in_line(queue="jobs", now=times[-1]) == 0


def test_work_is_left_alone_until_it_is_due_and_while_its_tenant_is_closed(acme: Tenant) -> None:
    place = queues.enter(tenant=acme, queue="jobs", job=1, due_at=NOW + A_MINUTE)
    assert queues.claim(queue="jobs", now=NOW) is None
    queues.postpone(place, until=NOW)
    Tenant.objects.using("ledger").filter(pk=acme.pk).update(state="suspended")
    assert queues.claim(queue="jobs", now=NOW) is None
    Tenant.objects.using("ledger").filter(pk=acme.pk).update(state="ready")
    assert queues.claim(queue="jobs", now=NOW) is not None


def test_what_waits_is_counted_without_what_runs(acme: Tenant, globex: Tenant) -> None:
    enter(acme, 1, 2, 3)
    enter(globex, 1)
    queues.claim(queue="jobs", now=NOW)
    assert queues.waiting(tenant=acme) == 2
    assert queues.in_line(queue="jobs", now=NOW) == 3


def test_statements_do_not_grow_with_the_line(
    acme: Tenant, globex: Tenant, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    enter(acme, *range(100))
    enter(globex, *range(100))
    with django_assert_num_queries(1, using="ledger"):  # type: ignore[operator]
        assert len(queues.positions(tenant=acme, queue="jobs", now=NOW)) == 100
