"""Who calls the REST API: a program with a key of this tenant, or a person who has logged in."""

from copy import copy
from typing import cast

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
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


class HeaderTokenAuthentication(SessionAuthentication):
    """A session, whose token against forged requests comes in the header.

    It is not looked for in the body: who asks is settled before a body is read or refused.
    """

    def enforce_csrf(self, request: Request) -> None:
        bare = copy(request._request)
        bare._post, bare._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
        super().enforce_csrf(bare)  # type: ignore[arg-type]  # reads what both have
