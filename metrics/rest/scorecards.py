"""Scorecards over REST: one account's, and the book of all."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.imports.kinds import KINDS
from accounts.rest.reading import COUNT, CURSOR, LIMIT, one, wrong
from metrics.figures.parameters import parse_day
from metrics.health.account_list import SORTS, AccountListQuery, listed_accounts
from metrics.health.scorecard import scorecard
from metrics.models import HealthStatus
from metrics.rest.files import WITH_CSV, csv_file, wants_csv
from metrics.rest.paging import page
from metrics.rest.parameters import DATE, Figure, reports_invalid_parameters
from tenants.context import tenant_of


class LineSerializer(serializers.Serializer[object]):
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


class ScorecardSerializer(serializers.Serializer[object]):
    account = serializers.CharField()
    date = serializers.DateField(source="card.day", allow_null=True)
    score = Figure(source="card.score")
    status = serializers.CharField(source="card.status", allow_blank=True)
    coverage = Figure(source="card.coverage")
    reason = serializers.CharField(source="card.reason")
    factors = LineSerializer(source="card.lines", many=True)


class ScorecardView(APIView):
    """The health of one account, measure by measure."""

    @extend_schema(parameters=[DATE], responses=ScorecardSerializer)
    @reports_invalid_parameters
    def get(self, request: Request, account: str) -> Response:
        found = one(kind=KINDS["accounts"], name=account)
        day = parse_day(request.query_params, tenant=tenant_of(request))
        card = scorecard(account=found, day=day)
        return Response(ScorecardSerializer({"account": found.external_id, "card": card}).data)


class BookLineSerializer(serializers.Serializer[object]):
    """An account with what the latest night found of it; null where nothing is known."""

    account = serializers.CharField(source="external_id")
    name = serializers.CharField()
    segment = serializers.CharField()
    owner = serializers.CharField(source="owner_email")
    date = serializers.DateField(source="now.day", default=None, allow_null=True)
    score = Figure(source="now.score", default=None)
    status = serializers.CharField(source="now.status", default="", allow_null=True)
    coverage = Figure(source="now.coverage", default=None)
    score_change_30d = Figure(source="now.score_change", default=None)
    mrr = Figure(source="now.mrr", default=None)
    mrr_change_90d = Figure(source="now.mrr_change", default=None)
    tenure = Figure(source="now.tenure", default=None)
    last_nps = serializers.IntegerField(source="now.nps", default=None, allow_null=True)
    last_seen = serializers.DateField(source="now.last_seen", default=None, allow_null=True)


BOOK = inline_serializer(
    "Scorecards",
    {
        "data": BookLineSerializer(many=True),
        "next_cursor": serializers.CharField(allow_null=True),
        "has_more": serializers.BooleanField(),
        "count": serializers.IntegerField(required=False),
    },
)
TEXT = {"type": "string", "pattern": r"^[^\x00]*$"}
FILTERS = [
    OpenApiParameter("q", TEXT, description="Part of a name or of an external id."),
    OpenApiParameter("status", str, enum=[*HealthStatus.values, "none"]),
    OpenApiParameter("segment", TEXT),
    OpenApiParameter("owner", TEXT, description="The e-mail address of the owner."),
    OpenApiParameter("sort", str, enum=[*SORTS, *(f"-{name}" for name in SORTS)]),
]


def _query(request: Request) -> AccountListQuery:
    """What the list is narrowed to. Raises ValidationError, by the name of the parameter."""
    for parameter in FILTERS:
        value, known = request.query_params.get(parameter.name, ""), parameter.enum
        if "\0" in value or (value and known and value not in known):
            raise wrong(parameter.name, _("Known is only: %s.") % ", ".join(map(str, known or ())))
    return AccountListQuery.of(request.query_params)


class ScorecardsView(APIView):
    """The book: every account with its latest health, filtered and sorted as on its page."""

    renderer_classes = WITH_CSV

    @extend_schema(parameters=[*FILTERS, CURSOR, LIMIT, COUNT], responses=BOOK)
    def get(self, request: Request) -> HttpResponseBase:
        rows = listed_accounts(_query(request))
        if wants_csv(request):
            names = list(BookLineSerializer().fields)
            found = (BookLineSerializer(row).data for row in rows.iterator(chunk_size=2_000))
            return csv_file("scorecards.csv", names, (line.values() for line in found))
        shown, about = page(rows, request.query_params)
        return Response({"data": BookLineSerializer(shown, many=True).data, **about})
