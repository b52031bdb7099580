"""The checks at start-up refuse a catalogue whose metrics leave something unsaid."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from metrics.catalogue import ACCOUNT_METRICS, METRICS
from metrics.catalogue.checks import account_metric_errors, check_catalogue, metric_errors
from metrics.catalogue.records import AccountMetric, Metric

CHURN = METRICS["customer_churn_rate"]
MRR = ACCOUNT_METRICS["mrr"]


def test_the_catalogue_is_found_in_order() -> None:
    assert check_catalogue(None) == []


def changed(**changes: object) -> Metric:
    """The churn rate with another default variant."""
    variant = replace(CHURN.variants[CHURN.default_variant], **changes)  # type: ignore[arg-type]
    return replace(CHURN, variants={CHURN.default_variant: variant})


def numerator(**changes: object) -> Metric:
    """The churn rate with another numerator."""
    measure = CHURN.variants[CHURN.default_variant].numerator
    return changed(numerator=replace(measure, **changes))  # type: ignore[arg-type]


def union_of_one_column() -> Metric:
    measure = CHURN.variants[CHURN.default_variant].numerator
    return numerator(union_with=replace(measure, columns=("name",)))


@pytest.mark.parametrize(
    ("metric", "error"),
    [
        (lambda: replace(CHURN, variants={}), "metrics.E001"),
        (lambda: changed(formula=""), "metrics.E002"),
        (lambda: changed(when_empty=""), "metrics.E003"),
        (lambda: numerator(columns=()), "metrics.E004"),
        (union_of_one_column, "metrics.E005"),
    ],
)
def test_a_metric_that_leaves_something_unsaid_is_refused(
    metric: Callable[[], Metric], error: str
) -> None:
    assert [one.id for one in metric_errors({"broken": metric()})] == [error]


@pytest.mark.parametrize(
    ("metric", "error"),
    [
        (replace(MRR, formula=""), "metrics.E002"),
        (replace(MRR, values=None, variant=None), "metrics.E006"),
        (replace(MRR, slot=64), "metrics.E008"),
    ],
)
def test_a_metric_of_accounts_that_leaves_something_unsaid_is_refused(
    metric: AccountMetric, error: str
) -> None:
    found = list(account_metric_errors({"broken": metric}))
    assert [one.id for one in found] == [error]
    assert found[0].hint


def test_two_metrics_of_accounts_do_not_share_a_slot() -> None:
    found = list(account_metric_errors({"one": MRR, "two": MRR}))
    assert [(one.id, one.msg) for one in found] == [
        ("metrics.E007", f"Slot {MRR.slot} is given to 2 account metrics.")
    ]
