"""Checks of the catalogue at start-up: a metric that cannot explain itself is refused."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.core.checks import CheckMessage, Error, register

from metrics.catalogue import ACCOUNT_METRICS, METRICS
from metrics.catalogue.records import AccountMetric, Metric, Variant
from metrics.models.own_metrics import FIRST_OWN_SLOT

# What a complaint's id ends with, and how to mend what it complains of.
HINTS = {
    "E001": "Give it a variant: a formula, and the measures that it divides or adds up.",
    "E002": "Say the formula in words, as its page and docs/metrics.md print it.",
    "E003": "Set `when_empty`: what the page says where nothing can be divided by.",
    "E004": "Set `columns` of the measure: what a row behind the number shows.",
    "E005": "Give measures that are totalled together equally many columns.",
    "E006": "Set either `values`, or `variant` by AccountMetric.of(metric, slot=...).",
    "E007": "Take the first number that no account metric has ever had.",
    "E008": f"Slots from {FIRST_OWN_SLOT} on are the tenants' own: take one below.",
}


@register
def check_catalogue(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Return an error for each fault of the metrics and of the metrics of accounts."""
    return [*metric_errors(METRICS), *account_metric_errors(ACCOUNT_METRICS)]


def metric_errors(metrics: Mapping[str, Metric]) -> Iterator[Error]:
    """Yield what metrics leave unsaid."""
    for metric in metrics.values():
        if not metric.variants:
            yield _error("E001", f"The metric {metric.key} has no variant.")
        for name, variant in metric.variants.items():
            yield from _variant_errors(f"{metric.key}, variant {name}", variant)


def _variant_errors(name: str, variant: Variant) -> Iterator[Error]:
    if not str(variant.formula):
        yield _error("E002", f"{name}: no formula.")
    if variant.denominator and not str(variant.when_empty):
        yield _error("E003", f"{name}: says nothing of an empty denominator.")
    for measure in filter(None, (variant.numerator, variant.denominator)):
        for kind in measure.union_members():
            if not kind.columns:
                yield _error("E004", f"{name}: rows without a column.")
            if len(kind.columns) != len(measure.columns):
                yield _error(
                    "E005", f"{name}: rows of different columns cannot be listed together."
                )


def account_metric_errors(metrics: Mapping[str, AccountMetric]) -> Iterator[Error]:
    """Yield what metrics of accounts leave unsaid, and slots that two of them would share."""
    for metric in metrics.values():
        if not str(metric.formula):
            yield _error("E002", f"The account metric {metric.key} has no formula.")
        if (metric.values is None) == (metric.variant is None):
            yield _error("E006", f"{metric.key} needs either values or a metric's variant.")
        if metric.slot >= FIRST_OWN_SLOT:
            yield _error("E008", f"{metric.key} has slot {metric.slot}.")
    for slot, times in Counter(metric.slot for metric in metrics.values()).items():
        if times > 1:
            yield _error("E007", f"Slot {slot} is given to {times} account metrics.")


def _error(number: str, message: str) -> Error:
    return Error(message, hint=HINTS[number], id=f"metrics.{number}")
