"""Who am I, over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiKey


class MeSerializer(serializers.Serializer[Any]):
    tenant = serializers.CharField()
    kind = serializers.ChoiceField(choices=["user", "key"])
    name = serializers.CharField()
    role = serializers.CharField(allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField())


class MeView(APIView):
    """The caller, the tenant it is at, and what it may do there."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        caller = request.user
        is_key = isinstance(caller, ApiKey)
        answer = {
            "tenant": request.tenant.slug,
            "kind": "key" if is_key else "user",
            "name": caller.name if is_key else caller.email,
            "role": None if is_key else caller.role,
            "scopes": [caller.scope] if is_key else [],
        }
        return Response(MeSerializer(answer).data)
