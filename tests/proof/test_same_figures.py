"""The same facts give the same figures, whenever and in whatever order they came in.

Over rich books of all kinds of facts: what is dated later changes nothing of a day, and neither
does the order of rows, nor into how many files they were split. Everything that nights write down
is compared.
"""

from datetime import date
from itertools import product

import pytest
from django.db.models import Q
from pytest_django.plugin import DjangoDbBlocker

from metrics.catalogue import METRICS
from metrics.figures.readers import FactReader, SegmentReader
from metrics.pipeline.nightly import compute
from metrics.windows.periods import Period, window_for
from support.models import SlaTarget
from tenants.context import inside
from tenants.models import Tenant
from tests import databases
from tests.metrics import rich, worked
from tests.metrics.dumps import dump, empty_derived_tables
from tests.metrics.rich_as_of import as_of

DAYS = (date(2026, 3, 4), date(2026, 4, 30), date(2026, 5, 20))

Figures = dict[str, list[str]]


def import_files(tenant: Tenant, book: rich.Rows) -> None:
    SlaTarget.objects.get_or_create(priority="normal", first_response_minutes=60)
    SlaTarget.objects.get_or_create(priority="high", resolution_minutes=600)
    for kind, text in rich.files(book):
        worked.import_files(tenant, {kind: text})


def night(tenant: Tenant, day: date) -> Figures:
    compute(tenant=tenant, day=day, at_stage=lambda stage: None)
    return dump(only=Q(day__lte=day))


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("seed", [1, 2])
def test_facts_of_later_days_change_no_figure_of_a_day(
    committed_acme: Tenant, day: date, seed: int
) -> None:
    book = rich.draw(seed)
    import_files(committed_acme, as_of(book, day))
    in_time = night(committed_acme, day)
    import_files(committed_acme, book)
    empty_derived_tables()
    assert differing(night(committed_acme, day), in_time) == []


def forwards(tenant: Tenant, book: rich.Rows) -> None:
    import_files(tenant, book)


def backwards(tenant: Tenant, book: rich.Rows) -> None:
    import_files(tenant, {kind: rows[::-1] for kind, rows in book.items()})


def split(tenant: Tenant, book: rich.Rows) -> None:
    """In seven files of each kind, the last rows first, a night between them, some rows twice."""
    for kind, rows in book.items():
        for part in reversed(range(7)):
            import_files(tenant, {kind: rows[part::7]})
        if kind == "events":
            night(tenant, DAYS[0])
    import_files(tenant, {kind: rows[:5] for kind, rows in book.items()})


@pytest.mark.parametrize("seed", [3, 4])
def test_neither_the_order_of_rows_nor_their_files_change_a_figure(
    django_db_blocker: DjangoDbBlocker, seed: int
) -> None:
    found = []
    with django_db_blocker.unblock():
        for way in (forwards, backwards, split):
            with databases.clone(f"cstest_same_{way.__name__}_{seed}"), inside("acme") as tenant:
                way(tenant, rich.draw(seed))
                empty_derived_tables()
                found.append(night(tenant, DAYS[1]))
    whole, *others = found
    assert [differing(other, whole) for other in others] == [[], []]


def differing(one: Figures, other: Figures) -> list[str]:
    """The rows that are in one of them alone."""
    return sorted({row for kind in one for row in set(one[kind]) ^ set(other[kind])})[:40]


def test_figures_of_a_moved_time_zone_are_those_of_that_zone_and_back_again(
    committed_acme: Tenant,
) -> None:
    import_files(committed_acme, rich.draw(1))
    figures = {}
    for zone in ("UTC", "Asia/Tokyo"):
        committed_acme.timezone = zone
        figures[zone] = night(committed_acme, DAYS[0])
    empty_derived_tables()
    assert differing(night(committed_acme, DAYS[0]), figures["Asia/Tokyo"]) == []
    committed_acme.timezone = "UTC"
    assert differing(night(committed_acme, DAYS[0]), figures["UTC"]) == []
    assert figures["UTC"]["DailyUsage"] != figures["Asia/Tokyo"]["DailyUsage"]


def test_what_is_read_together_is_what_each_number_is_alone(committed_acme: Tenant) -> None:
    """One scan serves many measures and windows; none may see what another asks for."""
    import_files(committed_acme, rich.draw(5))
    night(committed_acme, DAYS[1])
    definitions = [(metric, name) for metric in METRICS.values() for name in metric.variants]
    windows = [window_for(period=period, day=day) for period in Period for day in DAYS]
    together = FactReader()
    together.prepare(definitions, windows)
    differing = [
        (metric.key, variant, str(days))
        for (metric, variant), days in product(definitions, windows)
        if together.read(metric=metric, variant=variant, window=days)
        != FactReader().read(metric=metric, variant=variant, window=days)
    ]
    assert differing == []


def test_segments_read_together_are_what_each_segment_is_alone(committed_acme: Tenant) -> None:
    import_files(committed_acme, rich.draw(6))
    night(committed_acme, DAYS[1])
    definitions = [(metric, name) for metric in METRICS.values() for name in metric.variants]
    month, week = (window_for(period=one, day=DAYS[1]) for one in (Period.MONTH, Period.WEEK))
    together = SegmentReader()
    together.prepare(definitions, [month, week])
    differing = [
        (metric.key, variant, str(segment))
        for metric, variant in definitions
        for segment, reading in together.read(metric=metric, variant=variant, window=month)
        if reading != FactReader(segment=segment).read(metric=metric, variant=variant, window=month)
    ]
    assert differing == []
