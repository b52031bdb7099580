"""The ledger: nights are planned by local day, run once, taken back, and given up at last."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from tenants import nights
from tenants.calendar import last_closed_day
from tenants.context import find
from tenants.models import NightRun, Tenant
from tenants.nights import NightUnavailable

NOW = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
YESTERDAY = date(2024, 6, 30)
State = NightRun.State


@pytest.fixture
def acme(ledger: None) -> Tenant:
    """Acme alone has nights here."""
    Tenant.objects.filter(slug="globex").update(state=Tenant.State.SUSPENDED)
    return find(slug="acme")


def planned(tenant: Tenant) -> list[date]:
    runs = NightRun.objects.filter(tenant=tenant).order_by("local_date")
    return list(runs.values_list("local_date", flat=True))


def run_of(tenant: Tenant) -> NightRun:
    return NightRun.objects.get(tenant=tenant)


def test_the_first_night_is_that_of_yesterday_and_is_planned_once(acme: Tenant) -> None:
    assert nights.plan(now=NOW) == 1
    assert nights.plan(now=NOW) == 0
    assert planned(acme) == [YESTERDAY]


def test_a_suspended_tenant_and_the_platform_have_no_nights(acme: Tenant) -> None:
    nights.plan(now=NOW)
    assert NightRun.objects.exclude(tenant=acme).count() == 0


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Kiritimati", date(2024, 7, 1)),
        ("Asia/Tehran", date(2024, 6, 30)),
        ("Pacific/Pago_Pago", date(2024, 6, 29)),
    ],
)
def test_each_tenant_has_its_own_yesterday(acme: Tenant, zone: str, day: date) -> None:
    Tenant.objects.filter(pk=acme.pk).update(timezone=zone)
    nights.plan(now=NOW)
    assert planned(acme) == [day]


def test_days_on_which_the_timetable_stood_still_are_made_up_for(acme: Tenant) -> None:
    nights.plan(now=NOW)
    assert nights.plan(now=NOW + timedelta(days=3)) == 3
    assert planned(acme)[-1] == date(2024, 7, 3)


def test_no_more_than_a_month_is_made_up_for(acme: Tenant) -> None:
    nights.plan(now=NOW)
    assert nights.plan(now=NOW + timedelta(days=400)) == nights.LONGEST_CATCH_UP + 1


def test_a_tenant_whose_data_has_ended_rests(acme: Tenant) -> None:
    nights.plan(now=NOW)
    Tenant.objects.filter(pk=acme.pk).update(last_day=date(2024, 7, 1))
    assert nights.plan(now=NOW + timedelta(days=9)) == 1
    assert planned(acme) == [YESTERDAY, date(2024, 7, 1)]


def test_a_year_of_ticks_plans_every_local_day_once(acme: Tenant) -> None:
    """Through days of 23, 23.5, 24.5 and 25 hours (proof/ ticks each quarter of an hour)."""
    zones = {"acme": "America/New_York", "globex": "Australia/Lord_Howe"}
    for slug, zone in zones.items():
        Tenant.objects.filter(slug=slug).update(timezone=zone, state=Tenant.State.READY)
    for hours in range(0, 400 * 24, 11):
        nights.plan(now=NOW + timedelta(hours=hours))
    for slug, zone in zones.items():
        days = planned(Tenant.objects.get(slug=slug))
        assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
        assert days[-1] == last_closed_day(moment=NOW + timedelta(hours=hours), zone=zone)


def test_a_run_is_queued_once_and_again_when_the_broker_seems_to_have_lost_it(
    acme: Tenant,
) -> None:
    nights.plan(now=NOW)
    assert nights.to_queue(now=NOW) == [("acme", YESTERDAY)]
    assert nights.to_queue(now=NOW + timedelta(seconds=30)) == []
    assert nights.to_queue(now=NOW + timedelta(minutes=10)) == [("acme", YESTERDAY)]


def test_a_night_that_ends_is_done_and_not_run_again(acme: Tenant) -> None:
    with nights.attempt(tenant=acme, day=YESTERDAY) as attempt:
        attempt.at_stage("measure")
        assert run_of(acme).stage == "measure"
    run = run_of(acme)
    assert (run.state, run.attempts, run.stage) == (State.DONE, 1, "")
    with pytest.raises(NightUnavailable, match="done"), nights.attempt(tenant=acme, day=YESTERDAY):
        raise AssertionError("ran twice")


def test_by_hand_it_may_be_run_again(acme: Tenant) -> None:
    for _ in range(2):
        with nights.attempt(tenant=acme, day=YESTERDAY, by_hand=True):
            pass
    assert (run_of(acme).state, run_of(acme).attempts) == (State.DONE, 2)


def test_while_one_runs_it_nobody_else_may(acme: Tenant) -> None:
    with (
        nights.attempt(tenant=acme, day=YESTERDAY),
        pytest.raises(NightUnavailable, match="running"),
        nights.attempt(tenant=acme, day=YESTERDAY, by_hand=True),
    ):
        raise AssertionError("ran twice at once")


def fail(tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), nights.attempt(tenant=tenant, day=YESTERDAY):
        raise ZeroDivisionError("by design")


def test_a_night_that_fails_waits_for_another_attempt(acme: Tenant) -> None:
    fail(acme)
    run = run_of(acme)
    assert (run.state, run.failures, run.error) == (
        State.PENDING,
        1,
        "ZeroDivisionError: by design",
    )


def test_after_three_failures_it_is_given_up_with_an_alert(
    acme: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="csplatform.alerts"):
        for _ in range(3):
            fail(acme)
    assert run_of(acme).state == State.PARKED
    assert [record.message.split()[:2] for record in caplog.records] == [["night", "parked"]]
    assert nights.to_queue(now=timezone.now()) == []


def test_a_silent_runner_is_taken_to_be_gone(acme: Tenant) -> None:
    silent_since = NOW - timedelta(minutes=2)
    NightRun.objects.create(
        tenant=acme,
        local_date=YESTERDAY,
        state=State.RUNNING,
        attempts=1,
        heartbeat=silent_since,
        queued_at=silent_since,
    )
    nights.reconcile(now=NOW)
    assert (run_of(acme).state, run_of(acme).failures) == (State.PENDING, 1)
    assert nights.to_queue(now=NOW) == [("acme", YESTERDAY)]


def test_a_runner_that_beats_is_left_alone(acme: Tenant) -> None:
    with nights.attempt(tenant=acme, day=YESTERDAY):
        nights.reconcile(now=timezone.now())
        assert run_of(acme).state == State.RUNNING


def test_nights_of_many_days_of_one_tenant_do_not_come_before_anothers(
    acme: Tenant,
) -> None:
    ledger, globex = NightRun.objects.using("ledger"), find(slug="globex")
    Tenant.objects.filter(pk=globex.pk).update(state=Tenant.State.READY)
    for tenant, days in ((acme, 5), (globex, 2)):
        for number in range(days):
            ledger.create(
                tenant_id=tenant.pk, local_date=YESTERDAY - timedelta(days=number), queued_at=NOW
            )
    order = []
    while found := nights.next_due():
        order.append(found[0])
        ledger.filter(tenant__schema_name=found[0], local_date=found[1]).update(state="done")
    assert order == ["acme", "globex", "acme", "globex", "acme", "acme", "acme"]


def test_what_is_computed_again_comes_after_every_day_that_has_not_been_computed(
    acme: Tenant,
) -> None:
    ledger, globex = NightRun.objects.using("ledger"), find(slug="globex")
    Tenant.objects.filter(pk=globex.pk).update(state=Tenant.State.READY)
    old = [YESTERDAY - timedelta(days=number) for number in (9, 8, 7)]
    for day in old:
        ledger.create(tenant_id=acme.pk, local_date=day, state=State.DONE)
    ledger.create(tenant_id=acme.pk, local_date=YESTERDAY, queued_at=NOW)
    ledger.create(tenant_id=globex.pk, local_date=YESTERDAY, queued_at=NOW)
    assert nights.reopen(tenant=acme, days=[*old[:2], YESTERDAY], now=NOW) == 2
    order = []
    while found := nights.next_due():
        order.append(found)
        with nights.attempt(tenant=find(slug=found[0]), day=found[1]):
            pass
    assert sorted(order[:2]) == [("acme", YESTERDAY), ("globex", YESTERDAY)]
    assert order[2:] == [("acme", old[0]), ("acme", old[1])]
    assert set(ledger.values_list("state", "reopened_at")) == {(State.DONE, None)}


def test_a_second_night_of_a_tenant_waits_for_the_first_to_end(acme: Tenant) -> None:
    ledger = NightRun.objects.using("ledger")
    for day in (YESTERDAY, YESTERDAY - timedelta(days=1)):
        ledger.create(tenant_id=acme.pk, local_date=day, queued_at=NOW)
    with nights.attempt(tenant=acme, day=YESTERDAY):
        assert nights.next_due() is None
    assert nights.next_due() == ("acme", YESTERDAY - timedelta(days=1))


def test_a_night_that_failed_is_not_run_again_before_the_next_tick(acme: Tenant) -> None:
    nights.plan(now=NOW)
    nights.to_queue(now=NOW)
    with pytest.raises(ZeroDivisionError), nights.attempt(tenant=acme, day=YESTERDAY):
        raise ZeroDivisionError
    assert (nights.next_due(), nights.waiting()) == (None, 0)
    nights.to_queue(now=NOW)
    assert (nights.next_due(), nights.waiting()) == (("acme", YESTERDAY), 1)
