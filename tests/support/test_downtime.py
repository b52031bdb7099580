"""Minutes in which the product did not work, each counted once."""

from datetime import date

import pytest

from metrics.windows.periods import Period
from tests.accounts.files import text
from tests.support.desk import MAY, Desk, moment, rows, value

JUNE = date(2026, 6, 30)
pytestmark = pytest.mark.django_db
COLUMNS = ["external_id", "started_at", "ended_at", "minutes_down"]


def broke(desk: Desk, *incidents: tuple[str, str, str, str]) -> None:
    given = [[name, moment(first), moment(last), down] for name, first, last, down in incidents]
    assert desk.send("incidents", text(COLUMNS, given))[3] == 0


def result(day: date = MAY) -> dict[str, float]:
    found = rows("downtime_minutes", day=day)
    return {row["external_id"]: float(row["counts"]) for row in found}


def test_a_minute_of_two_incidents_is_counted_once(desk: Desk) -> None:
    broke(desk, ("b", "05-10 09:00", "05-10 12:00", ""), ("a", "05-10 06:00", "05-10 10:00", ""))
    assert value("downtime_minutes") == 360
    assert result() == {"a": 240, "b": 120}


def test_an_incident_inside_of_another_tells_nothing_new(desk: Desk) -> None:
    broke(
        desk,
        ("a", "05-10 06:00", "05-10 10:00", ""),
        ("b", "05-10 07:00", "05-10 08:00", ""),
        ("c", "05-10 09:30", "05-10 10:30", ""),
    )
    assert result() == {"a": 240, "b": 0, "c": 30}


def test_of_incidents_that_begin_together_the_lesser_id_tells(desk: Desk) -> None:
    broke(desk, ("a-2", "05-10 06:00", "05-10 08:00", ""))
    broke(desk, ("a-10", "05-10 06:00", "05-10 07:00", ""))
    assert result() == {"a-10": 60, "a-2": 60}


def test_overlapping_incidents_over_the_end_of_a_month(desk: Desk) -> None:
    broke(desk, ("a", "05-31 22:00", "06-01 01:00", ""), ("b", "05-31 23:00", "06-01 03:00", ""))
    assert [value("downtime_minutes", day) for day in (MAY, JUNE)] == [120, 180]
    assert result(JUNE) == {"a": 60, "b": 120}


def test_minutes_down_are_spread_over_the_incident(desk: Desk) -> None:
    broke(desk, ("a", "05-31 22:00", "06-01 04:00", "60"))
    assert [value("downtime_minutes", day) for day in (MAY, JUNE)] == [20, 40]


def test_the_worse_of_two_incidents_counts_while_both_last(desk: Desk) -> None:
    broke(desk, ("a", "05-10 06:00", "05-10 10:00", "60"), ("b", "05-10 08:00", "05-10 09:00", ""))
    assert result() == {"a": 60, "b": 45}


def test_an_unfinished_incident_with_minutes_down_is_so_long_and_no_longer(desk: Desk) -> None:
    broke(desk, ("a", "05-31 23:30", "", "60"))
    assert [value("downtime_minutes", day) for day in (MAY, JUNE)] == [30, 30]
    assert value("downtime_minutes", date(2026, 7, 31)) == 0
    assert result(date(2026, 7, 31)) == {}


def test_an_unfinished_incident_goes_on(desk: Desk) -> None:
    broke(desk, ("a", "05-31 23:00", "", ""), ("b", "06-01 01:00", "06-01 02:00", ""))
    assert value("downtime_minutes") == 60
    assert value("downtime_minutes", date(2026, 6, 2), period=Period.DAY) == 24 * 60
