"""What may be asked for in an address: the same words at every address of the figures."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from accounts.rest.writing import Unprocessable
from metrics.catalogue.own import all_metrics
from metrics.catalogue.records import Metric
from metrics.figures.dimensions import DIMENSIONS
from metrics.figures.kpis import KpiReader
from metrics.figures.parameters import InvalidParameter, parse_kpi_query
from metrics.figures.preferences import variant_for
from metrics.windows.periods import Period
from tenants.context import tenant_of

COLUMNS = "|".join(DIMENSIONS)
SEGMENT_SCHEMA = {"type": "string", "pattern": rf"^(|account:none|({COLUMNS}):[^\x00]*)$"}
DAY = {
    "anyOf": [
        {"type": "string", "format": "date", "pattern": "^(19|20|21)"},
        {"type": "string", "maxLength": 0},
    ]
}
DATE = OpenApiParameter("date", DAY, description="Default: the latest night.")
PERIOD = OpenApiParameter("period", str, enum=list(Period.values))
SEGMENT = OpenApiParameter(
    "segment", SEGMENT_SCHEMA, description="column:value, as industry:Retail"
)
VARIANT = OpenApiParameter("variant", str, description="Default: the tenant's choice.")
# Codes of what fits the description and cannot be answered all the same.
FIT = ("no_variant", "no_part", "order", "too_many")

P = ParamSpec("P")
R = TypeVar("R")


def reports_invalid_parameters(view: Callable[P, R]) -> Callable[P, R]:
    """A parameter that makes no sense is answered with 400, or 422, and its name."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return view(*args, **kwargs)
        except InvalidParameter as problem:
            details = {problem.parameter: [ErrorDetail(str(problem), code=problem.code)]}
            kind = Unprocessable if problem.code in FIT else serializers.ValidationError
            raise kind(details) from problem

    return answer


def kpi_reader_of(request: Request) -> KpiReader:
    """What the address asks for, ready to be answered metric by metric."""
    return KpiReader(parse_kpi_query(request.query_params, tenant=tenant_of(request)))


def metric_called(key: str) -> Metric:
    """The metric of an address. Raises Http404."""
    found = all_metrics().get(key)
    if found is None:
        raise Http404
    return found


def variant_of(request: Request, metric: Metric) -> str:
    """The variant that is asked for, or the default one."""
    chosen: str = request.query_params.get("variant", "") or variant_for(metric)
    if chosen not in metric.variants:
        known = ", ".join(metric.variants)
        raise InvalidParameter("variant", _("One of: %s.") % known, code="no_variant")
    return chosen


class Figure(serializers.FloatField):
    """A number at full precision; what is unknown is null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)
