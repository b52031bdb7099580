"""Read metrics from the facts: of the tenant or one segment, or of all segments at once."""

from collections.abc import Iterable, Iterator
from itertools import product

from metrics.catalogue.records import Measure, Metric, Variant
from metrics.figures.readings import Reading, at_end, empty_reading, missing_reading, reading_of
from metrics.figures.segments import Segment
from metrics.figures.totals import ZERO_TOTAL, BySegment, Place, Total, Totals, empty_total
from metrics.windows.periods import Window

# A metric, and the name of one of its variants.
Definition = tuple[Metric, str]


def measures_needed(
    definitions: Iterable[tuple[Definition, Window]],
) -> Iterator[tuple[Measure, list[Window]]]:
    """Each measure that some variants rest on, with all the windows that it is asked of."""
    wanted: dict[int, tuple[Measure, dict[Window, None]]] = {}

    def want(metric: Metric, variant: Variant, query: Window) -> None:
        days = at_end(query) if metric.point_in_time else query
        for measure in (variant.numerator, variant.denominator, variant.requires):
            if measure:
                wanted.setdefault(id(measure), (measure, {}))[1][days] = None
        for part in variant.factors:
            want(part.metric, part.metric.variants[part.variant], query)

    for (metric, name), query in definitions:
        want(metric, metric.variants[name], query)
    yield from ((measure, list(days)) for measure, days in wanted.values())


class FactReader:
    """Adds up rows, each measure and window once, however many metrics ask for it."""

    def __init__(self, *, segment: Segment | None = None) -> None:
        self.segment = segment
        self._found: dict[Place, Total] = {}
        self._totals = Totals()

    def prepare(self, definitions: Iterable[Definition], windows: Iterable[Window]) -> None:
        """Ask for all that some variants will need, with one statement for each scan."""
        self.prepare_each(product(definitions, windows))

    def prepare_each(self, definitions: Iterable[tuple[Definition, Window]]) -> None:
        """Ask for all that variants will need, each over a window of its own, likewise."""
        requests = (
            (measure, [one for one in days if (id(measure), one) not in self._found])
            for measure, days in measures_needed(definitions)
        )
        self._found.update(self._totals.totals(requests, segment=self.segment))

    def read(self, *, metric: Metric, variant: str, window: Window) -> Reading:
        """The metric over the window, from the facts."""
        definition = metric.variants[variant]
        if self._is_missing(metric, definition, window):
            return missing_reading(metric, variant, window)
        days = at_end(window) if metric.point_in_time else window
        denominator_total = (
            self._total(definition.denominator, days) if definition.denominator else None
        )
        return reading_of(
            metric=metric,
            variant=variant,
            window=window,
            numerator_total=self._total(definition.numerator, days),
            denominator_total=denominator_total,
            factors=tuple(
                self.read(metric=part.metric, variant=part.variant, window=window)
                for part in definition.factors
            ),
        )

    def _is_missing(self, metric: Metric, definition: Variant, window: Window) -> bool:
        """Whether the tenant says nothing of what the number is made of, or not of the segment."""
        if definition.tenant_only and self.segment:
            return True
        days = at_end(window) if metric.point_in_time else window
        return bool(definition.requires and not self._total(definition.requires, days).n)

    def _total(self, measure: Measure, days: Window) -> Total:
        place = (id(measure), days)
        if place not in self._found:
            self._found.update(self._totals.totals([(measure, [days])], segment=self.segment))
        return self._found[place]


class SegmentReader:
    """The same for the tenant and all of its segments at once."""

    def __init__(self) -> None:
        self._found: dict[Place, BySegment] = {}
        self._totals = Totals()

    def prepare(self, definitions: Iterable[Definition], windows: Iterable[Window]) -> None:
        """Ask for all that some variants will need, with one statement for each scan."""
        requests = measures_needed(product(definitions, windows))
        self._found.update(self._totals.by_segment(requests))

    def read(
        self, *, metric: Metric, variant: str, window: Window
    ) -> Iterator[tuple[Segment | None, Reading]]:
        """Each segment that has rows in the numerator or the denominator, the tenant under None."""
        definition = metric.variants[variant]
        days = at_end(window) if metric.point_in_time else window
        given = self._of(definition.requires, days) if definition.requires else None
        numerators = self._of(definition.numerator, days)
        denominators = self._of(definition.denominator, days) if definition.denominator else {}
        parts = [
            dict(self.read(metric=part.metric, variant=part.variant, window=window))
            for part in definition.factors
        ]
        for segment in [None] if definition.tenant_only else {**numerators, **denominators}:
            if given is not None and not given.get(segment, ZERO_TOTAL).n:
                yield segment, missing_reading(metric, variant, window)
                continue
            denominator_total = (
                denominators.get(segment, ZERO_TOTAL) if definition.denominator else None
            )
            yield (
                segment,
                reading_of(
                    metric=metric,
                    variant=variant,
                    window=window,
                    numerator_total=numerators.get(segment) or empty_total(definition.numerator),
                    denominator_total=denominator_total,
                    factors=tuple(
                        found.get(segment) or empty_reading(part.metric, part.variant, window)
                        for part, found in zip(definition.factors, parts, strict=True)
                    ),
                ),
            )

    def _of(self, measure: Measure, days: Window) -> BySegment:
        place = (id(measure), days)
        if place not in self._found:
            self._found.update(self._totals.by_segment([(measure, [days])]))
        return self._found[place]
