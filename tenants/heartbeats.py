"""When each recurring piece of work was last done: tells a dead timetable from a quiet one."""

from datetime import datetime

from tenants.models import Heartbeat

LEDGER = "ledger"
TICK = "tick"


def beat(*, name: str, now: datetime) -> None:
    """Write down that a piece of work was done at `now`."""
    Heartbeat.objects.using(LEDGER).update_or_create(name=name, defaults={"at": now})


def seconds_since(*, name: str, now: datetime) -> float | None:
    """Return how long ago a piece of work was done; None when it never was."""
    last = Heartbeat.objects.using(LEDGER).filter(name=name).first()
    return None if last is None else (now - last.at).total_seconds()
