"""The rules of counting over REST: read by everybody, changed by admins."""

from typing import Any, cast

from django.core.exceptions import ValidationError as InvalidRules
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import CountingRules
from accounts.rest.describing import SAYS_SOMETHING, TEXT
from accounts.rest.writing import Unprocessable
from metrics.catalogue import METRICS
from metrics.figures.preferences import SECTIONS
from tenants.typing import Json


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"})
class LocalTime(serializers.TimeField):
    """A time of day in the tenant's zone."""


@extend_schema_field({"type": "string", "pattern": r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$"})
class Percent(serializers.DecimalField):
    """A share, as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=5, decimal_places=2, min_value=0, max_value=100, **options)


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "string", "maxLength": 200, "pattern": SAYS_SOMETHING},
    }
)
class Names(serializers.ListField):
    """A list of names; none of them is empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=200), **options)


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "string", "pattern": TEXT}}
)
class Variants(serializers.DictField):
    """A variant by the key of each metric; another key or variant is a 422."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(allow_blank=True), **options)


class RulesSerializer(serializers.ModelSerializer[CountingRules]):
    business_from = LocalTime()
    business_until = LocalTime()
    gross_margin = Percent()
    onboarding_steps = Names(required=False)
    activity_events = Names(required=False)
    key_features = Names(required=False)
    preferred_variants = Variants(required=False)

    class Meta:
        model = CountingRules
        fields = [*[name for names in SECTIONS.values() for name in names], "preferred_variants"]

    def to_internal_value(self, data: Json) -> Json:
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            raise serializers.ValidationError(
                {
                    name: [ErrorDetail(_("There is no such rule."), code="column")]
                    for name in unknown
                }
            )
        return cast(Json, super().to_internal_value(data))


def refuse_impossible(rules: CountingRules, changes: Json) -> None:
    """Raise Unprocessable where changes fit the description and the rules cannot hold them."""
    problems = _unknown_variants(changes.get("preferred_variants", {}))
    changed = CountingRules(**{**_values(rules), **changes})
    if changed.business_from >= changed.business_until:
        result = _("Business hours must end after they begin.")
        problems["business_until"] = [ErrorDetail(result, code="order")]
    try:
        changed.full_clean(
            exclude=["id", "timezone"], validate_unique=False, validate_constraints=False
        )
    except InvalidRules as problem:
        problems |= {
            name: [ErrorDetail(text, code="unknown") for text in texts]
            for name, texts in problem.message_dict.items()
        }
    if problems:
        raise Unprocessable(problems)


def _unknown_variants(chosen: dict[str, str]) -> Json:
    """What is wrong with each variant that is chosen, by its place in the body."""
    problems: Json = {}
    for key, variant in chosen.items():
        if key not in METRICS:
            problems[key] = [ErrorDetail(_("There is no such metric."), code="no_metric")]
        elif variant not in METRICS[key].variants:
            result = _("One of: %s.") % ", ".join(METRICS[key].variants)
            problems[key] = [ErrorDetail(result, code="no_variant")]
    return {"preferred_variants": problems} if problems else {}


def _values(rules: CountingRules) -> Json:
    return {field.attname: getattr(rules, field.attname) for field in rules._meta.concrete_fields}


class RulesView(APIView):
    """What the tenant has chosen where the field disagrees."""

    @extend_schema(responses=RulesSerializer)
    def get(self, request: Request) -> Response:
        return Response(RulesSerializer(CountingRules.objects.get()).data)

    @extend_schema(request=RulesSerializer, responses=RulesSerializer)
    def patch(self, request: Request) -> Response:
        rules = CountingRules.objects.get()
        found = RulesSerializer(rules, data=request.data, partial=True)
        found.is_valid(raise_exception=True)
        refuse_impossible(rules, found.validated_data)
        found.save()
        return Response(found.data)
