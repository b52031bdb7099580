"""A tenant's days, where they begin and when they are closed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from tenants.calendar import STARTS_AT, check_zone, last_closed_day, local_day, starts_at


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2024, 6, 30)),
        ("Asia/Kathmandu", date(2024, 7, 1)),
        ("Pacific/Kiritimati", date(2024, 7, 1)),
        ("Pacific/Pago_Pago", date(2024, 6, 30)),
    ],
)
def test_the_day_it_is_somewhere(zone: str, day: date) -> None:
    assert local_day(moment=datetime(2024, 6, 30, 18, 30, tzinfo=UTC), zone=zone) == day


def test_a_day_is_closed_two_hours_after_its_midnight() -> None:
    midnight = datetime(2024, 7, 1, tzinfo=UTC)
    before = last_closed_day(moment=midnight + timedelta(hours=1, minutes=59), zone="UTC")
    after = last_closed_day(moment=midnight + timedelta(hours=2), zone="UTC")
    assert (before, after) == (date(2024, 6, 29), date(2024, 6, 30))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Warsaw", date(2024, 3, 31), 23),
        ("Europe/Warsaw", date(2024, 10, 27), 25),
        ("Australia/Lord_Howe", date(2024, 4, 7), 24.5),
        ("Australia/Lord_Howe", date(2024, 10, 6), 23.5),
        ("Antarctica/Troll", date(2024, 10, 27), 26),
        ("UTC", date(2024, 3, 31), 24),
    ],
)
def test_days_have_as_many_hours_as_they_have(zone: str, day: date, hours: float) -> None:
    length = starts_at(day=day + timedelta(days=1), zone=zone) - starts_at(day=day, zone=zone)
    assert length == timedelta(hours=hours)


EVERYWHERE = (
    "Europe/Warsaw",
    "America/New_York",
    "America/Havana",  # clocks go back onto midnight
    "America/Sao_Paulo",  # clocks went forward at midnight: a day that began at one
    "Asia/Beirut",
    "Atlantic/Azores",
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Antarctica/Troll",  # two hours
)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize("zone", EVERYWHERE)
def test_a_day_is_all_that_lies_between_its_beginning_and_the_next(zone: str) -> None:
    for number in range(9 * 365):
        day = date(2016, 1, 1) + timedelta(days=number)
        begins = starts_at(day=day, zone=zone)
        assert local_day(moment=begins, zone=zone) == day
        assert local_day(moment=begins - INSTANT, zone=zone) == day - timedelta(days=1)


@pytest.mark.parametrize("zone", EVERYWHERE)
def test_a_day_is_closed_two_hours_after_it_ended_and_stays_closed(zone: str) -> None:
    for number in range(9 * 365):
        day = date(2016, 1, 1) + timedelta(days=number)
        closes = starts_at(day=day + timedelta(days=1), zone=zone) + timedelta(hours=2)
        assert last_closed_day(moment=closes - INSTANT, zone=zone) == day - timedelta(days=1)
        assert last_closed_day(moment=closes, zone=zone) == day


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Asia/Kathmandu", datetime(2024, 6, 30, 18, 15, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2024, 6, 30, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2024, 7, 1, 11, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2024, 6, 30, 13, 30, tzinfo=UTC)),
        ("Asia/Tehran", datetime(2024, 6, 30, 20, 30, tzinfo=UTC)),
    ],
)
def test_the_first_of_july_begins_at(zone: str, begins: datetime) -> None:
    assert starts_at(day=date(2024, 7, 1), zone=zone) == begins


def test_a_day_that_an_island_skipped_has_no_hours() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    skipped = date(2011, 12, 30)
    begins = starts_at(day=skipped, zone="Pacific/Apia")
    assert starts_at(day=skipped + timedelta(days=1), zone="Pacific/Apia") == begins


def test_a_zone_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="Mars/Olympus"):
        check_zone("Mars/Olympus")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "zone",
    [
        *("UTC", "Europe/Warsaw", "Asia/Tehran", "Asia/Beirut", "America/Havana"),
        *("Atlantic/Azores", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia"),
    ],
)
def test_days_begin_in_sql_when_they_begin_here(zone: str) -> None:
    days = [date(2011, 12, 1) + timedelta(days=n) for n in range(40)]
    days += [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    with connection.cursor() as cursor:
        start = STARTS_AT.format(zone_and_day="%(zone)s, day")
        cursor.execute(
            f"SELECT {start} FROM unnest(%(days)s::date[]) WITH ORDINALITY d (day, n) ORDER BY n",
            {"zone": zone, "days": days},
        )
        found = [at for (at,) in cursor.fetchall()]
    assert found == [starts_at(day=day, zone=zone) for day in days]
