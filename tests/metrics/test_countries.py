"""Figures of a country: one value by whatever name it is asked for, named in the reader's words."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Account
from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.parameters import parse_segment
from metrics.models import KpiSnapshot, Night
from metrics.pipeline.snapshot import COLUMNS, records
from metrics.windows.periods import Period
from tenants.context import as_owner
from tenants.models import Tenant
from tests.accounts.rest import Program
from tests.books import Sold, store

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 6, 30), date(2026, 7, 31)
MRR = (METRICS["mrr"], METRICS["mrr"].default_variant)


@pytest.fixture
def book(acme: Tenant) -> Iterator[Tenant]:
    prices = {"ant": ("PL", 400), "bee": ("PL", 100), "cat": ("DE", 30)}
    store([Sold(name, Decimal(mrr), date(2026, 1, 1)) for name, (_, mrr) in prices.items()])
    for name, (country, _) in prices.items():
        Account.objects.filter(external_id=name).update(country=country)
    return acme


def rebuild(day: date) -> None:
    """A night of one metric, as it would be written down."""
    Night.objects.create(day=day, computed_at="2026-08-01T00:00:00Z")
    rows = records(day=day, first_weekday=1, definitions=[MRR])
    KpiSnapshot.objects.bulk_create(
        KpiSnapshot(**dict(zip(COLUMNS, row, strict=True))) for row in rows
    )


def mrr_of(country: str, day: date = DAY) -> Decimal | None:
    query = KpiQuery(day=day, period=Period.MONTH, segment=parse_segment(f"country:{country}"))
    return KpiReader(query).compare(METRICS["mrr"], "").reading.value


@pytest.mark.parametrize("name", ["PL", "pol", "Poland", "Polska", "لهستان"])
def test_rest_and_pages_mean_one_country_by_any_name(
    book: Tenant, alice: Client, name: str
) -> None:
    query = {"segment": f"country:{name}", "date": "2026-06-30"}
    assert Program()("GET", f"kpis/mrr/?segment=country:{name}&date=2026-06-30")["value"] == 500
    page = alice.get("/kpis/mrr/", query)
    assert page.context["kpi"].reading.value == 500


def test_a_goal_means_the_country_by_any_name(book: Tenant, alice: Client) -> None:
    goal = {"metric": "mrr", "target": "1000", "starts_on": "2026-01-01", "due_on": "2026-06-30"}
    alice.post("/goals/", goal | {"segment": "country:Polska", "period": "trailing_30d"})
    (progress,) = alice.get("/goals/").context["goals"]
    assert (progress.now.value, progress.segment.name) == (500, "country: Poland")


def test_a_page_in_persian_names_the_countries_in_persian(book: Tenant, alice: Client) -> None:
    rebuild(DAY)
    for by in ("/kpis/mrr/?by=country&date=2026-06-30", "/lifetime/?by=country&date=2026-06-30"):
        page = alice.get(by, headers={"accept-language": "fa"}).content.decode()
        assert "<bdi>لهستان</bdi>" in page
        assert "<bdi>آلمان</bdi>" in page


# As the columns are called now, and as they were when the migration ran.
RENAMED = {"dimension": "cut", "dimension_value": "cut_value"}


def rename() -> None:
    module = import_module("metrics.migrations.0010_countries_by_code")
    with as_owner("acme"), connection.schema_editor() as editor:
        for now, then in RENAMED.items():
            editor.execute(f"ALTER TABLE metrics_kpisnapshot RENAME {now} TO {then}")
        module.rename_countries(None, editor)
        for now, then in RENAMED.items():
            editor.execute(f"ALTER TABLE metrics_kpisnapshot RENAME {then} TO {now}")


def test_what_a_night_wrote_of_a_name_goes_by_the_code(book: Tenant) -> None:
    rebuild(DAY)
    KpiSnapshot.objects.filter(dimension_value="PL").update(dimension_value="Poland")
    rename()
    assert mrr_of("PL") == 500
    assert not Night.objects.get().stale
    assert set(
        KpiSnapshot.objects.filter(dimension="country").values_list("dimension_value", flat=True)
    ) == {*("PL", "DE")}


def test_a_night_that_knew_a_country_twice_is_computed_again(book: Tenant) -> None:
    Account.objects.filter(external_id="bee").update(country="Poland")
    rebuild(DAY)
    Account.objects.filter(external_id="bee").update(country="PL")
    rebuild(LATER)
    rename()
    stale = dict(Night.objects.values_list("day", "stale"))
    assert stale == {DAY: True, LATER: False}
    dropped = KpiSnapshot.objects.filter(day=DAY)
    assert (
        dropped.filter(dimension="country").exists(),
        dropped.filter(dimension="").exists(),
    ) == (
        False,
        True,
    )
    # Until then the facts answer, and say the same as the night that is to come.
    assert [mrr_of("PL"), mrr_of("PL", LATER)] == [500, 500]


def test_until_then_the_page_counts_all_countries(book: Tenant, alice: Client) -> None:
    Account.objects.filter(external_id="bee").update(country="Poland")
    rebuild(DAY)
    Account.objects.filter(external_id="bee").update(country="PL")
    rename()
    page = alice.get("/kpis/mrr/?by=country&date=2026-06-30&period=month")
    assert {one.name: one.reading.value for one in page.context["cuts"]} == {
        "Poland": 500,
        "Germany": 30,
    }
