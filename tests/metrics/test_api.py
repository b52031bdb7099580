"""The figures over REST: the contract of names, exact numbers, what is wrong with a question."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from pytest_django.plugin import DjangoDbBlocker
from rest_framework.renderers import JSONRenderer

from metrics.catalogue import METRICS
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.readings import comparison_windows
from metrics.rest.figures import KpiSerializer
from metrics.windows.periods import Period
from tenants.context import inside
from tests.metrics.rest import DAY, PROBLEM, Caller, acme_over_rest, run_the_night

JUNE = {"date": "2024-06-30", "period": "month"}
KEYS = {
    *("key", "date", "period", "start", "end", "variant", "value", "numerator", "denominator"),
    *("n", "interval", "unit", "direction", "previous", "year_before", "computed_at"),
}
SEGMENTS = (
    "A segment is written column:value, the column one of: segment, industry, country, owner_email,"
    " region, stage, plan, feature, touchpoint, channel, goal, source, team, priority, step,"
    " language, theme, account."
)

Facts = dict[tuple[str, str, str], Any]


@pytest.fixture(scope="module")
def program(django_db_blocker: DjangoDbBlocker) -> Iterator[Caller]:
    with django_db_blocker.unblock(), acme_over_rest("cstest_rest") as caller:
        yield caller


PERIODS = ("week", "month", "year")  # all of them: test_reading
DEFINITIONS = [
    (metric, variant)
    for metric in METRICS.values()
    if not metric.of_nights
    for variant in metric.variants
]


@pytest.fixture(scope="module")
def from_facts(program: Caller) -> Facts:
    """Every metric and variant over some periods, before any night was run."""
    return every_figure()


@pytest.fixture(scope="module")
def acme(program: Caller, from_facts: Facts) -> Caller:
    """The same caller after the night of 30 June 2024."""
    run_the_night()
    return program


def every_figure() -> Facts:
    """As REST answers; `tests/proof/test_every_figure.py` sends the request of each."""
    found = {}
    with inside("acme"):
        for period in PERIODS:
            book = KpiReader(KpiQuery(day=DAY, period=Period(period)))
            if book.night is None:
                book.reader.prepare(
                    DEFINITIONS, [days for _, days in comparison_windows(book.query.window)]
                )
            for metric, variant in DEFINITIONS:
                answer = JSONRenderer().render(KpiSerializer(book.compare(metric, variant)).data)
                found[metric.key, variant, period] = json.loads(answer)
    return found


def test_a_figure_has_exactly_the_promised_keys(acme: Caller) -> None:
    answer = acme.read("kpis/mrr/", **JUNE)
    assert set(answer) == KEYS | {"name", "formula", "reason", "from_facts", "parts"}
    assert set(answer["interval"]) == {"low", "high"}
    compared = {"start", "end", "value", "numerator", "denominator", "n", "reason"}
    assert set(answer["previous"]) == set(answer["year_before"]) == compared


def test_the_list_holds_every_metric_as_it_stands_alone(acme: Caller) -> None:
    answer = acme.read("kpis/", **JUNE)
    assert set(answer) == {"data"}
    assert [kpi["key"] for kpi in answer["data"]] == list(METRICS)
    for kpi in answer["data"][::8]:
        assert kpi == acme.read(f"kpis/{kpi['key']}/", **JUNE)


def test_a_figure_says_everything_of_itself(acme: Caller) -> None:
    answer = acme.read("kpis/customer_churn_rate/", **JUNE)
    assert answer == {
        "key": "customer_churn_rate",
        "name": "Customer churn rate",
        "date": "2024-06-30",
        "period": "month",
        "start": "2024-06-01",
        "end": "2024-07-01",
        "variant": "opening",
        "formula": "Customers at the start who are none at the end ÷ customers at the start",
        "parts": [],
        "value": 50.0,
        "reason": "",
        "numerator": 1.0,
        "denominator": 2.0,
        "n": 2,
        "interval": {"low": answer["interval"]["low"], "high": answer["interval"]["high"]},
        "unit": "percent",
        "direction": "lower",
        "previous": {
            "start": "2024-05-01",
            "end": "2024-06-01",
            "value": 0.0,
            "numerator": 0.0,
            "denominator": 2.0,
            "n": 2,
            "reason": "",
        },
        "year_before": {
            "start": "2023-06-01",
            "end": "2023-07-01",
            "value": 0.0,
            "numerator": 0.0,
            "denominator": 1.0,
            "n": 1,
            "reason": "",
        },
        "computed_at": answer["computed_at"],
        "from_facts": False,
    }


@pytest.mark.parametrize(
    ("key", "now", "previous", "year_before"),
    [
        ("mrr", 200, 300, 300),
        ("arr", 2400, 3600, 3600),
        ("customers", 2, 2, 2),
        ("new_mrr", 100, 0, 200),
        ("churned_mrr", 200, 0, 0),
        ("arpa", 100, 150, 150),
        ("customer_churn_rate", 50, 0, 0),
        ("customer_retention_rate", 50, 100, 100),
    ],
)
def test_figures_of_a_small_book(
    acme: Caller, key: str, now: int, previous: int, year_before: int
) -> None:
    answer = acme.read(f"kpis/{key}/", **JUNE)
    values = (answer["value"], answer["previous"]["value"], answer["year_before"]["value"])
    assert values == (now, previous, year_before)


def test_a_night_and_the_facts_give_the_same_numbers(acme: Caller, from_facts: Facts) -> None:
    frozen = every_figure()
    assert len(frozen) == len(from_facts) > 60
    for query, answer in frozen.items():
        fact = from_facts[query]
        assert (answer["from_facts"], fact["from_facts"]) == (False, True), query
        assert bare(answer) == bare(fact), query


def bare(answer: Any) -> Any:
    """What does not tell a night's figure from one of this moment."""
    parts = {name: answer[name] for name in answer if name not in ("computed_at", "from_facts")}
    return {name: rounded(value) for name, value in parts.items()}


def rounded(value: Any) -> Any:
    """Nights keep ten decimals, of a fraction too."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, 8) if isinstance(value, float) else value


def test_without_a_date_the_latest_night_is_meant(acme: Caller) -> None:
    answer = acme.read("kpis/mrr/")
    assert (answer["date"], answer["period"], answer["from_facts"]) == (
        *("2024-06-30", "month"),
        False,
    )


def test_a_date_without_a_night_is_computed_at_the_moment_of_asking(acme: Caller) -> None:
    with time_machine.travel("2024-08-01T12:00:00Z", tick=False):
        answer = acme.read("kpis/mrr/", date="2024-06-12")
    assert (answer["value"], answer["from_facts"]) == (400, True)
    assert answer["computed_at"] == "2024-08-01T12:00:00+00:00"


def test_nothing_divided_by_nobody_is_null_and_says_why(acme: Caller) -> None:
    answer = acme.read("kpis/customer_churn_rate/", date="2022-06-30")
    assert (answer["value"], answer["numerator"], answer["denominator"]) == (None, 0, 0)
    assert answer["reason"] == "There were no customers at the start of the period."
    assert answer["interval"] == {"low": None, "high": None}


@pytest.mark.parametrize(
    ("segment", "value", "n"),
    [("industry:Retail", 200, 2), ("industry:Bank", 0, 0), ("industry:Retail:x", 0, 0)],
)
def test_a_segment_is_part_of_the_book(acme: Caller, segment: str, value: int, n: int) -> None:
    answer = acme.read("kpis/mrr/", **JUNE, segment=segment)
    assert (answer["value"], answer["n"], answer["from_facts"]) == (value, n, False)


def test_the_segments_of_a_column_add_up_to_the_whole(acme: Caller) -> None:
    parts = [
        acme.read("kpis/churned_mrr/", **JUNE, segment=f"industry:{industry}")["value"]
        for industry in ("Retail", "Bank")
    ]
    assert parts == [0, 200]


@pytest.mark.parametrize(
    ("parameter", "value", "text"),
    [
        ("date", "2024-02-30", "“2024-02-30” is not a date like 2026-01-31."),
        ("date", "yesterday\0", "“yesterday\0” is not a date like 2026-01-31."),
        ("date", "1899-12-31", "The date must lie between 1900 and 2199."),
        ("date", "2200-01-01", "The date must lie between 1900 and 2199."),
        (
            "period",
            "decade",
            "The period is one of: day, week, month, quarter, year, trailing_30d, trailing_12m.",
        ),
        ("segment", "password:x", SEGMENTS),
        ("segment", "industry:\0", SEGMENTS),
    ],
)
def test_a_bad_parameter_is_pointed_at(acme: Caller, parameter: str, value: str, text: str) -> None:
    response = acme.get("kpis/mrr/", **{parameter: value})
    answer = response.json()  # type: ignore[attr-defined]
    assert (response.status_code, response.headers["Content-Type"]) == (400, PROBLEM)
    assert answer["errors"] == [{"code": "invalid", "detail": text, "pointer": f"/{parameter}"}]
    assert (answer["status"], answer["detail"]) == (400, text)
    assert (answer["type"], answer["instance"]) == ("about:blank", "/api/v1/kpis/mrr/")


def test_a_variant_that_a_metric_has_not_fits_and_cannot_be_answered(acme: Caller) -> None:
    response = acme.get("kpis/mrr/", variant="some")
    (error,) = response.json()["errors"]  # type: ignore[attr-defined]
    assert (response.status_code, error["pointer"]) == (422, "/variant")
    assert error["detail"] == "One of: all, forever, none, cancellation."


@pytest.mark.parametrize("path", ["kpis/", "accounts/alpha/scorecard/"])
def test_every_answer_refuses_a_bad_date(acme: Caller, path: str) -> None:
    assert acme.get(path, date="32").status_code == 400


@pytest.mark.parametrize("key", ["unknown", "MRR", "mrr\0", "%00", "ü", "m" * 3000])
def test_an_unknown_metric_is_a_problem_of_404(acme: Caller, key: str) -> None:
    response = acme.get(f"kpis/{key}/")
    assert (response.status_code, response.headers["Content-Type"]) == (404, PROBLEM)
