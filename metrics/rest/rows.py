"""The rows behind a number, over REST: in pages, or all of them as CSV or XLSX."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.objects.listing import plain
from accounts.rest.reading import COUNT, CURSOR, LIMIT
from metrics.figures.drilldown import PARTS, DrillDown, drill_down
from metrics.figures.parameters import InvalidParameter
from metrics.figures.planning import planned_for_whole_tables
from metrics.rest.files import WITH_FILES, XlsxRenderer, csv_file, wants_csv, wants_xlsx, xlsx_file
from metrics.rest.paging import page
from metrics.rest.parameters import (
    DATE,
    PERIOD,
    SEGMENT,
    VARIANT,
    kpi_reader_of,
    metric_called,
    reports_invalid_parameters,
    variant_of,
)
from tenants.typing import Json, SqlRow

PART = OpenApiParameter("part", str, enum=list(PARTS), description="Default: numerator.")
ROWS = inline_serializer(
    "Rows",
    {
        "data": serializers.ListField(child=serializers.DictField()),
        "next_cursor": serializers.CharField(allow_null=True),
        "has_more": serializers.BooleanField(),
        "count": serializers.IntegerField(required=False),
    },
)
CHUNK = 2_000


class RowsView(APIView):
    """The rows whose `counts` add up to the numerator or the denominator; or those left out."""

    renderer_classes = WITH_FILES

    @extend_schema(
        parameters=[DATE, PERIOD, VARIANT, SEGMENT, PART, CURSOR, LIMIT, COUNT],
        responses={
            (200, "application/json"): ROWS,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, XlsxRenderer.media_type): OpenApiTypes.BINARY,
        },
    )
    @reports_invalid_parameters
    def get(self, request: Request, key: str) -> HttpResponseBase:
        behind = _behind(request, key)
        with planned_for_whole_tables():
            return _answer(request, key, behind)


def _answer(request: Request, key: str, behind: DrillDown) -> HttpResponseBase:
    """The rows in the form that is asked for, all of them read."""
    if wants_csv(request) or wants_xlsx(request):
        rows = behind.rows.iterator(chunk_size=CHUNK)
        file, ending = (csv_file, "csv") if wants_csv(request) else (xlsx_file, "xlsx")
        return file(f"{key}-{behind.part}.{ending}", _names(behind), rows)
    found, about = page(behind.rows, request.query_params)
    return Response({"data": [_as_json(behind, row) for row in found], **about})


def _behind(request: Request, key: str) -> DrillDown:
    part = request.query_params.get("part") or "numerator"
    if part not in PARTS:
        raise InvalidParameter("part", _("One of: %s.") % ", ".join(PARTS))
    metric = metric_called(key)
    answers = kpi_reader_of(request)
    reading = answers.compare(metric, variant_of(request, metric)).reading
    behind = drill_down(reading, part=part, segment=answers.query.segment)
    if behind.part != part:
        known = ", ".join(behind.parts)
        raise InvalidParameter("part", _("One of: %s.") % known, code="no_part")
    return behind


def _names(behind: DrillDown) -> list[str]:
    return [name.replace("__", "_") for name in behind.names]


def _as_json(behind: DrillDown, row: SqlRow) -> Json:
    return dict(zip(_names(behind), map(plain, row), strict=True))
