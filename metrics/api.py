"""The figures over REST."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.imports.kinds import KINDS
from accounts.rest.reading import one
from metrics.catalogue import METRICS
from metrics.kpis import Book, Comparison
from metrics.questions import BadQuestion, asked_day, question
from metrics.reading import Reading
from metrics.scorecard import scorecard
from tenants.context import tenant_of

DATE = OpenApiParameter("date", OpenApiTypes.DATE, description="Default: the latest night.")
PERIOD = OpenApiParameter(
    "period", str, enum=["day", "week", "month", "quarter", "year", "trailing_30d"]
)
SEGMENT = OpenApiParameter("segment", str, description="column:value, as industry:Retail")
VARIANT = OpenApiParameter("variant", str, description="Default: the tenant's choice.")


class Figure(serializers.FloatField):
    """A number at full precision; what is unknown is null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)


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
    interval = IntervalSerializer(source="reading")
    unit = serializers.CharField(source="metric.unit")
    direction = serializers.CharField(source="metric.direction")
    previous = FigureSerializer()
    year_before = FigureSerializer()
    computed_at = serializers.SerializerMethodField()
    from_facts = serializers.SerializerMethodField()

    def get_formula(self, kpi: Comparison) -> str:
        return str(kpi.metric.variants[kpi.reading.variant].formula)

    def get_computed_at(self, kpi: Comparison) -> str:
        return (kpi.reading.computed_at or timezone.now()).isoformat()

    def get_from_facts(self, kpi: Comparison) -> bool:
        """True where no night was run: worked out from the facts for this answer."""
        return kpi.reading.computed_at is None


KPIS = inline_serializer("Kpis", {"data": KpiSerializer(many=True)})


class LineSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    value = Figure()
    worst = Figure()
    best = Figure()
    mark = Figure()
    weight = Figure()
    weight_share = Figure()
    points = Figure()
    missing_reason = serializers.CharField()


class ScorecardSerializer(serializers.Serializer[Any]):
    account = serializers.CharField()
    date = serializers.DateField(source="card.day", allow_null=True)
    score = Figure(source="card.score")
    band = serializers.CharField(source="card.band", allow_blank=True)
    coverage = Figure(source="card.coverage")
    reason = serializers.CharField(source="card.reason")
    measures = LineSerializer(source="card.lines", many=True)


class BadParameter(serializers.ValidationError):
    def __init__(self, problem: BadQuestion) -> None:
        super().__init__({problem.parameter: [str(problem)]})


def book(request: Request) -> Book:
    try:
        return Book(question(request.query_params, tenant=tenant_of(request)))
    except BadQuestion as problem:
        raise BadParameter(problem) from problem


class KpiListView(APIView):
    """Every metric at once."""

    @extend_schema(operation_id="kpis_list", parameters=[DATE, PERIOD, SEGMENT], responses=KPIS)
    def get(self, request: Request) -> Response:
        return Response({"data": [KpiSerializer(kpi).data for kpi in book(request).all()]})


class KpiView(APIView):
    """One metric, in any of its variants."""

    @extend_schema(parameters=[DATE, PERIOD, VARIANT, SEGMENT], responses=KpiSerializer)
    def get(self, request: Request, key: str) -> Response:
        metric = METRICS.get(key)
        if metric is None:
            raise Http404
        variant = request.query_params.get("variant", "")
        if variant and variant not in metric.variants:
            known = ", ".join(metric.variants)
            raise serializers.ValidationError({"variant": [f"One of: {known}."]})
        return Response(KpiSerializer(book(request).compare(metric, variant)).data)


class ScorecardView(APIView):
    """The health of one account, measure by measure."""

    @extend_schema(parameters=[DATE], responses=ScorecardSerializer)
    def get(self, request: Request, account: str) -> Response:
        found = one(kind=KINDS["accounts"], name=account)
        try:
            day = asked_day(request.query_params, tenant=tenant_of(request))
        except BadQuestion as problem:
            raise BadParameter(problem) from problem
        card = scorecard(account=found, day=day)
        return Response(ScorecardSerializer({"account": found.external_id, "card": card}).data)
