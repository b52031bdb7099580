"""Checks of the catalogue at start-up: a metric that cannot explain itself is refused."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from metrics.catalogue import ACCOUNT_METRICS, METRICS
from metrics.catalogue.records import Variant


@register
def check_catalogue(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [Error(message, id="metrics.E001") for message in _complaints()]


def _complaints() -> Iterator[str]:
    for metric in METRICS.values():
        if not metric.variants:
            yield f"The metric {metric.key} has no variant."
        for name, variant in metric.variants.items():
            if not str(variant.formula):
                yield f"{metric.key}, variant {name}: no formula."
            if variant.denominator and not str(variant.when_empty):
                yield f"{metric.key}, variant {name}: says nothing of an empty denominator."
            yield from _of_rows(f"{metric.key}, variant {name}", variant)
    for measure in ACCOUNT_METRICS.values():
        if not str(measure.formula):
            yield f"The measure {measure.key} has no formula."
        if (measure.values is None) == (measure.variant is None):
            yield f"The measure {measure.key} needs either values or a metric's variant."
    slots = Counter(measure.slot for measure in ACCOUNT_METRICS.values())
    for slot, times in slots.items():
        if times > 1:
            yield f"Slot {slot} is given to {times} measures."


def _of_rows(name: str, variant: Variant) -> Iterator[str]:
    """Rows must be shown, and rows that are totalled together shown alike."""
    for measure in (variant.numerator, variant.denominator):
        for kind in measure.kinds() if measure else ():
            if not kind.columns:
                yield f"{name}: rows without a column."
            if measure and len(kind.columns) != len(measure.columns):
                yield f"{name}: rows of different columns cannot be listed together."
