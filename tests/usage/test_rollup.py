"""Sessions and days of use, counted from events that come in any order."""

import gzip
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Account, DirtyDay
from accounts.models.rules import sync_timezone
from metrics.catalogue.adoption import events_of
from tenants.calendar import local_day
from tenants.context import inside
from tenants.models import Tenant
from tests.accounts.files import Sending, text
from usage import rollup
from usage.models import DailyUsage, Event, Session

pytestmark = pytest.mark.django_db
BEGIN = datetime(2024, 5, 1, tzinfo=UTC)
HEADER = ["message_id", "occurred_at", "user_id", "account_external_id", "event", "feature"]


@pytest.fixture
def send(acme: Tenant) -> Sending:
    send = Sending(acme)
    send("accounts", "external_id,name\na,Ant\nb,Bee\n")
    return send


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


def test_half_an_hour_of_silence_ends_a_session(send: Sending) -> None:
    append_only(send, [0, 30, 61, 90])
    rollup.rebuild()
    assert sessions() == [(0, 30, 2), (61, 90, 2)]


def test_a_session_over_midnight_belongs_to_the_day_it_began(send: Sending) -> None:
    midnight = 24 * 60
    append_only(send, [midnight - 20, midnight + 5, midnight + 30])
    rollup.rebuild()
    assert sessions() == [(midnight - 20, midnight + 30, 3)]
    assert [str(one.day) for one in Session.objects.all()] == ["2024-05-01"]
    days = DailyUsage.objects.order_by("day").values_list("day", "events")
    assert [(str(day), events) for day, events in days] == [("2024-05-01", 1), ("2024-05-02", 2)]


def test_a_late_event_joins_what_was_two_sessions_on_two_days(send: Sending) -> None:
    midnight = 24 * 60
    append_only(send, [midnight - 40, midnight + 10])
    rollup.rebuild()
    assert len(sessions()) == 2
    append_only(send, [midnight - 15], mark="late")
    rollup.rebuild()
    assert sessions() == [(midnight - 40, midnight + 10, 3)]


# Every 20 minutes from the morning of 1 May to the evening of 5 May.
FIVE_DAYS = list(range(8 * 60, (4 * 24 + 20) * 60 + 1, 20))
WHOLE = [(FIVE_DAYS[0], FIVE_DAYS[-1], len(FIVE_DAYS))]


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_a_session_of_five_days_is_one_however_its_events_come(send: Sending, parts: int) -> None:
    for part in reversed(range(parts)):
        append_only(send, FIVE_DAYS[part::parts], mark=f"part{part}-")
        rollup.rebuild()
    assert sessions() == WHOLE


def test_a_late_event_leaves_a_session_of_five_days_whole(send: Sending) -> None:
    append_only(send, FIVE_DAYS)
    rollup.rebuild()
    for late in (FIVE_DAYS[0] + 5, 2 * 24 * 60 + 605, FIVE_DAYS[-1] - 5):
        append_only(send, [late], mark=f"late{late}-")
        rollup.rebuild()
    assert sessions() == [(FIVE_DAYS[0], FIVE_DAYS[-1], len(FIVE_DAYS) + 3)]


def test_it_says_the_first_day_of_which_a_session_changed(send: Sending) -> None:
    append_only(send, FIVE_DAYS[:-1])
    rollup.rebuild()
    append_only(send, FIVE_DAYS[-1:], mark="late")
    assert rollup.rebuild() == BEGIN.date()
    append_only(send, [FIVE_DAYS[-1] + 100], mark="later")
    assert rollup.rebuild() == BEGIN.date() + timedelta(days=4)


def test_two_sessions_of_days_are_joined_by_what_comes_late(send: Sending) -> None:
    gap = 2 * 24 * 60 + 600
    append_only(send, [at for at in FIVE_DAYS if at != gap])
    rollup.rebuild()
    assert len(sessions()) == 2
    append_only(send, [gap], mark="late")
    rollup.rebuild()
    assert sessions() == WHOLE


def test_what_is_taken_out_of_the_middle_makes_two_of_a_session(send: Sending) -> None:
    append_only(send, FIVE_DAYS)
    rollup.rebuild()
    middle = BEGIN + timedelta(days=2)
    Event.objects.filter(occurred_at__date=middle.date()).delete()
    rollup.rebuild()
    assert [end for _begin, end, _events in sessions()] == [2 * 24 * 60 - 20, FIVE_DAYS[-1]]
    assert [begin for begin, _end, _events in sessions()] == [FIVE_DAYS[0], 3 * 24 * 60]


def test_of_events_of_one_moment_the_greater_id_is_the_later(send: Sending) -> None:
    at = BEGIN.isoformat()
    rows = [
        ["a-2", at, "u", "a", "look", "reports"],
        ["a-10", at, "u", "a", "look", "home"],
        ["z", (BEGIN + timedelta(minutes=10)).isoformat(), "u", "a", "look", "end"],
    ]
    for order in (rows, rows[::-1]):
        Event.objects.all().delete()
        for row in order:
            send("events", text(HEADER, [row]))
        rollup.rebuild()
        took = DailyUsage.objects.filter(seconds__gt=0).values_list("feature", "seconds")
        assert list(took) == [("reports", Decimal(600))]


def test_time_is_told_to_the_section_in_which_it_passed(send: Sending) -> None:
    midnight = 24 * 60
    came = ((0, "home"), (10, "reports"), (25, "home"), (26, "home"), (90, "reports"))
    rows = [
        [f"m{at}", (BEGIN + timedelta(minutes=at)).isoformat(), "u", "a", "open", section]
        for at, section in (*came, (midnight - 5, "late"), (midnight + 15, "late"))
    ]
    send("events", text(HEADER, rows))
    rollup.rebuild()
    took = DailyUsage.objects.order_by("day", "feature").values_list("feature", "seconds")
    # An hour of silence is nobody's; what begins before midnight is of that day.
    assert [(section, int(seconds)) for section, seconds in took] == [
        *(("home", 11 * 60), ("late", 20 * 60), ("reports", 15 * 60), ("late", 0))
    ]
    lasted = [(one.ended_at - one.started_at).total_seconds() for one in Session.objects.all()]
    assert sum(lasted) == sum(seconds for _section, seconds in took)


def test_an_event_that_is_taken_back_leaves_no_trace(send: Sending) -> None:
    append_only(send, [0, 10])
    rollup.rebuild()
    Event.objects.filter(message_id="m1").delete()
    rollup.rebuild()
    assert sessions() == [(0, 0, 1)]
    assert [one.events for one in DailyUsage.objects.all()] == [1]


def test_only_marked_days_are_counted_again(send: Sending) -> None:
    append_only(send, [0])
    assert rollup.rebuild() == BEGIN.date()
    Session.objects.update(events=77)
    append_only(send, [3 * 24 * 60], mark="other")
    rollup.rebuild()
    assert [one.events for one in Session.objects.order_by("started_at")] == [77, 1]
    assert rollup.rebuild() is None
    assert not DirtyDay.objects.filter(facts="usage").exists()


def days_of_use() -> list[tuple[str, int]]:
    days = DailyUsage.objects.order_by("day").values_list("day", "events")
    return [(str(day), events) for day, events in days]


def move(tenant: Tenant, zone: str) -> None:
    tenant.timezone = zone
    sync_timezone(tenant=tenant)
    rollup.rebuild()


def test_another_time_zone_puts_events_and_sessions_on_its_own_days(
    send: Sending, acme: Tenant
) -> None:
    append_only(send, [60, 14 * 60, 14 * 60 + 59, 15 * 60])
    rollup.rebuild()
    assert days_of_use() == [("2024-05-01", 4)]
    for zone, days in (
        ("Asia/Tokyo", [("2024-05-01", 3), ("2024-05-02", 1)]),
        ("Pacific/Kiritimati", [("2024-05-01", 1), ("2024-05-02", 3)]),
        ("Etc/GMT+12", [("2024-04-30", 1), ("2024-05-01", 3)]),
        ("UTC", [("2024-05-01", 4)]),
    ):
        move(acme, zone)
        assert days_of_use() == days
        begun = [session.day for session in Session.objects.order_by("started_at")]
        assert begun == [local_day(moment=at, zone=zone) for at in started()]


def started() -> list[datetime]:
    return [BEGIN + timedelta(minutes=at) for at, _end, _events in sessions()]


def test_what_was_counted_of_events_that_are_gone_stays(send: Sending, acme: Tenant) -> None:
    append_only(send, [0, 10 * 24 * 60])
    rollup.rebuild()
    Event.objects.filter(message_id="m0").delete()
    DirtyDay.objects.all().delete()
    move(acme, "Asia/Tokyo")
    assert days_of_use() == [("2024-05-01", 1), ("2024-05-11", 1)]


def test_events_are_read_by_the_days_of_the_tenants_zone(send: Sending, acme: Tenant) -> None:
    append_only(send, [60, 23 * 60])
    first, second = BEGIN.date(), BEGIN.date() + timedelta(days=1)
    for zone, found in (("UTC", [first, first]), ("Asia/Tokyo", [first, second])):
        acme.timezone = zone
        rows = events_of(first, second + timedelta(days=1)).order_by("occurred_at")
        assert [row.day for row in rows] == found
        assert events_of(second, second + timedelta(days=1)).count() == found.count(second)


def test_an_hour_that_comes_twice_at_midnight_is_of_its_day(send: Sending, acme: Tenant) -> None:
    """In Havana it was midnight of 3 November 2024 at 4 and again at 5 o'clock in UTC."""
    day = date(2024, 11, 3)
    before = int((datetime(2024, 11, 3, tzinfo=UTC) - BEGIN).total_seconds()) // 60
    append_only(send, [before + 3 * 60 + 59, before + 4 * 60 + 1, before + 5 * 60 + 1])
    move(acme, "America/Havana")
    assert days_of_use() == [("2024-11-02", 1), ("2024-11-03", 2)]
    assert events_of(day, day + timedelta(days=1)).count() == 2


def test_the_number_of_statements_is_the_same_for_any_number_of_events(send: Sending) -> None:
    append_only(send, [0], mark="before")
    rollup.rebuild()
    counted = []
    for size in (3, 300):
        append_only(send, range(0, size * 40, 40), mark=f"{size}-")
        with CaptureQueriesContext(connection) as captured:
            rollup.rebuild()
        counted.append(len(captured))
    assert counted[0] == counted[1]


def by_hand(minutes: list[int]) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for at in sorted(minutes):
        if found and at - found[-1][1] <= 30:
            found[-1] = (found[-1][0], at, found[-1][2] + 1)
        else:
            found.append((at, at, 1))
    return found


@settings(max_examples=25, deadline=None)
@given(
    first=st.lists(st.integers(0, 3 * 24 * 60), unique=True, max_size=30),
    later=st.lists(st.integers(0, 3 * 24 * 60), unique=True, max_size=10),
)
def test_events_in_any_order_make_the_sessions_that_a_person_would_count(
    django_db_blocker: object, first: list[int], later: list[int]
) -> None:
    with inside("acme") as tenant:
        Event.objects.all().delete()
        Account.objects.get_or_create(external_id="a", defaults={"name": "Ant"})
        for mark, minutes in (("f", first), ("l", [one for one in later if one not in first])):
            append_only(Sending(tenant), minutes, mark=mark)
            rollup.rebuild()
        whole = by_hand([*first, *[one for one in later if one not in first]])
        assert sessions() == whole


DATA = Path(__file__).parents[2] / "csplatform/demo/data/opensource"


def test_real_activity_gives_the_sessions_that_were_counted_elsewhere(send: Sending) -> None:
    for kind in ("accounts", "events"):
        file = gzip.decompress((DATA / f"{kind}.csv.gz").read_bytes())
        assert send(kind, file)[3] == 0
    rollup.rebuild()
    assert Event.objects.count() == 12_569
    for day, number, mean in (
        ("2023-03-31", 123, 219.528455),
        ("2024-02-29", 129, 185.085271),
        ("2024-06-30", 79, 136.772152),
        ("2025-12-31", 42, 26.380952),
        ("2026-06-30", 70, 336.842857),
    ):
        last = datetime.fromisoformat(day).date()
        found = Session.objects.filter(day__gt=last - timedelta(days=30), day__lte=last)
        lengths = [(one.ended_at - one.started_at).total_seconds() for one in found]
        assert (len(lengths), round(sum(lengths) / len(lengths), 6)) == (number, mean)
