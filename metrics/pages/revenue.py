"""The page of revenue: MRR over the last periods, and what moved it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from metrics.catalogue import METRICS
from metrics.figures import revisions
from metrics.figures.kpis import KpiQuery, KpiReader
from metrics.figures.parameters import parse_kpi_query
from metrics.figures.preferences import variant_for
from metrics.figures.readings import Reading
from metrics.figures.series import series_of_each
from metrics.pages.charts import plain, span_of
from metrics.pages.responses import awaited_work, figures_page
from metrics.windows.periods import Period
from tenants import formats
from tenants.context import tenant_of
from tenants.typing import Json

MOVEMENTS = ("new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")
LOSSES = ("contraction_mrr", "churned_mrr")


@figures_page
def revenue(request: HttpRequest) -> HttpResponse:
    """MRR over the last periods: what there was, what moved, what there is."""
    query = parse_kpi_query(request.GET, tenant=tenant_of(request))
    answers = KpiReader(query)
    mrr = answers.compare(METRICS["mrr"]).reading
    pending = revisions.pending(mrr, zone=tenant_of(request).timezone)
    lines = months(query, behind=pending)
    context = {
        "night": answers.night,
        "pending": pending,
        "months": lines[::-1],
        "chart": chart_of_months(lines),
        "work": awaited_work(request),
        "moves": [METRICS[key] for key in MOVEMENTS],
        "asked": query,
        "periods": Period.choices,
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/revenue.html", context)


@dataclass(frozen=True, kw_only=True)
class Month:
    """A period of the revenue page: what there was, what moved, what there is."""

    closing: Reading
    moves: list[Reading]

    @property
    def opening(self) -> Decimal | None:
        """The MRR before: opening and movements make closing. None where the closing is."""
        if self.closing.value is None:
            return None
        return self.closing.value - sum(sign_of(one) * (one.value or 0) for one in self.moves)


def sign_of(reading: Reading) -> int:
    """Losses are positive numbers in the catalogue, and go down from the opening."""
    return -1 if reading.metric.key in LOSSES else 1


def months(query: KpiQuery, *, behind: date | None = None) -> list[Month]:
    """MRR and its movements, period by period, the latest last."""
    span = span_of(query)
    mrr = METRICS["mrr"]
    moved = [(METRICS[key], "all") for key in MOVEMENTS]
    found = series_of_each([(mrr, variant_for(mrr)), *moved], span=span, behind=behind)
    lines = zip(*found, strict=True)
    return [Month(closing=first, moves=list(others)) for first, *others in lines]


def drawn(move: Reading) -> float | None:
    """What the chart draws of a movement; nothing where it is not known yet."""
    return None if move.is_to_come else plain(sign_of(move) * (move.value or 0))


def chart_of_months(lines: list[Month]) -> Json:
    """Movements as bars upon each other, losses below the line."""
    names = [METRICS[key].name for key in MOVEMENTS]
    return {
        "type": "bar",
        "labels": [formats.day(line.closing.window.day) for line in lines],
        "sets": [
            {
                "label": str(name),
                "kind": MOVEMENTS[place],
                "data": [drawn(line.moves[place]) for line in lines],
            }
            for place, name in enumerate(names)
        ],
    }
