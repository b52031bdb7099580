"""A tenant's own metrics: defined on a page or over REST, and then like any other."""

from collections.abc import Iterator
from datetime import date

import pgtrigger
import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account
from metrics.catalogue.own import all_metrics
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.health.scorecard import scorecard
from metrics.models import HealthFactor, HealthModel, OwnMetric
from metrics.pipeline.nightly import compute
from tenants.models import Tenant
from tests.accounts.rest import Program
from tests.metrics import worked
from tests.metrics.rest import Caller

JUNE = date(2024, 6, 30)
FILES = {
    "accounts": "external_id,name,segment,is_test\na,A,small,\nb,B,large,\nt,T,,true\n",
    "measurements": "account_external_id,key,day,value\n"
    "a,shops,2024-05-31,7\na,shops,2024-06-10,8\na,shops,2024-06-20,10\n"
    "b,shops,2024-04-01,5\nt,shops,2024-06-20,99\na,stars,2024-06-20,4\n",
    "events": "message_id,occurred_at,user_id,account_external_id,event,feature,properties\n"
    'm,2024-06-03T10:00:00Z,u,a,export,pdf,"{""plan"": ""pro""}"\n'
    "n,2024-06-04T10:00:00Z,u,a,export,csv,{}\n"
    "o,2024-06-05T10:00:00Z,v,b,export,pdf,{}\n"
    "p,2024-06-05T10:00:00Z,v,b,open,pdf,{}\n",
    "own_metrics": "key,name,name_pl,of,named,feature,property,total\n"
    "shops_sum,Shops,Sklepy,measurements,shops,,,sum\n"
    "shops_mean,Shops,,measurements,shops,,,mean\n"
    "shops_last,Shops,,measurements,shops,,,last\n"
    "shops_known,Shops,,measurements,shops,,,distinct\n"
    "exports,Exports,,events,export,,,sum\n"
    "exporters,Exporters,,events,export,,,distinct\n"
    "pdfs,PDFs,,events,export,pdf,,sum\n"
    "pro_exports,Exports,,events,export,,plan=pro,sum\n"
    "unmeasured,Nothing,,measurements,nothing,,,mean\n",
}
EXPECTED = {
    "shops_sum": 18,
    "shops_mean": 9,
    "shops_last": 15,
    "shops_known": 1,
    "exports": 3,
    "exporters": 2,
    "pdfs": 2,
    "pro_exports": 1,
    "unmeasured": None,
}


@pytest.fixture(scope="module")
def company(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    with django_db_blocker.unblock(), worked.company("own", FILES, JUNE) as caller:
        yield caller


@pytest.mark.parametrize("key", EXPECTED)
def test_an_own_metric_is_a_number_with_its_rows(company: Caller, key: str) -> None:
    query = {"date": JUNE.isoformat(), "period": "month"}
    answer = company.read(f"kpis/{key}/", **query)
    assert (answer["value"], answer["from_facts"]) == (EXPECTED[key], False)
    rows = company.read(f"kpis/{key}/rows/", **query)["data"]
    assert sum(float(row["counts"]) for row in rows) == answer["numerator"]


def test_it_has_segments_like_any_other(company: Caller) -> None:
    query = {"date": JUNE.isoformat(), "period": "month"}
    parts = [
        company.read("kpis/shops_last/", **query, segment=f"segment:{name}")["value"]
        for name in ("small", "large")
    ]
    assert parts == [10, 5]


def test_it_stands_in_the_catalogue(company: Caller) -> None:
    keys = [metric["key"] for metric in company.read("metrics/")["data"]]
    assert "shops_sum" in keys


@pytest.mark.django_db
def test_an_admin_defines_one_on_a_page(alice: Client, acme: Tenant) -> None:
    form = {
        "name": "Stars",
        "key": "stars",
        "of": "measurements",
        "named": "stars",
        "total": "mean",
        "unit": "score",
        "direction": "higher",
        "name_fa": "ستاره‌ها",
    }
    assert alice.post("/settings/metrics/", form).status_code == 302
    with override("fa"):
        assert str(all_metrics()["stars"].name) == "ستاره‌ها"
    with override("pl"):
        assert str(all_metrics()["stars"].name) == "Stars"
    page = alice.get("/kpis/stars/?date=2024-06-30")
    assert "Nothing was measured in the period." in page.content.decode()
    assert "Your own" in alice.get("/kpis/").content.decode()


OF_ACCOUNT_A = {
    "shops_sum": 18,
    "shops_mean": 9,
    "shops_last": 10,
    "shops_known": 1,
    "exports": 2,
    "exporters": 1,
    "pdfs": 1,
    "pro_exports": 1,
    "unmeasured": None,
}
OF_ACCOUNT_B = dict.fromkeys(OF_ACCOUNT_A) | {
    "shops_last": 5,
    "exports": 1,
    "exporters": 1,
    "pdfs": 1,
    "pro_exports": 0,
}


@pytest.mark.parametrize(("account", "expected"), [("a", OF_ACCOUNT_A), ("b", OF_ACCOUNT_B)])
def test_an_own_metric_is_a_measure_of_each_account(
    company: Caller, account: str, expected: dict[str, int | None]
) -> None:
    found = {key: worked.measured(account, key, JUNE) for key in expected}
    assert found == expected


def test_health_is_scored_by_an_own_metric_and_goes_on_without_it(committed_acme: Tenant) -> None:
    worked.import_files(committed_acme, FILES)
    with pgtrigger.ignore("metrics.HealthFactor:published"):
        HealthFactor.objects.all().delete()
        model = HealthModel.objects.get()
        HealthFactor.objects.create(model=model, key="exports", weight=3, worst=0, best=4)
        HealthFactor.objects.create(model=model, key="tenure", weight=1, worst=0, best=1)
    compute(tenant=committed_acme, day=JUNE, at_stage=lambda stage: None)
    account = Account.objects.get(external_id="a")
    card = scorecard(account=account, day=JUNE)
    assert [(line.key, line.value, line.mark) for line in card.lines] == [
        ("exports", 2, 50),
        ("tenure", None, None),
    ]
    assert [card.score, card.coverage] == [50, 75]
    OwnMetric.objects.filter(key="exports").delete()
    compute(tenant=committed_acme, day=JUNE, at_stage=lambda stage: None)
    card = scorecard(account=account, day=JUNE)
    assert [card.score, card.coverage] == [None, 0]
    gone = card.lines[0]
    assert (gone.name, gone.missing_reason) == ("exports", "This metric is there no more.")


@pytest.mark.django_db
def test_a_slot_is_never_given_twice(acme: Tenant) -> None:
    def define(key: str) -> int:
        row = OwnMetric.objects.create(key=key, name=key, named="x")
        row.refresh_from_db()
        return row.slot

    assert (define("first"), define("second")) == (64, 65)
    OwnMetric.objects.get(key="second").delete()
    assert define("third") == 66


@pytest.mark.django_db(databases=["default", "ledger"])
def test_a_goal_can_be_of_an_own_metric(bob: Client, acme: Tenant) -> None:
    OwnMetric.objects.create(key="stars", name="Stars", named="stars")
    sent = {"metric": "stars", "target": "5", "starts_on": "2024-01-01", "due_on": "2024-06-30"}
    assert "Your own" in bob.get("/goals/").content.decode()
    assert bob.post("/goals/", sent | {"period": "month"}).status_code == 302
    assert "Stars" in bob.get("/goals/").content.decode()


@pytest.mark.parametrize(("variant", "status"), [("", 201), ("all", 201), ("lucky", 422)])
def test_a_goal_has_no_variant_that_its_own_metric_has_not(
    acme: Tenant, variant: str, status: int
) -> None:
    OwnMetric.objects.create(key="stars", name="Stars", named="stars")
    goal = {"metric": "stars", "variant": variant, "target": 7}
    dates = {"starts_on": "2024-01-01", "due_on": "2024-12-31"}
    program = Program()
    program("POST", "goals/", {"external_id": "g"} | goal | dates)
    assert program.status == status
    if status == 422:
        assert program.errors == [("no_variant", "/variant")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "result"),
    [
        ("key", "mrr", "The product itself has a metric of this key."),
        ("key", "tenure", "The product itself has a metric of this key."),
        ("key", "Not a key", "A key is of small letters, digits and _."),
        ("of", "events", "Of events there is a number and different people."),
    ],
)
def test_what_makes_no_sense_is_refused(
    alice: Client, acme: Tenant, field: str, value: str, result: str
) -> None:
    form = {
        "name": "Stars",
        "key": "stars",
        "of": "measurements",
        "named": "stars",
        "total": "mean",
        "unit": "score",
        "direction": "higher",
        field: value,
    }
    answer = alice.post("/settings/metrics/", form)
    assert answer.status_code == 422
    assert result in answer.content.decode()
    assert not OwnMetric.objects.exists()


@pytest.mark.django_db
def test_without_any_the_catalogue_is_all_there_is(acme: Tenant) -> None:
    assert [one.metric.key for one in KpiReader(KpiQuery(day=JUNE)).all()] == list(all_metrics())
