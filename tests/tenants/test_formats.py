"""Numbers, money and dates as they are read in each language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from tenants import formats

DAY = date(2024, 6, 30)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "-1,234.5"),
        ("pl", "-1\u00a0234,5"),
        ("ar", "\u2066-1,234.5\u2069"),
        ("fa", "\u2066-۱٬۲۳۴٫۵\u2069"),
    ],
)
def test_a_number(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.number(Decimal("-1234.5")) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "23.2%"),
        ("pl", "23,2\u00a0%"),
        ("ar", "\u206623.2%\u2069"),
        ("fa", "\u2066۲۳٫۲٪\u2069"),
    ],
)
def test_a_percentage(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.percent(Decimal("23.19676")) == text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "$316,985.75"), ("pl", "316\u00a0985,75\u00a0USD")]
)
def test_money(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.money(Decimal("316985.75"), currency="USD") == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Jun 30, 2024"),
        ("pl", "30 cze 2024"),
        ("ar", "30\u200f/06\u200f/2024"),
        ("fa", "۱۰ تیر ۱۴۰۳"),
    ],
)
def test_a_day(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.day(DAY) == text


def test_a_moment_is_told_in_the_tenants_zone_and_the_persian_calendar() -> None:
    with translation.override("fa"):
        moment = datetime(2024, 3, 19, 21, 0, tzinfo=UTC)
        assert formats.moment(moment, zone="Asia/Tehran") == "۱ فروردین ۱۴۰۳، ۰۰:۳۰"


@pytest.mark.parametrize("unit", ["money", "percent", "count", "months", "ratio"])
def test_what_is_unknown_says_so_in_every_unit(unit: str) -> None:
    assert formats.measure(None, unit=unit, currency="EUR") == "n/a"


def test_percentages_differ_by_points() -> None:
    assert formats.difference(Decimal("-3.25"), unit="percent") == "3.2 points"
