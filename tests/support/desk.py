"""A desk of one customer: tickets and what happened to them, in as files, read from the facts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import CountingRules
from metrics.catalogue import METRICS
from metrics.figures.drilldown import drill_down
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.readings import Reading
from metrics.windows.periods import Period
from support.models import SlaTarget
from tests.accounts.files import Sending, text

MAY = date(2026, 5, 31)
TICKET = (
    *("external_id", "account_external_id", "subject", "status", "opened_at", "solved_at"),
    *("closed_at", "closed_as", "priority", "kind", "team"),
)
EVENT = ("external_id", "ticket_external_id", "at", "kind", "author", "public", "status", "team")


def moment(result: str) -> str:
    """ "05-04 10:00" of 2026, in UTC; the time may be left out."""
    day, _space, time = result.partition(" ")
    return f"2026-{day}T{time or '12:00'}:00Z" if result else ""


@dataclass
class Desk:
    send: Sending

    def ticket(self, name: str, opened: str, **more: str) -> None:
        """A ticket as an export has it; sent again it is what it says now."""
        result = {"status": "open", "priority": "normal", "kind": "question"} | more
        given = {name: moment(result.pop(name, "")) for name in ("solved_at", "closed_at")}
        row = {
            "external_id": name,
            "account_external_id": "a",
            "subject": name,
            "opened_at": moment(opened),
            **given,
            **result,
        }
        counts = self.send("tickets", text([*TICKET], [[row.get(one, "") for one in TICKET]]))
        assert counts[3] == 0, self.send.rejects

    def append_only(self, name: str, *events: str) -> None:
        """Events such as "05-04 10:00 solved", "... agent", "... customer" or "... to Sales"."""
        rows = [_event(name, number, event) for number, event in enumerate(events)]
        counts = self.send("ticket_events", text([*EVENT], rows))
        assert counts[3] == 0, self.send.rejects


def _event(name: str, number: int, event: str) -> list[str]:
    day, time, what = event.split(" ", 2)
    at = moment(f"{day} {time}")
    one = [f"{name}-{day}-{time}-{number}", name, at]
    if what.startswith("to "):
        return [*one, "assignment", "agent", "true", "", what[3:]]
    if what in ("agent", "customer"):
        return [*one, "message", what, "true", "", ""]
    return [*one, "status", "agent", "true", what, ""]


def read(key: str, day: date = MAY, variant: str = "", period: Period = Period.MONTH) -> Reading:
    return KpiReader(KpiQuery(day=day, period=period)).compare(METRICS[key], variant).reading


def value(
    key: str, day: date = MAY, variant: str = "", period: Period = Period.MONTH
) -> Decimal | None:
    return read(key, day, variant, period).value


def open_on(day: int, month: int = 5) -> Decimal | None:
    return value("open_tickets", date(2026, month, day))


def rows(key: str, part: str = "", variant: str = "", day: date = MAY) -> list[dict[str, Any]]:
    return list(drill_down(read(key, day, variant), part=part).records())


def reasons(key: str, variant: str = "", day: date = MAY) -> list[str]:
    return [str(row["reason"]) for row in rows(key, "excluded", variant, day)]


def choose(**rules: object) -> None:
    CountingRules.objects.update(**rules)


def promise(priority: str = "normal", *, business: bool = False, **minutes: int) -> None:
    SlaTarget.objects.create(priority=priority, in_business_hours=business, **minutes)
