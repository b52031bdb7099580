"""Which days a period means, and which days it is compared to."""

from datetime import date

import pytest

from metrics.figures.series import Span, back, length
from metrics.windows.periods import Period, months_before, window_for


@pytest.mark.parametrize(
    ("period", "day", "start"),
    [
        ("day", date(2024, 2, 29), date(2024, 2, 29)),
        ("week", date(2024, 7, 3), date(2024, 7, 1)),
        ("month", date(2024, 6, 30), date(2024, 6, 1)),
        ("quarter", date(2024, 6, 30), date(2024, 4, 1)),
        ("year", date(2024, 6, 30), date(2024, 1, 1)),
        ("trailing_30d", date(2024, 6, 30), date(2024, 6, 1)),
        ("trailing_12m", date(2024, 6, 15), date(2023, 6, 16)),
        ("trailing_12m", date(2024, 6, 30), date(2023, 7, 1)),
        ("trailing_12m", date(2024, 2, 29), date(2023, 3, 1)),
        ("trailing_12m", date(2025, 2, 28), date(2024, 2, 29)),
    ],
)
def test_a_period_holds_its_day_and_is_cut_off_after_it(
    period: str, day: date, start: date
) -> None:
    found = window_for(period=Period(period), day=day)
    assert (found.start, found.day) == (start, day)


@pytest.mark.parametrize(("first", "start"), [(1, 1), (6, 29), (7, 30)])
def test_a_week_begins_on_the_tenants_first_weekday(first: int, start: int) -> None:
    found = window_for(period=Period.WEEK, day=date(2024, 7, 3), first_weekday=first)
    assert found.start.day == start


@pytest.mark.parametrize(
    ("period", "day", "start", "last"),
    [
        ("month", date(2024, 6, 30), date(2024, 5, 1), date(2024, 5, 31)),
        ("month", date(2024, 6, 15), date(2024, 5, 1), date(2024, 5, 15)),
        ("month", date(2024, 3, 30), date(2024, 2, 1), date(2024, 2, 29)),
        ("quarter", date(2024, 6, 30), date(2024, 1, 1), date(2024, 3, 31)),
        ("year", date(2024, 2, 29), date(2023, 1, 1), date(2023, 2, 28)),
        ("week", date(2024, 7, 7), date(2024, 6, 24), date(2024, 6, 30)),
        ("week", date(2024, 7, 3), date(2024, 6, 24), date(2024, 6, 26)),
        ("day", date(2024, 3, 1), date(2024, 2, 29), date(2024, 2, 29)),
        ("trailing_30d", date(2024, 6, 30), date(2024, 5, 2), date(2024, 5, 31)),
        ("trailing_12m", date(2024, 6, 30), date(2022, 7, 1), date(2023, 6, 30)),
        ("trailing_12m", date(2024, 2, 29), date(2022, 3, 1), date(2023, 2, 28)),
    ],
)
def test_the_period_before_is_as_whole_as_this_one(
    period: str, day: date, start: date, last: date
) -> None:
    before = window_for(period=Period(period), day=day).previous()
    assert (before.start, before.day) == (start, last)


@pytest.mark.parametrize(
    ("period", "day", "start", "last"),
    [
        ("month", date(2025, 2, 28), date(2024, 2, 1), date(2024, 2, 29)),
        ("month", date(2024, 2, 15), date(2023, 2, 1), date(2023, 2, 15)),
        ("quarter", date(2024, 6, 30), date(2023, 4, 1), date(2023, 6, 30)),
        ("day", date(2024, 7, 3), date(2023, 7, 5), date(2023, 7, 5)),
        ("week", date(2024, 7, 7), date(2023, 7, 3), date(2023, 7, 9)),
        ("trailing_30d", date(2024, 6, 30), date(2023, 6, 1), date(2023, 6, 30)),
        ("trailing_12m", date(2024, 6, 30), date(2022, 7, 1), date(2023, 6, 30)),
        ("trailing_12m", date(2024, 2, 29), date(2022, 3, 1), date(2023, 2, 28)),
    ],
)
def test_a_year_before_is_the_same_period_of_that_year(
    period: str, day: date, start: date, last: date
) -> None:
    before = window_for(period=Period(period), day=day).year_before()
    assert (before.start, before.day) == (start, last)


def test_a_month_before_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert months_before(day=date(2024, 3, 31), months=1) == date(2024, 2, 29)


def test_a_series_of_twelve_months_has_a_point_at_the_end_of_each_month() -> None:
    span = Span(first=date(2024, 1, 10), last=date(2024, 4, 15), period=Period.TRAILING_12M)
    assert [(days.start, days.day) for days in span.windows()] == [
        (date(2023, 2, 1), date(2024, 1, 31)),
        (date(2023, 3, 1), date(2024, 2, 29)),
        (date(2023, 4, 1), date(2024, 3, 31)),
        (date(2023, 4, 16), date(2024, 4, 15)),
    ]
    assert length(span) == 4


def test_a_year_back_in_twelve_months_is_twelve_points() -> None:
    first = back(date(2024, 4, 15), period=Period.TRAILING_12M, periods=12)
    span = Span(first=first, last=date(2024, 4, 15), period=Period.TRAILING_12M)
    assert (first, len(list(span.windows()))) == (date(2023, 5, 1), 12)
