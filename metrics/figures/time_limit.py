"""How long a page waits for what no night has stored; what is asked for then is computed by a job.

Only pages have a limit: nights, jobs and commands take as long as they take, and programs that ask
over REST wait as long as a statement of the web may.
"""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from metrics.figures.segments import Segment


class FiguresTakeLong(Exception):
    """Figures cannot be told at once; nights of `days` would store them."""

    days: Collection[date] = ()


@dataclass
class _Limit:
    ends_at: float  # by the monotonic clock
    last_closed_day: date
    awaited: set[date] = field(default_factory=set)
    is_reading: bool = False  # what nights store, so that statements are stopped

    @property
    def seconds_left(self) -> float:
        return self.ends_at - time.monotonic()


_limit: ContextVar[_Limit | None] = ContextVar("limit", default=None)


@contextmanager
def page_limit(*, seconds: float, last_closed_day: date) -> Iterator[None]:
    """Let what is read from the facts within take so long at most, all of it together."""
    limit = _Limit(ends_at=time.monotonic() + seconds, last_closed_day=last_closed_day)
    token = _limit.set(limit)
    try:
        yield
    finally:
        _limit.reset(token)


@contextmanager
def limited(days: Collection[date], *, segment: Segment | None) -> Iterator[None]:
    """Read from the facts what nights of `days` would store. Raises FiguresTakeLong.

    Without a limit, and where no night helps (of a segment that none stores, of a day that is not
    over), whoever asks waits for the facts.
    """
    limit = _limit.get()
    if limit is None or not _nights_help(days, segment, limit):
        yield
        return
    try:
        with transaction.atomic():
            _stop_statements_after(limit)
            limit.is_reading = True
            yield
    except FiguresTakeLong as problem:
        problem.days = days
        raise
    except OperationalError as problem:
        if not isinstance(problem.__cause__, QueryCanceled):
            raise
        late = FiguresTakeLong()
        late.days = days
        raise late from problem
    finally:
        limit.is_reading = False


def _nights_help(days: Collection[date], segment: Segment | None, limit: _Limit) -> bool:
    return max(days) <= limit.last_closed_day and (segment is None or segment.is_nightly)


def _stop_statements_after(limit: _Limit) -> None:
    if limit.seconds_left <= 0:
        raise FiguresTakeLong
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {max(1, int(limit.seconds_left * 1000))}")


def check() -> None:
    """Raise FiguresTakeLong where the time is over: between two statements, none is stopped."""
    limit = _limit.get()
    if limit and limit.is_reading and limit.seconds_left <= 0:
        raise FiguresTakeLong


def wait_for(days: Collection[date]) -> None:
    """Note that a page is shown without figures of these days."""
    limit = _limit.get()
    if limit:
        limit.awaited.update(days)


def awaited() -> list[date]:
    """The days whose figures the page is shown without."""
    limit = _limit.get()
    return sorted(limit.awaited) if limit else []
