"""A window whose days are parameters, so that a query is compiled to SQL once for all windows.

A night asks every measure of well over a dozen windows. The rows of a measure are compiled once,
for the window `WINDOW_TEMPLATE`, whose days and time zone are parameters; `bind` gives them the
values of a real window.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Self

from metrics.windows.periods import Period, Window
from tenants.context import tenant_connection

BASE = date(2000, 1, 1)


class DayParameter(date):
    """The first day of a window or the day after its last, so many days later or earlier.

    It is a date, so that querysets take it; what it stands for is told by `on`. Two places have
    no distance: how long a window is must be left to SQL.
    """

    edge: str
    shift: timedelta

    @classmethod
    def at(cls, edge: str, shift: timedelta = timedelta(0)) -> Self:
        place = cls(*(BASE + shift).timetuple()[:3])
        place.edge, place.shift = edge, shift
        return place

    def on(self, days: Window) -> date:
        """The day that this is of a real window."""
        first: date = getattr(days, self.edge)
        return first + self.shift

    def __add__(self, other: timedelta) -> Self:
        return self.at(self.edge, self.shift + other)

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, timedelta):
            return self.at(self.edge, self.shift - other)
        raise TypeError("The length of a window is not known while its question is put into SQL.")


class ZoneParameter(str):
    """The place of the tenant's time zone: one text serves the tenants of all zones."""

    __slots__ = ()

    def on(self, days: Window) -> str:
        return own_zone()


def zone_for(day: date) -> str:
    """The tenant's time zone, or its place where the day is one."""
    return ZoneParameter("UTC") if isinstance(day, DayParameter) else own_zone()


def own_zone() -> str:
    """The time zone of the tenant of this connection."""
    return tenant_connection().tenant.timezone


WINDOW_TEMPLATE = Window(
    period=Period.DAY, start=DayParameter.at("start"), end=DayParameter.at("end")
)


def window_template(*, movements_stored: bool) -> Window:
    """The window to compile for: its days open, read from where it says."""
    return replace(WINDOW_TEMPLATE, movements_stored=movements_stored)


def bind(parameters: Iterable[object], days: Window) -> Iterator[object]:
    """The parameters of a compiled question, with the days of a real window and the zone."""
    return (
        one.on(days) if isinstance(one, DayParameter | ZoneParameter) else one for one in parameters
    )
