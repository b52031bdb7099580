"""Facts of support: later ones change nothing of a day, and neither does the order of any."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.imports.undoing import undo
from accounts.models import CountingRules
from metrics.catalogue import METRICS
from metrics.catalogue.records import Source
from metrics.figures.readers import FactReader
from metrics.windows.periods import Period, window_for
from support.clocks import materialise
from support.models import SlaTarget, Ticket
from tenants.models import Tenant
from tests.accounts.files import Sending, text

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 20)
END_OF_DAY = datetime(2026, 5, 21, tzinfo=UTC)
LATER = datetime(2026, 7, 15, tzinfo=UTC)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEAMS = ("Sales", "Hardware", "Billing")
PERIODS = (Period.DAY, Period.WEEK, Period.MONTH, Period.QUARTER)
PRIORITIES = ("low", "normal", "high", "urgent")
OF_SUPPORT = [metric for metric in METRICS.values() if metric.source == Source.SUPPORT]
Row = dict[str, Any]
Files = dict[str, list[Row]]


@dataclass
class Life:
    """A ticket from its opening on: what happened to it, and what was said of it when."""

    row: Row
    events: list[Row]
    edits: list[tuple[datetime, Row]]

    def as_it_stood(self, until: datetime) -> Row:
        """The row as an export of that moment has it."""
        row = dict(self.row)
        for at, edits in self.edits:
            if at < until:
                row |= edits
        return row


def lives(count: int) -> list[Life]:
    chance = random.Random(11)
    return [_life(chance, number) for number in range(count)]


def _life(chance: random.Random, number: int) -> Life:
    name = f"t-{number}"
    # In whole hours, so that much happens at once.
    at = NOON + chance.randrange(24 * 25) * HOUR
    with_events = chance.random() < 0.7
    row = {
        "external_id": name,
        "account_external_id": "ab"[number % 2],
        "subject": name,
        "status": "new",
        "opened_at": at,
        "team": TEAMS[0],
        "priority": chance.choice(PRIORITIES),
    }
    life = Life(row, [], [])
    for step in range(chance.randrange(7)):
        at += chance.choice((0, 1, 2, 20, 100, 200)) * HOUR
        _step(chance, life, at, f"{name}-{step}", with_events)
    return life


def _step(chance: random.Random, life: Life, at: datetime, key: str, with_events: bool) -> None:
    now = life.as_it_stood(at + HOUR)
    what = chance.choice(("message", "assignment", "pending", "open", "solved", "closed", "raise"))
    event = {"external_id": key, "ticket_external_id": life.row["external_id"], "at": at}
    event |= {"kind": "status", "author": "agent", "public": "true", "status": "", "team": ""}
    if what == "message":
        event |= {"kind": what, "author": chance.choice(("agent", "customer"))}
    elif what == "assignment":
        event |= {"kind": what, "team": chance.choice(TEAMS)}
        life.edits.append((at, {"team": event["team"]}))
    elif what == "raise":
        life.edits.append((at, {"priority": chance.choice(PRIORITIES), "kind": "defect"}))
        return
    else:
        event |= {"status": what}
        life.edits.append((at, {"status": what, **_ends(chance, what, at, now)}))
    if with_events or what == "message":
        life.events.append(event)


def _ends(chance: random.Random, what: str, at: datetime, now: Row) -> Row:
    if what == "closed":
        how = {"closed_as": chance.choice(("spam", "solved", "abandoned", ""))}
        return how if now.get("closed_at") else how | {"closed_at": at}
    # A ticket that is opened again stays solved in its columns: most exports have it so.
    return {"solved_at": at} if what == "solved" and not now.get("solved_at") else {}


def incidents() -> list[Row]:
    chance = random.Random(5)
    return [_incident(chance, number) for number in range(40)]


def _incident(chance: random.Random, number: int) -> Row:
    begun = NOON + chance.randrange(24 * 40) * HOUR
    ended = begun + chance.randrange(30) * HOUR if chance.random() < 0.8 else None
    return {"external_id": f"i-{number}", "started_at": begun, "ended_at": ended}


def world(until: datetime) -> Files:
    """The files of an export at a moment: what had happened, and the rows as they stood."""
    known = [life for life in lives(120) if life.row["opened_at"] < until]
    broken = [row for row in incidents() if row["started_at"] < until]
    return {
        "tickets": [life.as_it_stood(until) for life in known],
        "ticket_events": [row for life in known for row in life.events if row["at"] < until],
        "incidents": [
            row if row["ended_at"] and row["ended_at"] < until else row | {"ended_at": None}
            for row in broken
        ],
    }


def import_files(send: Sending, files: Files) -> None:
    for kind, rows in files.items():
        columns = sorted({column for row in rows for column in row})
        cells = [[_cell(row.get(column)) for column in columns] for row in rows]
        assert send(kind, text(columns, cells))[3] == 0, send.rejects


def _cell(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


def figures() -> dict[tuple[str, str, str], Any]:
    """Every figure of support of the day, over periods that begin in May and before."""
    definitions = [(metric, name) for metric in OF_SUPPORT for name in metric.variants]
    windows = [window_for(period=period, day=DAY) for period in PERIODS]
    with transaction.atomic():
        materialise()
        reader = FactReader()
        reader.prepare(definitions, windows)
        found = {
            (days.period, metric.key, name): reader.read(metric=metric, variant=name, window=days)
            for metric, name in definitions
            for days in windows
        }
        transaction.set_rollback(True)
    return {key: (one.numerator, one.denominator, one.n) for key, one in found.items()}


@pytest.fixture
def send(acme: Tenant) -> Sending:
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    CountingRules.objects.update(fcr_handover_is_contact=True, holidays=[date(2026, 5, 14)])
    for priority in PRIORITIES:
        SlaTarget.objects.create(
            priority=priority,
            first_response_minutes=60 * 5,
            resolution_minutes=60 * 30,
            in_business_hours=priority in ("low", "urgent"),
        )
    return send


def test_later_facts_of_support_change_nothing_of_a_day(send: Sending) -> None:
    import_files(send, world(END_OF_DAY))
    in_time = figures()
    import_files(send, world(LATER))
    assert figures() == in_time
    assert Ticket.objects.filter(opened_at__gte=END_OF_DAY).exists()
    # There is something of everything.
    assert all(
        in_time[Period.MONTH, metric.key, metric.default_variant][2] for metric in OF_SUPPORT
    )


def backwards(files: Files) -> Iterator[Files]:
    yield {kind: rows[::-1] for kind, rows in files.items()}


def split(files: Files) -> Iterator[Files]:
    """Each kind in three files, the last first."""
    for kind, rows in files.items():
        for first in (2, 0, 1):
            yield {kind: rows[first::3]}


def twice(files: Files) -> Iterator[Files]:
    yield from (files, files)


@pytest.mark.parametrize("order", [backwards, split, twice])
def test_the_order_of_facts_of_support_changes_nothing(
    send: Sending, order: Callable[[Files], Iterator[Files]]
) -> None:
    files = world(LATER)
    with transaction.atomic():
        import_files(send, files)
        forwards = figures()
        transaction.set_rollback(True)
    for some in order(files):
        import_files(send, some)
    assert figures() == forwards


def test_what_was_undone_was_never_said(send: Sending) -> None:
    import_files(send, world(END_OF_DAY))
    once = figures()
    changed = world(END_OF_DAY)
    for row in changed["tickets"]:
        row |= {"priority": "urgent", "closed_as": "spam", "closed_at": row["opened_at"]}
    import_files(send, {"tickets": changed["tickets"]})
    assert figures() != once
    undo(entry=send.entry, tenant=send.tenant)
    assert figures() == once
