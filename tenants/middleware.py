"""The host decides the tenant."""

from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest
from django_tenants.middleware.main import TenantMainMiddleware

from tenants.context import tenant_of
from tenants.models import Domain, Tenant


class TenantMiddleware(TenantMainMiddleware):
    """Enters the schema of the host's tenant. An unknown or closed host is a plain 404."""

    @staticmethod
    def hostname_from_request(request: HttpRequest) -> str:
        """The name as it is kept: host names know no case, and may end with a dot."""
        return request.get_host().partition(":")[0].rstrip(".").lower()

    def get_tenant(self, domain_model: type[Domain], hostname: str) -> Tenant:
        tenant: Tenant = super().get_tenant(domain_model, hostname)
        if tenant.state != Tenant.State.READY:
            raise Http404
        return tenant

    @staticmethod
    def setup_url_routing(request: HttpRequest, force_public: bool = False) -> None:
        """Operators have addresses of their own: theirs is no tenant like the others."""
        if tenant_of(request).schema_name == settings.PLATFORM_SCHEMA:
            cast(Any, request).urlconf = settings.PLATFORM_URLCONF
