"""Events of one person as they are sent, and the sessions that are counted from them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.accounts.files import Sending, text
from usage.models import Session

BEGIN = datetime(2024, 5, 1, tzinfo=UTC)
HEADER = ["message_id", "occurred_at", "user_id", "account_external_id", "event", "feature"]


def append_only(send: Sending, minutes: Sequence[int], *, user: str = "u", mark: str = "m") -> None:
    """Events of one person, so many minutes after the beginning."""
    rows = [
        [f"{mark}{n}", (BEGIN + timedelta(minutes=at)).isoformat(), user, "a", "login", "home"]
        for n, at in enumerate(minutes)
    ]
    send("events", text(HEADER, rows))


def sessions() -> list[tuple[int, int, int]]:
    """Of each session: the minute of its beginning and of its end, and its events."""
    found = Session.objects.order_by("started_at")
    return [(_minute(one.started_at), _minute(one.ended_at), one.events) for one in found]


def _minute(at: datetime) -> int:
    return int((at - BEGIN).total_seconds()) // 60
