"""The rules of counting over REST: read by everybody, changed by admins."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import CountingRules
from metrics.catalogue import METRICS
from metrics.figures.preferences import SECTIONS


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"})
class LocalTime(serializers.TimeField):
    """A time of day in the tenant's zone."""


@extend_schema_field({"type": "string", "pattern": r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$"})
class Percent(serializers.DecimalField):
    """A share, as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=5, decimal_places=2, min_value=0, max_value=100, **options)


class RulesSerializer(serializers.ModelSerializer[CountingRules]):
    business_from = LocalTime()
    business_until = LocalTime()
    gross_margin = Percent()
    preferred_variants = serializers.DictField(child=serializers.CharField(), required=False)

    class Meta:
        model = CountingRules
        fields = [*[name for names in SECTIONS.values() for name in names], "preferred_variants"]

    def validate_preferred_variants(self, chosen: dict[str, str]) -> dict[str, str]:
        for key, variant in chosen.items():
            if key not in METRICS or variant not in METRICS[key].variants:
                raise serializers.ValidationError(f"{key}: {variant}?")
        return chosen

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            raise serializers.ValidationError(
                {
                    name: [ErrorDetail(_("There is no such rule."), code="column")]
                    for name in unknown
                }
            )
        return cast("dict[str, Any]", super().to_internal_value(data))

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        CountingRules(**{**_values(self.instance), **data}).full_clean(
            exclude=["id", "timezone"], validate_unique=False
        )
        return data


def _values(rules: Any) -> dict[str, Any]:
    return {field.attname: getattr(rules, field.attname) for field in rules._meta.concrete_fields}


class RulesView(APIView):
    """What the tenant has chosen where the field disagrees."""

    @extend_schema(responses=RulesSerializer)
    def get(self, request: Request) -> Response:
        return Response(RulesSerializer(CountingRules.objects.get()).data)

    @extend_schema(request=RulesSerializer, responses=RulesSerializer)
    def patch(self, request: Request) -> Response:
        found = RulesSerializer(CountingRules.objects.get(), data=request.data, partial=True)
        found.is_valid(raise_exception=True)
        found.save()
        return Response(found.data)
