"""When a ticket is solved, opened again, solved again; what is known and what is not."""

from datetime import date

import pytest

from metrics.windows.periods import Period
from tests.support.desk import MAY, Desk, choose, open_on, reasons, rows, value

APRIL = date(2026, 4, 30)
pytestmark = pytest.mark.django_db


def solved_three_times(desk: Desk) -> None:
    desk.ticket("t", "04-08 09:00", status="solved")
    desk.append_only(
        *("t", "04-10 09:00 solved", "04-22 09:00 open", "05-06 12:00 solved"),
        *("05-08 09:00 open", "05-11 09:00 solved"),
    )


def test_a_ticket_counts_in_every_month_in_which_it_was_solved(desk: Desk) -> None:
    solved_three_times(desk)
    assert [value("reopen_rate", day) for day in (APRIL, MAY)] == [100, 100]
    assert value("reopen_rate", date(2026, 6, 30)) is None
    assert [open_on(7), open_on(9), open_on(12)] == [0, 1, 0]


def test_who_came_back_soon_after_any_solving_was_not_helped_at_first_contact(desk: Desk) -> None:
    solved_three_times(desk)
    assert [value("fcr", day, "of_solved") for day in (APRIL, MAY)] == [100, 0]
    assert value("fcr", APRIL) == 100


@pytest.mark.parametrize(("reopened", "fcr"), [("05-12 09:59", 0), ("05-12 10:00", 100)])
def test_opened_again_when_the_days_are_over_is_not_soon(
    desk: Desk, reopened: str, fcr: int
) -> None:
    desk.ticket("t", "05-04 10:00")
    desk.append_only("t", "05-05 10:00 solved", f"{reopened} open", "05-20 10:00 solved")
    assert value("fcr") == fcr


def test_resolution_runs_to_the_last_solving_of_the_period(desk: Desk) -> None:
    solved_three_times(desk)
    day = 86_400
    assert value("resolution_time") == 33 * day
    assert value("resolution_time", variant="first") is None
    # Opened again on 22 April, it is not solved at the end of April.
    assert value("resolution_time", APRIL) is None
    assert reasons("resolution_time", day=APRIL) == ["opened again by the end of the period"]
    assert value("resolution_time", APRIL, "first") == 2 * day
    assert value("resolution_time", date(2026, 5, 7)) == 28 * day + 3 * 3600


def test_a_ticket_solved_twice_in_a_period_is_one_ticket(desk: Desk) -> None:
    solved_three_times(desk)
    found = rows("reopen_rate", "denominator")
    assert [row["solved_at"].day for row in found] == [11]
    assert len(rows("resolution_time", "denominator")) == 1


def test_solved_at_counts_before_the_closing(desk: Desk) -> None:
    desk.ticket("t", "05-04 10:00", status="closed", solved_at="05-04 12:30")
    desk.append_only("t", "05-25 12:00 closed")
    assert value("resolution_time") == 9_000
    assert open_on(5) == 0


def test_solved_events_count_before_solved_at(desk: Desk) -> None:
    desk.ticket("t", "05-04 10:00", status="solved", solved_at="05-04 12:30")
    desk.append_only("t", "05-04 12:45 solved")
    assert value("resolution_time") == 9_900


@pytest.mark.parametrize("by", ["event", "column"])
def test_what_was_only_closed_was_solved_then(desk: Desk, by: str) -> None:
    closed = {"closed_at": "05-04 11:00"} if by == "column" else {}
    desk.ticket("t", "05-04 10:00", status="closed", **closed)
    if by == "event":
        desk.append_only("t", "05-04 11:00 closed")
    assert value("resolution_time") == 3_600


def test_closed_and_opened_again(desk: Desk) -> None:
    desk.ticket("t", "05-04 10:00", status="open")
    desk.append_only("t", "05-04 11:00 closed", "05-06 11:00 open")
    assert [value("reopen_rate"), value("resolution_time")] == [100, None]
    assert [open_on(5), open_on(6)] == [0, 1]


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_solved_by_status_alone_is_not_open_and_left_out(desk: Desk, status: str) -> None:
    desk.ticket("t", "05-04 10:00", status=status)
    desk.ticket("u", "05-04 10:00", status="solved", solved_at="05-04 11:00")
    assert open_on(4) == 0
    assert [value("fcr"), value("resolution_time"), value("reopen_rate")] == [100, 3_600, 0]
    for key, variant in (("fcr", ""), ("fcr", "of_solved"), ("resolution_time", "")):
        assert reasons(key, variant) == ["solved, nobody knows when"]


def test_solved_by_status_alone_though_events_are_there(desk: Desk) -> None:
    desk.ticket("t", "05-04 10:00", status="closed")
    desk.append_only("t", "05-04 11:00 pending", "05-06 11:00 open")
    assert open_on(31) == 0
    assert reasons("fcr") == ["solved, nobody knows when"]


@pytest.mark.parametrize("events", [[], ["05-10 12:00 solved"]])
def test_open_with_solved_at_is_open(desk: Desk, events: list[str]) -> None:
    desk.ticket("t", "05-04 10:00", status="open", solved_at="05-10 12:00")
    desk.append_only("t", *events)
    assert [open_on(9), open_on(31)] == [1, 1]
    assert [value("resolution_time"), value("reopen_rate"), value("fcr")] == [None, 100, 0]


def test_events_that_tell_of_a_solving_outrank_a_row_that_was_exported_before(desk: Desk) -> None:
    desk.ticket("t", "05-04 10:00", status="open")
    desk.append_only("t", "05-04 11:00 solved")
    assert [open_on(4), value("resolution_time")] == [0, 3_600]


def test_what_is_dated_before_the_opening_counts_at_the_opening(desk: Desk) -> None:
    desk.ticket("reply", "05-04 10:00")
    desk.append_only("reply", "05-04 09:40 agent")
    desk.ticket("solved", "05-04 10:00", status="solved")
    desk.append_only("solved", "05-04 09:00 solved")
    desk.ticket("waits", "05-04 10:00", status="solved")
    desk.append_only("waits", "05-04 08:00 pending", "05-04 10:30 open", "05-04 11:00 solved")
    assert value("first_response_time") == 0
    assert open_on(4) == 1
    # One is solved as it is opened, the other waited for half of its hour.
    assert value("resolution_time", variant="mean") == (0 + 1800) / 2


def test_the_message_with_which_an_agent_opens_a_ticket_is_no_reply(desk: Desk) -> None:
    desk.ticket("t", "05-04 08:00", status="solved")
    desk.append_only(
        *("t", "05-04 08:00 agent", "05-04 09:15 customer", "05-04 09:35 agent"),
        "05-04 09:36 solved",
    )
    assert [value("first_response_time"), value("fcr")] == [5_700, 100]


def test_a_customer_who_is_answered_in_the_same_second_is_answered(desk: Desk) -> None:
    desk.ticket("t", "05-04 08:00", status="solved")
    desk.append_only("t", "05-04 08:00 agent", "05-04 08:00 customer", "05-04 09:36 solved")
    assert [value("first_response_time"), value("fcr")] == [0, 100]
    choose(fcr_without_reply=False)
    assert value("fcr") == 100


def test_time_that_waits_stops_the_clock_of_the_first_reply_too(desk: Desk) -> None:
    desk.ticket("t", "05-04 10:00")
    desk.append_only("t", "05-04 10:30 pending", "05-04 11:30 agent")
    assert value("first_response_time") == 1_800
    assert value("first_response_time", variant="business_mean") == 1_800


def handed_over(desk: Desk) -> None:
    desk.append_only("t", "05-04 09:01 to Sales desk", "05-04 09:30 agent", "05-04 10:00 solved")
    choose(fcr_handover_is_contact=True)


def test_a_hand_over_after_the_solving_is_no_second_contact(desk: Desk) -> None:
    desk.ticket("t", "05-04 09:00", status="solved", team="Hardware")
    handed_over(desk)
    desk.append_only("t", "06-17 12:00 to Hardware")
    assert value("fcr") == 100


def test_a_hand_over_before_the_solving_is_one(desk: Desk) -> None:
    desk.ticket("t", "05-04 09:00", status="solved", team="Hardware")
    handed_over(desk)
    # The row's team, which no hand-over names, was reached before.
    assert value("fcr") == 0
    desk.append_only("t", "05-04 09:50 to Hardware")
    assert value("fcr") == 0
    choose(fcr_handover_is_contact=False)
    assert value("fcr") == 100


def test_ties_are_told_apart_by_external_id_whatever_came_first(desk: Desk) -> None:
    head = "external_id,ticket_external_id,at,kind,author,status\n"
    for name, events in {
        "t": [("a-2", "open"), ("a-10", "solved")],
        "u": [("b-10", "solved"), ("b-2", "open")],
    }.items():
        desk.ticket(name, "05-04 10:00")
        for key, status in events:
            row = f"{key},{name},2026-05-04T12:00:00Z,status,agent,{status}\n"
            desk.send("ticket_events", head + row)
    # "a-10" comes before "a-2", so that both are open again.
    assert open_on(4) == 2
    assert value("reopen_rate") == 100


def test_the_rows_of_a_week_are_its_own(desk: Desk) -> None:
    solved_three_times(desk)
    week = date(2026, 5, 10)
    assert value("reopen_rate", week, period=Period.WEEK) == 100
    assert value("reopen_rate", date(2026, 5, 17), period=Period.WEEK) == 0
