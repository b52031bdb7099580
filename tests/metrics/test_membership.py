"""Accounts that move from one part of the book to another: a past day is cut as it was."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import Account, PastMembership
from accounts.models.membership import CUT_BY, memberships
from metrics.analysis.survival import survival
from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.segments import Segment
from metrics.health.scorecard import measured_values
from metrics.pipeline.nightly import compute
from metrics.windows.periods import Period
from tenants.models import Tenant
from tests.books import Sold, store
from tests.metrics.dumps import dump

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
BEFORE = date(2026, 6, 30)


def known_for_long() -> None:
    """The accounts came into the book some time ago, and not today."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_accountevent SET pgh_created_at = '2026-01-01'")


def fill() -> None:
    prices = {"ant": 400, "bee": 100, "cat": 100}
    store([Sold(name, Decimal(mrr), date(2026, 1, 1)) for name, mrr in prices.items()])
    Account.objects.update(segment="small", owner_email="ann@x.test")
    known_for_long()


@pytest.fixture
def book(acme: Tenant) -> Tenant:
    fill()
    return acme


def move(name: str, **changes: str) -> None:
    Account.objects.filter(external_id=name).update(**changes)


def segments(day: date) -> dict[str, str]:
    found = memberships(day).values_list("account__external_id", "segment")
    return dict(found)


def mrr(day: date, segment: str) -> Decimal | None:
    question = KpiQuery(day=day, period=Period.MONTH, segment=Segment("segment", segment))
    return KpiReader(question).compare(METRICS["mrr"], "").reading.value


def test_a_past_day_is_cut_as_it_was(book: Tenant) -> None:
    move("ant", segment="large")
    assert segments(TODAY) == {"ant": "large", "bee": "small", "cat": "small"}
    assert segments(YESTERDAY) == {"ant": "small", "bee": "small", "cat": "small"}
    assert [mrr(YESTERDAY, "small"), mrr(TODAY, "small")] == [600, 200]
    assert [mrr(YESTERDAY, "large"), mrr(TODAY, "large")] == [0, 400]


def test_of_several_moves_in_a_day_the_last_one_counts(book: Tenant) -> None:
    for segment in ("middle", "large", "huge"):
        move("ant", segment=segment)
    assert (segments(YESTERDAY)["ant"], segments(TODAY)["ant"]) == ("small", "huge")
    assert PastMembership.objects.count() == 1


def test_moves_of_several_days_are_each_kept(book: Tenant) -> None:
    move("ant", segment="large")
    PastMembership.objects.update(until=date(2026, 3, 1))
    move("ant", segment="huge")
    cases = {
        date(2026, 2, 28): "small",
        date(2026, 3, 1): "large",
        YESTERDAY: "large",
        TODAY: "huge",
    }
    assert {day: segments(day)["ant"] for day in cases} == cases


def test_what_is_filled_in_later_counts_for_the_days_before(book: Tenant) -> None:
    move("ant", industry="Retail")
    assert not PastMembership.objects.exists()
    move("ant", segment="large")
    move("ant", country="PL")
    stored = PastMembership.objects.values_list("segment", "industry", "country").get()
    assert stored == ("small", "Retail", "PL")


def test_the_day_on_which_an_account_came_in_is_one_day(acme: Tenant) -> None:
    Account.objects.create(external_id="new", name="New", segment="smal")
    move("new", segment="small")
    assert not PastMembership.objects.exists()
    assert segments(BEFORE)["new"] == "small"


def test_every_column_that_the_book_is_cut_by_is_kept(book: Tenant) -> None:
    Account.objects.update(**dict.fromkeys(CUT_BY, "before"))
    known_for_long()
    PastMembership.objects.all().delete()
    Account.objects.update(**dict.fromkeys(CUT_BY, "after"))
    for day, value in ((YESTERDAY, "before"), (TODAY, "after")):
        assert set(memberships(day).values_list(*CUT_BY)) == {(value,) * len(CUT_BY)}


def test_a_night_run_again_after_a_move_writes_the_same_rows(committed_acme: Tenant) -> None:
    fill()
    compute(tenant=committed_acme, day=BEFORE, at_stage=lambda stage: None)
    before = dump()
    move("ant", segment="large", owner_email="bob@x.test")
    compute(tenant=committed_acme, day=BEFORE, at_stage=lambda stage: None)
    assert dump() == before
    assert "'segment', 'small'" in "".join(before["KpiSnapshot"])


def test_an_account_is_measured_against_the_segment_of_its_day(committed_acme: Tenant) -> None:
    fill()
    move("ant", segment="large")
    ant = Account.objects.get(external_id="ant")
    found = {}
    for day in (BEFORE, TODAY):
        compute(tenant=committed_acme, day=day, at_stage=lambda stage: None)
        found[day] = measured_values(account=ant, day=day)["mrr_vs_segment"]
    assert found == {BEFORE: 4, TODAY: 1}


def test_a_curve_of_a_segment_is_of_who_was_in_it(book: Tenant) -> None:
    move("ant", segment="large")
    then, now = (survival(day, segment=Segment("segment", "small")) for day in (BEFORE, TODAY))
    assert then
    assert now
    assert (then.customers, now.customers) == (3, 2)


def test_segments_of_a_past_day_still_add_up(book: Tenant) -> None:
    move("ant", segment="large")
    for day in (BEFORE, TODAY):
        parts = [mrr(day, segment) or Decimal(0) for segment in ("small", "large")]
        assert sum(parts) == 600
