"""The page of the lifetimes: the curve of the whole book or of a segment, beside its segments.

Of a tenant that sells without subscriptions also who will buy again.
"""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models.membership import memberships
from metrics.analysis.repeat_purchase import AHEAD, outlook
from metrics.analysis.survival import Survival, survival
from metrics.figures.breakdowns import MOST_SEGMENTS
from metrics.figures.dimensions import DIMENSIONS, NIGHTLY_DIMENSIONS
from metrics.figures.parameters import InvalidParameter, parse_day, parse_segment
from metrics.figures.segments import Segment
from metrics.pages.responses import figures_page
from tenants import formats
from tenants.context import tenant_of
from tenants.typing import Json


@figures_page
def lifetime(request: HttpRequest) -> HttpResponse:
    """For how long customers stay."""
    day = parse_day(request.GET, tenant=tenant_of(request))
    segment = parse_segment(request.GET.get("segment", ""))
    if segment and segment.dimension not in NIGHTLY_DIMENSIONS:
        raise InvalidParameter(
            "segment", _("Lifetimes are told by %s.") % ", ".join(NIGHTLY_DIMENSIONS)
        )
    column = request.GET.get("by", "")
    column = column if column in NIGHTLY_DIMENSIONS else "segment"
    found = survival(day, segment=segment)
    context = {
        "day": day,
        "segment": segment,
        "survival": found,
        "chart": _chart(found) if found else None,
        "column": column,
        "dimension_labels": {name: DIMENSIONS[name].label for name in NIGHTLY_DIMENSIONS},
        "parts": _parts(day, column),
        "outlook": outlook(day, segment=segment),
        "ahead": AHEAD,
        "currency": tenant_of(request).currency,
    }
    return render(request, "metrics/lifetime.html", context)


def _parts(day: date, column: str) -> list[tuple[Segment, Survival]]:
    """Each segment of a column that ever had a customer."""
    members = memberships(day).filter(account__is_test=False)
    known = members.order_by(column).values_list(column, flat=True).distinct()
    result = ((Segment(column, name), name) for name in known[:MOST_SEGMENTS])
    found = ((segment, survival(day, segment=segment)) for segment, _name in result)
    return [(segment, part) for segment, part in found if part]


def _chart(found: Survival) -> Json:
    points = found.points
    sets = (
        (_("still customers, %"), "", [float(point.share) for point in points]),
        (_("at least, by the interval"), "bound", [float(point.low) for point in points]),
        (_("at most, by the interval"), "bound", [float(point.high) for point in points]),
    )
    return {
        "type": "line",
        "top": 100,
        "labels": [formats.number(point.months) for point in points],
        "sets": [{"label": label, "kind": kind, "data": data} for label, kind, data in sets],
    }
