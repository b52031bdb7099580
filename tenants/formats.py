"""How people see numbers, money and dates: in the language of the page.

Babel knows separators, currencies and the Gregorian calendar; it changes no digits and knows no
Persian calendar, so both are added here. Nothing that a program reads passes through this module.

None is an unknown value, and so is an empty text: a template has nothing else to give where a
relation is missing.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import jdatetime
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language, gettext

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Number = Decimal | int | float
DIGITS = {"fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")}
PERSIAN_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
RIGHT_TO_LEFT = ("ar", "fa")
ISOLATES = "\u2066\u2069"


def language() -> str:
    return (get_language() or "en").split("-")[0]


def locale() -> Locale:
    return Locale.parse(language())


def in_digits(text: str) -> str:
    """The same text in the digits of the page's language."""
    return text.translate(DIGITS.get(language(), {}))


def numerals() -> str:
    """Which separators go with the digits that we show: Persian has its own."""
    return "default" if language() == "fa" else "latn"


def isolated(text: str) -> str:
    """In a text that runs right to left, a number with its sign and currency runs left to right."""
    return f"\u2066{text}\u2069" if language() in RIGHT_TO_LEFT else text


def unknown() -> str:
    return gettext("n/a")


def is_missing(value: object) -> "TypeIs[None]":
    """Whether there is no value: None, or the empty text that a template makes of it."""
    return value is None or value == ""


def number(value: Number | None, *, places: int | None = None) -> str:
    """A number with at most two decimals, or with exactly so many."""
    if is_missing(value):
        return unknown()
    pattern = "#,##0.##" if places is None else ("#,##0." + "0" * places).rstrip(".")
    text = format_decimal(value, format=pattern, locale=locale(), numbering_system=numerals())
    return isolated(in_digits(text))


def exact(value: Decimal | int | None, *, least: int = 0) -> str:
    """A number with every digit that it has, and with at least so many decimals."""
    if is_missing(value):
        return unknown()
    places = -int(Decimal(value).normalize().as_tuple().exponent)
    return number(value, places=max(places, least))


def money(value: Number | None, *, currency: str) -> str:
    if is_missing(value):
        return unknown()
    if not currency:
        return number(value, places=2)
    text = format_currency(value, currency, locale=locale(), numbering_system=numerals())
    return isolated(in_digits(text))


def percent(value: Number | None) -> str:
    """A percentage that is given as such: 23.2 is 23.2 %."""
    if is_missing(value):
        return unknown()
    sign = {"fa": "٪", "pl": "\u00a0%"}.get(language(), "%")
    return isolated(number(value, places=1).strip(ISOLATES) + sign)


def day(value: date | None) -> str:
    if is_missing(value):
        return unknown()
    if language() == "fa":
        found = jdatetime.date.fromgregorian(date=value)
        return in_digits(f"{found.day} {PERSIAN_MONTHS[found.month - 1]} {found.year}")
    return in_digits(format_date(value, format="medium", locale=locale()))


def month(value: date | None) -> str:
    """A month of the calendar that everything is counted in."""
    if is_missing(value):
        return unknown()
    return in_digits(format_date(value, format="LLL yyyy", locale=locale()))


def moment(value: datetime | None, *, zone: str = "UTC") -> str:
    if is_missing(value):
        return unknown()
    local = value.astimezone(ZoneInfo(zone))
    if language() == "fa":
        return f"{day(local.date())}، {in_digits(local.strftime('%H:%M'))}"
    return in_digits(format_datetime(local, format="medium", locale=locale()))


def measure(value: Number | None, *, unit: str, currency: str = "") -> str:
    """A value in its metric's unit."""
    if is_missing(value):
        return unknown()
    if unit == "money":
        return money(value, currency=currency)
    if unit == "percent":
        return percent(value)
    if unit == "score":
        return number(value, places=1)
    if unit == "seconds":
        return _duration(Decimal(value))
    if unit == "minutes":
        return gettext("%(number)s minutes") % {"number": number(value, places=1)}
    if unit == "days":
        return gettext("%(number)s days") % {"number": number(value, places=0)}
    if unit == "months":
        return gettext("%(number)s months") % {"number": number(value, places=1)}
    return number(value, places=0 if unit == "count" else 2)


def _duration(seconds: Decimal) -> str:
    """In the unit in which people would say it."""
    if abs(seconds) < 120:
        return gettext("%(number)s seconds") % {"number": number(seconds, places=0)}
    if abs(seconds) < 7200:
        return gettext("%(number)s minutes") % {"number": number(seconds / 60, places=1)}
    return gettext("%(number)s hours") % {"number": number(seconds / 3600, places=1)}


def difference(value: Number | None, *, unit: str, currency: str = "") -> str:
    """How far apart two values are, without a sign; percentages differ by points."""
    if is_missing(value):
        return unknown()
    if unit == "percent":
        return gettext("%(number)s points") % {"number": number(abs(Decimal(value)), places=1)}
    return measure(abs(Decimal(value)), unit=unit, currency=currency)
