"""What a night compares with: the figures of earlier nights where they stand, else the facts."""

from collections.abc import Iterable
from functools import reduce
from itertools import product
from operator import or_

from django.db.models import Q

from metrics.catalogue import METRICS
from metrics.catalogue.records import Metric
from metrics.figures.kpis import read_snapshot
from metrics.figures.readers import Definition, FactReader
from metrics.figures.readings import Reading
from metrics.models import KpiSnapshot, Night
from metrics.windows.periods import Window

Place = tuple[str, str, Window]  # key, variant, and the window


class ComparisonReader:
    """Reads metrics of the tenant over windows of earlier days, each worked out once.

    An earlier night has found the same where it is not stale: no figure of a day depends on what
    comes after it. A metric of the tenant's own is read from the facts, for its definition may have
    changed since, which makes no night stale.
    """

    def __init__(self) -> None:
        self._facts = FactReader()
        self._stored: dict[Place, KpiSnapshot] = {}

    def prepare(self, definitions: Iterable[Definition], windows: Iterable[Window]) -> None:
        """Ask for all that some variants will need: of the nights, then the rest of the facts."""
        windows = list(windows)
        self._stored = _stored(windows)
        self._facts.prepare_each(
            (definition, days)
            for definition, days in product(definitions, windows)
            if _place(*definition, days) not in self._stored
        )

    def read(self, *, metric: Metric, variant: str, window: Window) -> Reading:
        """The metric over the window."""
        row = self._stored.get(_place(metric, variant, window))
        if row is not None:
            return read_snapshot(row, metric, window)
        return self._facts.read(metric=metric, variant=variant, window=window)


def _place(metric: Metric, variant: str, window: Window) -> Place:
    return metric.key, variant, window


def _stored(windows: list[Window]) -> dict[Place, KpiSnapshot]:
    """What nights that are not stale have found over the windows."""
    stand = Night.objects.filter(day__in={days.day for days in windows}, stale=False).values("day")
    # Of a day before the first weekday was changed, a week of that name has another first day.
    asked = {(str(days.period), days.start, days.day): days for days in windows}
    rows = KpiSnapshot.objects.filter(
        reduce(or_, (Q(day=day, period=period, start=start) for period, start, day in asked)),
        day__in=stand,
        key__in=METRICS,
        compared="",
        dimension="",
    )
    return {(row.key, row.variant, asked[row.period, row.start, row.day]): row for row in rows}
