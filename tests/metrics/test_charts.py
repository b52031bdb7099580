"""Sparklines and charts: what is drawn is what is known."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from metrics.templatetags.charts import sparkline


def strokes_of(values: list[float | None]) -> list[str]:
    drawn: Any = sparkline(values, "label")
    return [stroke.points for stroke in drawn["strokes"]]


@pytest.mark.parametrize(
    ("values", "strokes"),
    [
        ([10, 20, 30], [3]),
        ([10, 20, None, 30, 40], [2, 2]),
        ([10, None, 20], []),
        ([None, None], []),
        ([], []),
    ],
)
def test_a_line_is_broken_where_nothing_is_known(
    values: list[float | None], strokes: list[int]
) -> None:
    assert [stroke.count(",") for stroke in strokes_of(values)] == strokes


def test_what_is_above_the_top_stays_inside() -> None:
    assert strokes_of([0, 250]) == ["3.0,21.0 85.0,3.0"]


@pytest.mark.django_db
def test_a_chart_and_its_table_say_the_same(alice: Client) -> None:
    shown = alice.get("/revenue/?date=2026-06-30").content.decode()
    result = json.loads(re.search(r'id="moves"[^>]*>(.*?)</script>', shown)[1])  # type: ignore[index]
    assert len(result["labels"]) == shown.count('<th scope="row">') == 13
    assert [one["kind"] for one in result["sets"]] == [
        *("new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")
    ]
