"""The admin of one tenant, for its admins."""

from functools import wraps
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import mail
from tenants.context import tenant_of


class OneLogin(admin.AdminSite):
    """An admin whose login is everybody's: with its rate limits, and later its second factor."""

    def get_urls(self) -> list[Any]:
        """Without the way from a row to a page of its own: it fails where a type has no table."""
        return [one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        query = urlencode({"next": request.GET.get("next", reverse("admin:index"))})
        return HttpResponseRedirect(f"{reverse('account_login')}?{query}")

    def logout(  # type: ignore[override]  # a redirect is as good as the page it stands for
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_logout"))


class TenantAdminSite(OneLogin):
    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Everything we keep")
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        told = {"site_header": tenant_of(request).name, "mail_warning": mail.warning()}
        return super().each_context(request) | told

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A view that shows moments in the tenant's time zone, as all other pages do."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def in_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with timezone.override(tenant_of(request).timezone):
                response = inner(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()  # not later, when the zone is gone
                return cast(HttpResponse, response)

        return in_zone


tenant_site = TenantAdminSite(name="admin")
