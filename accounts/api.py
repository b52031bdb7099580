"""Who am I, over REST."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiKey, User
from tenants.context import tenant_of
from tenants.typing import Json


class MeSerializer(serializers.Serializer[object]):
    tenant = serializers.CharField()
    kind = serializers.ChoiceField(choices=["user", "key"])
    name = serializers.CharField()
    role = serializers.CharField(allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField())


class MeView(APIView):
    """The caller, the tenant it is at, and what it may do there."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        answer = {"tenant": tenant_of(request).slug} | _described(request.user)
        return Response(MeSerializer(answer).data)


def _described(caller: object) -> Json:
    if isinstance(caller, ApiKey):
        return {"kind": "key", "name": caller.name, "role": None, "scopes": [caller.scope]}
    user = cast(User, caller)
    return {"kind": "user", "name": user.email, "role": user.role, "scopes": []}
