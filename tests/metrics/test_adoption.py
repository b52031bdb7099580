"""Adoption: real activity against figures that were counted elsewhere, and small weeks by hand."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.models import Account
from metrics.catalogue import METRICS
from metrics.figures.drilldown import drill_down
from metrics.figures.readers import FactReader
from metrics.figures.readings import Reading
from metrics.windows.periods import Period, window_for
from tenants.models import Tenant
from tests.accounts.files import Sending
from usage import rollup

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[2] / "csplatform/demo/data/opensource"
# dau, wau, mau, stickiness of the mean day, sessions and their mean length in 30 days
EXPECTED = {
    "2023-03-31": (3, 7, 25, "10", 123, "219.528455"),
    "2024-02-29": (1, 6, 38, "7.54386", 129, "185.085271"),
    "2024-06-30": (0, 8, 29, "6.206897", 79, "136.772152"),
    "2025-12-31": (1, 2, 13, "6.666667", 42, "26.380952"),
    "2026-06-30": (4, 6, 14, "10.47619", 70, "336.842857"),
}
HEADER = "message_id,occurred_at,user_id,account_external_id,event\n"


def read(key: str, day: date, *, variant: str = "", frozen: bool = False) -> Reading:
    metric = METRICS[key]
    days = window_for(period=Period.TRAILING_30D, day=day)
    days = days.with_stored_movements() if frozen else days
    return FactReader().read(metric=metric, variant=variant or metric.default_variant, window=days)


def value(reading: Reading) -> Decimal:
    assert reading.value is not None
    return round(reading.value, 6).normalize()


@pytest.mark.parametrize("frozen", [False, True], ids=["from the events", "as nights count"])
def test_real_activity_gives_what_was_counted_elsewhere(acme: Tenant, frozen: bool) -> None:
    send = Sending(acme)
    for kind in ("accounts", "events"):
        assert send(kind, gzip.decompress((DATA / f"{kind}.csv.gz").read_bytes()))[3] == 0
    rollup.rebuild()
    for text, (dau, wau, mau, stickiness, sessions, seconds) in EXPECTED.items():
        day = date.fromisoformat(text)
        found = [value(read(key, day, frozen=frozen)) for key in ("dau", "wau", "mau")]
        assert found == [dau, wau, mau], text
        assert value(read("stickiness", day, frozen=frozen)) == Decimal(stickiness), text
        length = read("avg_session_duration", day, frozen=frozen)
        assert (value(length), length.n) == (Decimal(seconds), sessions), text


@pytest.fixture
def week(acme: Tenant) -> Sending:
    """Ann comes on three days, Bob on one; a tester comes too."""
    send = Sending(acme)
    send("accounts", "external_id,name,is_test\na,Ant,\nt,Tester,true\n")
    days = [(1, "ann"), (2, "ann"), (3, "ann"), (3, "bob"), (3, "tester")]
    rows = [
        f"m{n},2024-05-0{day}T10:00:00Z,{who},{'t' if who == 'tester' else 'a'},login\n"
        for n, (day, who) in enumerate(days)
    ]
    send("events", HEADER + "".join(rows))
    rollup.rebuild()
    return send


@pytest.mark.parametrize(
    ("key", "variant", "expected"),
    [
        ("dau", "all", "2"),
        ("wau", "all", "2"),
        ("mau", "all", "2"),
        ("stickiness", "mean", "6.666667"),  # 4 person-days of 30 days, of 2 people
        ("stickiness", "last_day", "100"),
        ("avg_session_duration", "all", "0"),
    ],
)
def test_a_worked_example_comes_out(week: Sending, key: str, variant: str, expected: str) -> None:
    assert value(read(key, date(2024, 5, 3), variant=variant)) == Decimal(expected)


def test_sessions_of_one_event_can_be_left_out_and_are_named(week: Sending) -> None:
    week("events", HEADER + "x1,2024-05-03T10:10:00Z,bob,a,login\n")
    rollup.rebuild()
    day = date(2024, 5, 3)
    assert value(read("avg_session_duration", day)) == 150
    longer = read("avg_session_duration", day, variant="without_bounces")
    assert (value(longer), longer.n) == (Decimal(600), 1)
    left = drill_down(longer, part="excluded")
    assert [row["reason"] for row in left.records()] == ["a session of one event"] * 3


@pytest.mark.parametrize("key", ["stickiness", "avg_session_duration"])
def test_where_nobody_came_it_is_unknown_and_says_why(acme: Tenant, key: str) -> None:
    found = read(key, date(2024, 5, 3))
    assert (found.value, bool(str(found.reason))) == (None, True)


def test_where_nobody_came_nobody_is_counted(acme: Tenant) -> None:
    assert Account.objects.count() == 0
    assert [value(read(key, date(2024, 5, 3))) for key in ("dau", "wau", "mau")] == [0, 0, 0]
