"""The pages of the metrics: all of them on a date, and one with the rows behind it."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.changes import changed_facts
from metrics.catalogue import FAMILY_NAMES
from metrics.catalogue.own import all_metrics
from metrics.catalogue.records import Metric
from metrics.figures import revisions
from metrics.figures.breakdowns import breakdown_of, dimension_labels
from metrics.figures.drilldown import drill_down
from metrics.figures.kpis import KpiReader
from metrics.figures.parameters import parse_kpi_query
from metrics.figures.planning import planned_for_whole_tables
from metrics.figures.preferences import variant_for
from metrics.figures.readings import Reading
from metrics.figures.segments import Segment
from metrics.figures.time_limit import FiguresTakeLong, limited
from metrics.pages.charts import chart_of, trend
from metrics.pages.responses import awaited_work, figures_page, page_of
from metrics.windows.periods import Period
from tenants.context import tenant_of
from tenants.typing import Context

REVISIONS = 5


@figures_page
def kpis(request: HttpRequest) -> HttpResponse:
    """Every metric on one date, by family."""
    query = parse_kpi_query(request.GET, tenant=tenant_of(request))
    answers = KpiReader(query)
    found = {comparison.metric.key: comparison for comparison in answers.all()}
    families = [
        (name, [found.pop(metric.key) for metric in family.METRICS])
        for family, name in FAMILY_NAMES.items()
    ]
    if found:
        families.append((_("Your own"), list(found.values())))
    context = {
        "families": families,
        "asked": query,
        "night": answers.night,
        "pending": revisions.pending_for(answers.night, zone=tenant_of(request).timezone),
        "periods": Period.choices,
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/kpi_list.html", context)


@figures_page
def kpi(request: HttpRequest, key: str) -> HttpResponse:
    """One metric: its variants, its trend, its segments, and the rows behind it."""
    metric = all_metrics().get(key)
    if metric is None:
        raise Http404
    chosen = request.GET.get("variant") or variant_for(metric)
    if chosen not in metric.variants:
        raise Http404
    answers = KpiReader(parse_kpi_query(request.GET, tenant=tenant_of(request)))
    variants = {
        one.reading.variant: one
        for one in answers.compare_each((metric, name) for name in metric.variants)
    }
    pending = revisions.pending(variants[chosen].reading, zone=tenant_of(request).timezone)
    context = {
        "night": answers.night,
        "pending": pending,
        "metric": metric,
        "kpi": variants[chosen],
        "variants": list(variants.values()),
        "asked": answers.query,
        "periods": Period.choices,
        "currency": tenant_of(request).currency,
        **_corrected(answers, variants[chosen].reading, pending),
        **_drawn(answers, metric, chosen, pending),
        **_cut(request, answers, metric, chosen),
        **_behind(request, answers, variants[chosen].reading),
        "work": awaited_work(request),
    }
    return render(request, "metrics/kpi.html", context)


def _corrected(answers: KpiReader, reading: Reading, pending: date | None) -> Context:
    """What facts of the past that were corrected change, or have changed, in this number."""
    return {
        "now": _now(answers, reading) if pending else None,
        "revisions": [
            (revision, changed_facts(since=revision.since, until=revision.at))
            for revision in revisions.revisions(reading)[:REVISIONS]
        ],
    }


def _now(answers: KpiReader, reading: Reading) -> Reading | None:
    """What the facts say at this moment, unless that takes longer than a page waits."""
    try:
        with limited([answers.query.day], segment=answers.query.segment):
            return answers.read_from_facts(reading.metric, reading.variant)
    except FiguresTakeLong:
        return None


def _drawn(answers: KpiReader, metric: Metric, variant: str, behind: date | None) -> Context:
    readings = trend(metric, variant, answers.query, behind=behind)
    return {"trend": readings[::-1], "chart": chart_of(readings, name=str(metric.name))}


def _cut(request: HttpRequest, answers: KpiReader, metric: Metric, variant: str) -> Context:
    names = dimension_labels(metric)
    column = request.GET.get("by", "")
    column = column if column in names else "segment"
    return {
        "dimension_labels": names,
        "column": column,
        "cuts": breakdown_of(answers, metric, variant, column),
        "overlap": Segment(column, "").overlaps,
    }


def _behind(request: HttpRequest, answers: KpiReader, reading: Reading) -> Context:
    part, segment = request.GET.get("part", ""), answers.query.segment
    behind = drill_down(reading, part=part, segment=segment)
    with planned_for_whole_tables():
        rows = page_of(request, behind.rows)
        return {"behind": behind, "rows": rows, "lines": behind.lines(rows)}
