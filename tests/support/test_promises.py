"""What was promised falls due when its clock has run out, and the clock stands still meanwhile."""

from datetime import UTC, date, datetime

import pytest

from support.models import SlaTarget
from tests.support.desk import MAY, Desk, choose, promise, reasons, rows, value

JUNE = date(2026, 6, 30)
pytestmark = pytest.mark.django_db


def due() -> list[datetime]:
    return [row["due_at"] for row in rows("sla_breach_rate", "denominator")]


def test_nothing_falls_due_while_a_ticket_waits(desk: Desk) -> None:
    promise(resolution_minutes=180)
    desk.ticket("t", "05-05 09:00", status="pending")
    desk.append_only("t", "05-05 09:20 pending")
    assert value("sla_breach_rate") is None
    desk.append_only("t", "06-10 10:00 solved")
    assert value("sla_breach_rate") is None
    assert value("sla_breach_rate", JUNE) == 0


def test_the_clock_goes_on_where_it_stood(desk: Desk) -> None:
    promise(resolution_minutes=180)
    desk.ticket("t", "05-05 09:00", status="pending")
    desk.append_only("t", "05-05 09:20 pending", "05-20 10:00 open")
    assert value("sla_breach_rate") == 100
    assert due() == [datetime(2026, 5, 20, 12, 40, tzinfo=UTC)]


def test_what_waits_over_the_end_of_a_month_falls_due_in_the_next(desk: Desk) -> None:
    promise(resolution_minutes=60)
    desk.ticket("t", "05-31 23:30", status="open")
    desk.append_only("t", "05-31 23:45 pending", "06-02 09:00 open")
    assert value("sla_breach_rate") is None
    assert value("sla_breach_rate", JUNE) == 100


def test_a_solving_taken_back_at_once_keeps_no_promise(desk: Desk) -> None:
    promise(resolution_minutes=180)
    desk.ticket("t", "05-05 09:00", status="open")
    desk.append_only("t", "05-05 10:00 solved", "05-05 10:05 open")
    assert value("sla_breach_rate") == 100
    desk.ticket("u", "05-05 09:00", status="open")
    desk.append_only("u", "05-05 10:00 solved", "05-06 10:00 open")
    assert value("sla_breach_rate") == 50


@pytest.mark.parametrize(
    ("minutes", "opened", "events", "broken"),
    [
        (120, "05-06 15:00", "05-06 15:30 pending/05-06 16:30 open/05-07 09:30 solved", 0),
        (60, "05-07 16:30", "05-07 16:45 pending/05-08 09:15 open/05-08 12:00 solved", 100),
        # Waiting over a weekend costs nothing: 30 minutes on Friday, 60 on Monday.
        (90, "05-08 16:00", "05-08 16:30 pending/05-11 10:00 open/05-11 11:00 solved", 0),
        (89, "05-08 16:00", "05-08 16:30 pending/05-11 10:00 open/05-11 11:00 solved", 100),
    ],
)
def test_business_hours_are_counted_by_one_clock(
    desk: Desk, minutes: int, opened: str, events: str, broken: int
) -> None:
    promise(business=True, resolution_minutes=minutes)
    desk.ticket("t", opened, status="solved")
    desk.append_only("t", *events.split("/"))
    assert value("sla_breach_rate") == broken


def test_another_target_is_another_past(desk: Desk) -> None:
    promise(first_response_minutes=30)
    desk.ticket("t", "05-05 09:00")
    desk.append_only("t", "05-05 09:40 agent")
    assert value("sla_breach_rate") == 100
    SlaTarget.objects.update(first_response_minutes=60)
    assert value("sla_breach_rate") == 0


def test_of_another_priority_another_promise_holds_from_then_on(desk: Desk) -> None:
    promise(first_response_minutes=60)
    promise("urgent", first_response_minutes=10)
    desk.ticket("t", "05-05 09:00", priority="normal")
    desk.append_only("t", "05-05 09:40 agent")
    assert value("sla_breach_rate") == 0
    # Said today, so that the promise of May had been kept by then.
    desk.ticket("t", "05-05 09:00", priority="urgent")
    assert value("sla_breach_rate") == 0
    desk.ticket("u", "05-05 09:00", priority="urgent")
    desk.append_only("u", "05-05 09:40 agent")
    assert value("sla_breach_rate") == 50


def test_a_priority_that_rose_as_the_ticket_was_closed_moves_no_promise(desk: Desk) -> None:
    promise(resolution_minutes=60 * 24 * 60)
    promise("urgent", resolution_minutes=60)
    desk.ticket("t", "05-05 09:00", priority="normal")
    desk.ticket("t", "05-05 09:00", priority="urgent", status="solved", solved_at="06-10 09:00")
    assert value("sla_breach_rate") is None
    # Once it is urgent the hour is over; and it is solved.
    assert value("sla_breach_rate", JUNE) == 0


def test_nobody_knows_whether_a_promise_was_kept(desk: Desk) -> None:
    promise(resolution_minutes=60)
    desk.ticket("t", "05-05 09:00", status="solved")
    desk.ticket("u", "05-05 09:00", status="closed", closed_at="05-05 09:00", closed_as="spam")
    assert value("sla_breach_rate") is None
    assert sorted(reasons("sla_breach_rate")) == ["solved, nobody knows when", "spam or abandoned"]


@pytest.mark.parametrize(
    ("holidays", "seconds"),
    [
        ([], 39_600),
        ([date(2026, 5, 1)], 10_800),
        ([date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3)], 10_800),  # the others: a weekend
        ([date(2026, 4, 30), date(2026, 5, 1)], 3_600),
    ],
)
def test_holidays_have_no_business_hours(desk: Desk, holidays: list[date], seconds: int) -> None:
    desk.ticket("t", "04-30 15:00")
    desk.append_only("t", "05-04 10:00 agent")
    choose(holidays=holidays)
    assert value("first_response_time", variant="business_mean") == seconds


def test_a_promise_in_business_hours_passes_over_holidays(desk: Desk) -> None:
    promise(business=True, first_response_minutes=180)
    choose(holidays=[date(2026, 5, 1), date(2026, 5, 4)])
    desk.ticket("t", "04-30 15:00")
    assert value("sla_breach_rate") == 100
    assert due() == [datetime(2026, 5, 5, 10, tzinfo=UTC)]


def test_a_tenant_with_one_day_a_week_and_many_holidays(desk: Desk) -> None:
    promise(business=True, first_response_minutes=60)
    choose(business_days=[1], holidays=[date(2026, 5, day) for day in (4, 11, 18)])
    desk.ticket("t", "05-01 09:00")
    assert value("sla_breach_rate") == 100
    assert due() == [datetime(2026, 5, 25, 10, tzinfo=UTC)]


def test_business_hours_on_a_day_of_23_hours(desk: Desk) -> None:
    desk.send.tenant.timezone = "Europe/Warsaw"
    choose(
        timezone="Europe/Warsaw",
        business_days=[7],
        business_from="00:00",
        business_until="06:00",
    )
    desk.ticket("t", "03-28 12:00")
    desk.append_only("t", "03-29 12:00 agent")
    march = date(2026, 3, 31)
    assert value("first_response_time", march, "business_mean") == 5 * 3600
    assert value("first_response_time", march) == 24 * 3600
    assert value("sla_breach_rate", MAY) is None
