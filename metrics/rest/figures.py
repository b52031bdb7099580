"""The figures: every metric at once, one by itself, one over time."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from metrics.figures.kpis import Comparison
from metrics.figures.parameters import parse_span
from metrics.figures.readings import Reading
from metrics.figures.series import pending, series
from metrics.rest.files import WITH_CSV, csv_file, wants_csv
from metrics.rest.parameters import (
    DATE,
    DAY,
    PERIOD,
    SEGMENT,
    VARIANT,
    Figure,
    kpi_reader_of,
    metric_called,
    reports_invalid_parameters,
    variant_of,
)
from tenants.context import tenant_of
from tenants.typing import Json

# What a line of CSV says of a metric.
FLAT = (
    *("key", "name", "date", "period", "start", "end", "variant"),
    *("value", "numerator", "denominator", "n", "unit", "reason"),
)


class IntervalSerializer(serializers.Serializer[Reading]):
    low = Figure()
    high = Figure()


class FigureSerializer(serializers.Serializer[Reading]):
    """A reading by itself, as the ones that another is compared to."""

    start = serializers.DateField(source="window.start")
    end = serializers.DateField(source="window.end")
    value = Figure()
    numerator = Figure()
    denominator = Figure()
    n = serializers.IntegerField()
    reason = serializers.CharField()


class PartSerializer(serializers.Serializer[object]):
    """Another metric that a number is made with, over the same window."""

    operator = serializers.CharField()
    key = serializers.CharField()
    variant = serializers.CharField()
    value = Figure()


class KpiSerializer(serializers.Serializer[Comparison]):
    """A metric on a date: the number and all that it must say of itself."""

    key = serializers.CharField(source="metric.key")
    name = serializers.CharField(source="metric.name")
    date = serializers.DateField(source="reading.window.day")
    period = serializers.CharField(source="reading.window.period")
    start = serializers.DateField(source="reading.window.start")
    end = serializers.DateField(source="reading.window.end")
    variant = serializers.CharField(source="reading.variant")
    formula = serializers.SerializerMethodField()
    value = Figure(source="reading.value")
    reason = serializers.CharField(source="reading.reason")
    numerator = Figure(source="reading.numerator")
    denominator = Figure(source="reading.denominator")
    n = serializers.IntegerField(source="reading.n")
    parts = serializers.SerializerMethodField()
    interval = IntervalSerializer(source="reading")
    unit = serializers.CharField(source="metric.unit")
    direction = serializers.CharField(source="metric.direction")
    previous = FigureSerializer()
    year_before = FigureSerializer()
    computed_at = serializers.SerializerMethodField()
    from_facts = serializers.SerializerMethodField()

    @extend_schema_field(PartSerializer(many=True))
    def get_parts(self, kpi: Comparison) -> list[Json]:
        parts = [
            {
                "operator": operator,
                "key": part.metric.key,
                "variant": part.variant,
                "value": part.value,
            }
            for operator, part in kpi.reading.factor_readings
        ]
        return list(PartSerializer(parts, many=True).data)

    def get_formula(self, kpi: Comparison) -> str:
        return str(kpi.metric.variants[kpi.reading.variant].formula)

    def get_computed_at(self, kpi: Comparison) -> str:
        return (kpi.reading.computed_at or timezone.now()).isoformat()

    def get_from_facts(self, kpi: Comparison) -> bool:
        """True where no night was run: worked out from the facts for this answer."""
        return kpi.reading.computed_at is None


KPIS = inline_serializer("Kpis", {"data": KpiSerializer(many=True)})


class PointSerializer(FigureSerializer):
    """A period of a series."""

    date = serializers.DateField(source="window.day")
    interval = IntervalSerializer(source="*")
    from_facts = serializers.SerializerMethodField()

    def get_from_facts(self, reading: Reading) -> bool:
        return not reading.from_snapshot and not reading.withheld


SERIES = inline_serializer(
    "Series",
    {
        "key": serializers.CharField(),
        "period": serializers.CharField(),
        "variant": serializers.CharField(),
        "unit": serializers.CharField(),
        "data": PointSerializer(many=True),
    },
)
FROM = OpenApiParameter("from", DAY, description="Default: twelve periods back.")
TO = OpenApiParameter("to", DAY, description="Default: the latest night.")


class KpiListView(APIView):
    """Every metric at once; as CSV, a line each."""

    renderer_classes = WITH_CSV

    @extend_schema(operation_id="kpis_list", parameters=[DATE, PERIOD, SEGMENT], responses=KPIS)
    @reports_invalid_parameters
    def get(self, request: Request) -> HttpResponseBase:
        kpis = [KpiSerializer(kpi).data for kpi in kpi_reader_of(request).all()]
        if wants_csv(request):
            return csv_file("kpis.csv", FLAT, ([kpi[name] for name in FLAT] for kpi in kpis))
        return Response({"data": kpis})


class KpiView(APIView):
    """One metric, in any of its variants."""

    @extend_schema(parameters=[DATE, PERIOD, VARIANT, SEGMENT], responses=KpiSerializer)
    @reports_invalid_parameters
    def get(self, request: Request, key: str) -> Response:
        metric = metric_called(key)
        variant = variant_of(request, metric)
        return Response(KpiSerializer(kpi_reader_of(request).compare(metric, variant)).data)


class SeriesView(APIView):
    """One metric period by period, as a chart draws it.

    While corrections are pending, that is until the nights that they change have been computed
    again, a point is what its night found. From the first day that is corrected on, a point
    without a night is null, with the reason; those before it are read from the facts.
    """

    @extend_schema(parameters=[FROM, TO, PERIOD, VARIANT, SEGMENT], responses=SERIES)
    @reports_invalid_parameters
    def get(self, request: Request, key: str) -> Response:
        metric = metric_called(key)
        variant = variant_of(request, metric)
        tenant = tenant_of(request)
        span = parse_span(request.query_params, tenant=tenant)
        behind = pending(metric=metric, variant=variant, span=span, zone=tenant.timezone)
        points = series(metric=metric, variant=variant, span=span, behind=behind)
        about = {"key": key, "period": span.period, "variant": variant, "unit": metric.unit}
        return Response({**about, "data": [PointSerializer(point).data for point in points]})
