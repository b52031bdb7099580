"""Periods and the windows of days that they mean.

A window is half-open, [start, end). A calendar period asked for at a date is cut off at the end of
that date, so on the period's last day it is the whole period. A trailing period ends with the date:
the last twelve months begin with the day after the same day of the year before.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

DAY = timedelta(days=1)


class Period(models.TextChoices):
    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")
    TRAILING_30D = "trailing_30d", _("last 30 days")
    TRAILING_12M = "trailing_12m", _("last 12 months")


MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
TRAILING = (Period.TRAILING_30D, Period.TRAILING_12M)


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days [start, end) of a period, and where their movements are read from.

    `movements_stored`: read from what the nights stored; else derived from the facts now.
    """

    period: Period
    start: date
    end: date
    first_weekday: int = 1
    movements_stored: bool = False

    @property
    def day(self) -> date:
        """The last day, at whose end point-in-time metrics are taken."""
        return self.end - DAY

    @property
    def eve(self) -> date:
        """The day before the first: its end is the window's beginning."""
        return self.start - DAY

    def ending(self, day: date) -> "Window":
        """The same kind of window at another date."""
        other = window_for(period=self.period, day=day, first_weekday=self.first_weekday)
        return replace(other, movements_stored=self.movements_stored)

    def previous(self) -> "Window":
        """The period before: whole if this one is whole, else cut off as far in."""
        if self.period in TRAILING or self._is_whole():
            return self.ending(self.eve)
        if self.period == Period.WEEK:
            return self.ending(self.day - 7 * DAY)
        return self.ending(months_before(day=self.day, months=MONTHS[self.period]))

    def year_before(self) -> "Window":
        """The same period a year before; weeks and days compare with the same weekday."""
        if self.period in (Period.DAY, Period.WEEK):
            return self.ending(self.day - 364 * DAY)
        before = months_before(day=self.day, months=12)
        if self._is_whole() and self.period in MONTHS:
            before = last_of_month(before)
        return self.ending(before)

    def whole(self) -> "Window":
        """The period to its end. The last thirty days end with their day, as a day does; the last
        twelve months with the month of theirs, so that a year of them is twelve and not 365.
        """
        if self.period == Period.WEEK:
            return replace(self, end=self.start + 7 * DAY)
        if self.period in MONTHS:
            return replace(self, end=months_before(day=self.start, months=-MONTHS[self.period]))
        if self.period == Period.TRAILING_12M:
            return self.ending(last_of_month(self.day))
        return self

    def with_stored_movements(self) -> "Window":
        """The same days, read from what the nights wrote down."""
        return replace(self, movements_stored=True)

    def _is_whole(self) -> bool:
        return self.ending(self.day + DAY).start != self.start


def window_for(*, period: Period, day: date, first_weekday: int = 1) -> Window:
    """The window of `period` that contains `day`, cut off at its end."""
    start = _start(period=period, day=day, first_weekday=first_weekday)
    return Window(period=period, start=start, end=day + DAY, first_weekday=first_weekday)


def _start(*, period: Period, day: date, first_weekday: int) -> date:
    if period == Period.DAY:
        return day
    if period == Period.TRAILING_30D:
        return day - 29 * DAY
    if period == Period.TRAILING_12M:
        return months_before(day=day, months=12) + DAY
    if period == Period.WEEK:
        return day - ((day.isoweekday() - first_weekday) % 7) * DAY
    months = MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def months_before(*, day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day when it is shorter."""
    count = day.year * 12 + day.month - 1 - months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_of_month(day: date) -> date:
    """The last day of the month that the day is in."""
    return day.replace(day=monthrange(day.year, day.month)[1])
