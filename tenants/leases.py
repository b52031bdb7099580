"""Leases: a row of work belongs to the process that claimed it, for as long as it beats.

A leased row has `attempts`, which each claim counts up and which so tells one holder from the
next, and `heartbeat`, the holder's last sign of life. Nights, jobs and the queue of jobs use it.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connections
from django.db.models import F, Model, Q

from tenants.typing import AnyRows

MOST_FAILURES = 3  # of one piece of work, before it is parked
log = logging.getLogger(__name__)


def lost_before(*, now: datetime, after: float) -> datetime:
    """Return the moment before which a last heartbeat means that the holder is gone."""
    return now - timedelta(seconds=after)


def lost(*, now: datetime, after: float) -> Q:
    """Select the rows whose holder has not beaten for `after` seconds."""
    return Q(heartbeat=None) | Q(heartbeat__lt=lost_before(now=now, after=after))


def claim(rows: AnyRows, *, now: datetime, **changes: object) -> bool:
    """Claim the one row that `rows` selects; False when it selects none (any more)."""
    return bool(rows.update(attempts=F("attempts") + 1, heartbeat=now, **changes))


def is_parked(failures: int) -> bool:
    """Whether so many failures in a row are too many for another attempt."""
    return failures >= MOST_FAILURES


class LeaseLost(RuntimeError):
    """Somebody else has the work by now."""


class Lease:
    """The hold on one row since it was claimed. Nothing is written once somebody else has it."""

    def __init__(self, row: Any, *, using: str) -> None:
        model: type[Model] = type(row)
        self._row = model._default_manager.using(using).filter(pk=row.pk)
        self._attempts = row.attempts

    @property
    def rows(self) -> AnyRows:
        """The row while it is ours, else none."""
        return self._row.filter(attempts=self._attempts)

    @property
    def is_lost(self) -> bool:
        """Whether somebody else has claimed the row since."""
        return self._row.exclude(attempts=self._attempts).exists()

    def update(self, **changes: object) -> bool:
        """Write to the row; False when it is no longer ours to write to."""
        return bool(self.rows.update(**changes))


class HeartbeatThread:
    """Calls `beat` every so many seconds beside the work, with database connections of its own."""

    def __init__(self, beat: Callable[[], None], *, every: float, name: str) -> None:
        self._beat, self._every, self._name = beat, every, name
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=name)

    def __enter__(self) -> "HeartbeatThread":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop beating, and wait for a beat that is under way."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every):
            try:
                self._beat()
            except Exception:  # a database that comes back must find the holder still beating
                log.warning("%s could not write its heartbeat", self._name, exc_info=True)
                connections.close_all()
        connections.close_all()
