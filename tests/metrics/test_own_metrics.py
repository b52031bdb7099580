"""A tenant's own metrics: defined on a page or over REST, and then like any other."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django.plugin import DjangoDbBlocker

from metrics.kpis import Book, Question
from metrics.models import OwnMetric
from metrics.own import known
from tenants.models import Tenant
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
    asked = {"date": JUNE.isoformat(), "period": "month"}
    answer = company.read(f"kpis/{key}/", **asked)
    assert (answer["value"], answer["from_facts"]) == (EXPECTED[key], False)
    rows = company.read(f"kpis/{key}/rows/", **asked)["data"]
    assert sum(float(row["counts"]) for row in rows) == answer["numerator"]


def test_it_has_segments_like_any_other(company: Caller) -> None:
    asked = {"date": JUNE.isoformat(), "period": "month"}
    parts = [
        company.read("kpis/shops_last/", **asked, segment=f"segment:{name}")["value"]
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
        assert str(known()["stars"].name) == "ستاره‌ها"
    with override("pl"):
        assert str(known()["stars"].name) == "Stars"
    page = alice.get("/kpis/stars/?date=2024-06-30")
    assert "Nothing was measured in the period." in page.content.decode()
    assert "Your own" in alice.get("/kpis/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("key", "mrr", "The product itself has a metric of this key."),
        ("key", "Not a key", "A key is of small letters, digits and _."),
        ("of", "events", "Of events there is a number and different people."),
    ],
)
def test_what_makes_no_sense_is_refused(
    alice: Client, acme: Tenant, field: str, value: str, said: str
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
    assert said in answer.content.decode()
    assert not OwnMetric.objects.exists()


@pytest.mark.django_db
def test_without_any_the_catalogue_is_all_there_is(acme: Tenant) -> None:
    assert [one.metric.key for one in Book(Question(day=JUNE)).all()] == list(known())
