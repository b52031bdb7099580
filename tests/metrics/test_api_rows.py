"""Rows, series, scorecards and the catalogue over REST: every number leads to its rows."""

import csv
import json
import os
from codecs import BOM_UTF8
from collections.abc import Iterator
from decimal import Decimal
from statistics import median
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import ApiKey
from metrics.catalogue import ACCOUNT_METRICS, METRICS
from tenants.context import inside
from tests import databases
from tests.metrics.rest import Caller
from tests.sample import load_sample

OCTOBER = {"date": "2026-10-31", "period": "month"}
DEFINITIONS = [(metric.key, name) for metric in METRICS.values() for name in metric.variants]


@pytest.fixture(scope="module")
def acme(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    """The sample data, in which there is something of everything, and the night of its last day."""
    with (
        django_db_blocker.unblock(),
        databases.clone(f"cstest_rows_{os.getpid()}"),
        inside("acme"),
    ):
        load_sample("acme")
        yield Caller(ApiKey.objects.create_key(name="tests", scope="read")[1])


def csv_of(caller: Caller, path: str, **parameters: str) -> list[dict[str, str]]:
    response = caller.get(path, **parameters, format="csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    content: bytes = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(BOM_UTF8)
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


def problem_of(response: HttpResponse) -> str:
    return str(json.loads(response.content)["detail"])


@pytest.mark.parametrize(("key", "variant"), DEFINITIONS)
def test_the_rows_of_a_part_give_the_number_again(acme: Caller, key: str, variant: str) -> None:
    query = {**OCTOBER, "variant": variant}
    figure = acme.read(f"kpis/{key}/", **query)
    for part in ("numerator", "denominator"):
        if figure[part] is None:
            continue
        rows = csv_of(acme, f"kpis/{key}/rows/", **query, part=part)
        counts = [Decimal(row["counts"]) for row in rows]
        is_median = part == "numerator" and METRICS[key].variants[variant].numerator.median
        total = median(counts) if is_median else sum(counts, Decimal(0))
        assert float(total) == pytest.approx(figure[part], abs=1e-6), part


def test_rows_come_in_pages_and_none_twice(acme: Caller) -> None:
    first = acme.read("kpis/customers/rows/", **OCTOBER, limit="1", count="1")
    assert [len(first["data"]), first["has_more"]] == [1, True]
    seen = [first["data"][0]["account_id"]]
    cursor = first["next_cursor"]
    while cursor:
        page = acme.read("kpis/customers/rows/", **OCTOBER, limit="1", cursor=cursor)
        seen += [row["account_id"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert len(set(seen)) == len(seen) == first["count"]


def test_a_part_that_a_metric_has_not_is_refused(acme: Caller) -> None:
    response = acme.get("kpis/customer_retention_rate/rows/", **OCTOBER, part="excluded")
    assert response.status_code == 422
    assert problem_of(response) == "One of: numerator, denominator."


def test_what_has_no_denominator_is_empty_in_csv(acme: Caller) -> None:
    lines = {line["key"]: line for line in csv_of(acme, "kpis/", date="2020-06-30")}
    assert [lines["customer_churn_rate"][name] for name in ("value", "denominator")] == ["", "0.0"]
    assert lines["customer_churn_rate"]["reason"] == (
        "There were no customers at the start of the period."
    )


def test_a_series_says_of_each_period_what_the_metric_says_of_it(acme: Caller) -> None:
    result = acme.read("kpis/mrr/series/", **{"from": "2026-08-10", "to": "2026-10-31"})
    assert [point["date"] for point in result["data"]] == ["2026-08-31", "2026-09-30", "2026-10-31"]
    for point in result["data"]:
        alone = acme.read("kpis/mrr/", date=point["date"])
        assert (point["value"], point["n"]) == (alone["value"], alone["n"])
        assert point["from_facts"] == alone["from_facts"]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"from": "2024-07-01", "to": "2024-06-30"}, "It must not lie after the end."),
        (
            {"from": "2000-01-01", "to": "2024-06-30", "period": "day"},
            "At most 400 periods can be asked for at once.",
        ),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(
    acme: Caller, query: dict[str, str], text: str
) -> None:
    response = acme.get("kpis/mrr/series/", **query)
    assert (response.status_code, problem_of(response)) == (422, text)


def test_the_catalogue_tells_every_metric_and_every_measure(acme: Caller) -> None:
    result: list[dict[str, Any]] = acme.read("metrics/")["data"]
    of_tenants = {one["key"] for one in result if one["grain"] == "tenant"}
    of_accounts = {one["key"] for one in result if one["grain"] == "account"}
    assert (of_tenants, of_accounts) == (set(METRICS), set(ACCOUNT_METRICS))
    assert all(one["name"] and one["formula"] and one["direction"] for one in result)


def test_the_book_is_sorted_both_ways(acme: Caller) -> None:
    up = [line["account"] for line in acme.read("scorecards/", sort="name", limit="200")["data"]]
    down = [line["account"] for line in acme.read("scorecards/", sort="-name", limit="200")["data"]]
    assert up == down[::-1]
    assert len(up) > 1


def test_the_book_as_csv_has_a_line_for_every_account(acme: Caller) -> None:
    lines = csv_of(acme, "scorecards/")
    assert {line["account"] for line in lines} == {
        line["account"] for line in acme.read("scorecards/", limit="200")["data"]
    }
