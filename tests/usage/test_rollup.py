"""Days of use, counted again where events came, went, or moved to another day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import DirtyDay
from accounts.models.rules import sync_timezone
from metrics.catalogue.adoption import events_of
from tenants.calendar import local_day
from tenants.models import Tenant
from tests.accounts.files import Sending, text
from tests.usage.events import BEGIN, HEADER, append_only, sessions
from usage import rollup
from usage.models import DailyUsage, Event, Session

pytestmark = pytest.mark.django_db


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
