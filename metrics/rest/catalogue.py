"""The catalogue over REST: what each number means."""

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from metrics.catalogue.describing import described
from metrics.catalogue.own import account_metrics, all_metrics

VARIANT = inline_serializer(
    "MetricVariant",
    {
        "key": serializers.CharField(),
        "label": serializers.CharField(),
        "formula": serializers.CharField(),
        "default": serializers.BooleanField(),
        "interval": serializers.BooleanField(),
        "when_empty": serializers.CharField(),
    },
    many=True,
)
METRICS = inline_serializer(
    "Metrics",
    {
        "data": inline_serializer(
            "Metric",
            {
                "key": serializers.CharField(),
                "grain": serializers.ChoiceField(["tenant", "account"]),
                "name": serializers.CharField(),
                "formula": serializers.CharField(),
                "unit": serializers.CharField(),
                "direction": serializers.CharField(),
                "source": serializers.CharField(),
                "when_missing": serializers.CharField(),
                "point_in_time": serializers.BooleanField(),
                "variants": VARIANT,
            },
            many=True,
        )
    },
)


class MetricsView(APIView):
    """Every metric, and every measure of an account: formula, unit, direction, variants."""

    @extend_schema(responses=METRICS)
    def get(self, request: Request) -> Response:
        return Response({"data": list(described(all_metrics(), account_metrics()))})
