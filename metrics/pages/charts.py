"""What a chart of a metric is drawn from, and the periods that it shows."""

from datetime import date
from typing import SupportsFloat

from metrics.catalogue.records import Metric
from metrics.figures.kpis import KpiQuery
from metrics.figures.readings import Reading
from metrics.figures.series import Span, back, series
from tenants import formats
from tenants.typing import Json

PERIODS = 13


def span_of(query: KpiQuery, *, periods: int = PERIODS) -> Span:
    """So many periods up to the one that is asked about."""
    first = back(query.day, period=query.period, periods=periods, first_weekday=query.first_weekday)
    return Span(
        first=first,
        last=query.day,
        period=query.period,
        segment=query.segment,
        first_weekday=query.first_weekday,
    )


def trend(
    metric: Metric, variant: str, query: KpiQuery, *, behind: date | None = None
) -> list[Reading]:
    """The metric over the last periods, the one that is asked about at the end."""
    return series(metric=metric, variant=variant, span=span_of(query), behind=behind)


def chart_of(readings: list[Reading], *, name: str) -> Json:
    """What the chart of one line is drawn from."""
    return {
        "type": "line",
        "labels": [formats.day(one.window.day) for one in readings],
        "sets": [{"label": name, "data": [plain(one.value) for one in readings]}],
    }


def plain(value: SupportsFloat | None) -> float | None:
    """A value as a chart takes it; None leaves a gap."""
    return None if value is None else float(value)
