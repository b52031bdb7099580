"""Checks of the catalogue at start-up: a metric that cannot explain itself is refused."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from metrics.catalogue import MEASURES, METRICS


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
    slots = Counter(measure.slot for measure in MEASURES.values())
    for slot, times in slots.items():
        if times > 1:
            yield f"Slot {slot} is given to {times} measures."
