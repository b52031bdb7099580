"""How people see numbers, money and dates: in the language of the page.

Babel knows separators, currencies and the Gregorian calendar; it changes no digits and knows no
Persian calendar, so both are added here. Nothing that a program reads passes through this module.
"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import jdatetime
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language, gettext

Number = Decimal | int | float
DIGITS = {"fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")}
PERSIAN_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
# The day a week begins on, where the tenant does not say: 1 is Monday.
FIRST_WEEKDAY = {"fa": 6, "ar": 6, "pl": 1, "en": 7}


def language() -> str:
    return (get_language() or "en").split("-")[0]


def locale() -> Locale:
    return Locale.parse(language())


def in_digits(text: str) -> str:
    """The same text in the digits of the page's language."""
    return text.translate(DIGITS.get(language(), {}))


def unknown() -> str:
    return gettext("n/a")


def number(value: Number | None, *, places: int | None = None) -> str:
    """A number with at most two decimals, or with exactly so many."""
    if value is None:
        return unknown()
    pattern = "#,##0.##" if places is None else "#,##0." + "0" * places
    return in_digits(format_decimal(value, format=pattern.rstrip("."), locale=locale()))


def money(value: Number | None, *, currency: str) -> str:
    if value is None:
        return unknown()
    return in_digits(format_currency(value, currency, locale=locale()))


def percent(value: Number | None) -> str:
    """A percentage that is given as such: 23.2 is 23.2 %."""
    if value is None:
        return unknown()
    text = number(value, places=1)
    return {"fa": f"{text}٪", "pl": f"{text}\u00a0%"}.get(language(), f"{text}%")


def day(value: date | None) -> str:
    if value is None:
        return unknown()
    if language() == "fa":
        found = jdatetime.date.fromgregorian(date=value)
        return in_digits(f"{found.day} {PERSIAN_MONTHS[found.month - 1]} {found.year}")
    return in_digits(format_date(value, format="medium", locale=locale()))


def moment(value: datetime | None, *, zone: str = "UTC") -> str:
    if value is None:
        return unknown()
    local = value.astimezone(ZoneInfo(zone))
    if language() == "fa":
        return f"{day(local.date())}، {in_digits(local.strftime('%H:%M'))}"
    return in_digits(format_datetime(local, format="medium", locale=locale()))


def measure(value: Number | None, *, unit: str, currency: str = "") -> str:
    """A value in its metric's unit."""
    if unit == "money":
        return money(value, currency=currency)
    if unit == "percent":
        return percent(value)
    if unit == "count":
        return number(value, places=0)
    return number(value, places=1)


def first_weekday() -> int:
    return FIRST_WEEKDAY.get(language(), 1)
