"""Numbers, money and dates as they are read in each language."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from tenants import formats
from tenants.templatetags.formats import register

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


FILTERS = {
    "number": "n/a",
    "number_to:1": "n/a",
    "percent": "n/a",
    "money:'EUR'": "n/a",
    "signed": "n/a",
    "day": "n/a",
    "month": "n/a",
    "moment": "n/a",
    "iso": "",
}


@pytest.mark.parametrize("nothing", [{}, {"x": None}, {"x": ""}])
@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_of_a_template_takes_nothing_for_unknown(
    name: str, nothing: dict[str, Any]
) -> None:
    """A relation that is missing reaches a filter as an empty text."""
    template = Template("{% load formats %}{{ x|" + name + " }}")
    assert template.render(Context(nothing)) == FILTERS[name]


def test_the_list_of_filters_is_whole() -> None:
    assert {name.partition(":")[0] for name in FILTERS} == set(register.filters)


@pytest.mark.parametrize("nothing", [{}, {"x": None}, {"x": ""}])
@pytest.mark.parametrize("tag", ["measure", "difference"])
@pytest.mark.parametrize("unit", ["money", "percent", "score", "seconds", "days", "count"])
def test_every_tag_of_a_template_takes_nothing_for_unknown(
    tag: str, unit: str, nothing: dict[str, Any]
) -> None:
    template = Template("{% load formats %}{% " + f"{tag} x '{unit}' 'EUR'" + " %}")
    assert template.render(Context(nothing)) == "n/a"


@pytest.mark.parametrize("nothing", [{}, {"x": None}, {"x": ""}])
def test_a_sparkline_of_nothing_is_a_dash(nothing: dict[str, Any]) -> None:
    template = Template("{% load charts %}{% sparkline x 'label' %}")
    assert "–" in template.render(Context(nothing))
