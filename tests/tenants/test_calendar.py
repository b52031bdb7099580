"""A tenant's days, where they begin and when they are closed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from tenants.calendar import check_zone, last_closed_day, local_day, starts_at


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
        ("UTC", date(2024, 3, 31), 24),
    ],
)
def test_days_have_as_many_hours_as_they_have(zone: str, day: date, hours: float) -> None:
    length = starts_at(day=day + timedelta(days=1), zone=zone) - starts_at(day=day, zone=zone)
    assert length == timedelta(hours=hours)


def test_a_zone_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="Mars/Olympus"):
        check_zone("Mars/Olympus")
