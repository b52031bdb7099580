"""Who calls the REST API: a program with a key of this tenant."""

from typing import cast

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`. The key must be in the schema of the host's tenant."""

    def authenticate(self, request: Request) -> tuple[ApiKey, str] | None:
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if not key.isprintable():
            raise AuthenticationFailed
        try:
            found = cast(ApiKey, ApiKey.objects.get_from_key(key.strip()))
        except ApiKey.DoesNotExist:
            raise AuthenticationFailed from None
        if found.has_expired:
            raise AuthenticationFailed
        return found, key

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer to a missing key a 401."""
        return 'Bearer realm="api"'
