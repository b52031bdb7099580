"""Sessions, counted from events that come in any order."""

import gzip
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Account
from tenants.context import inside
from tests.accounts.files import Sending
from tests.usage.events import BEGIN, append_only, sessions
from usage import rollup
from usage.models import DailyUsage, Event, Session

pytestmark = pytest.mark.django_db


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
