"""The public tables as operators see them; `csplatform.platform_site` puts them on their site."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenants.context import outside
from tenants.models import Domain, NightRun, Tenant

if TYPE_CHECKING:
    TenantAdminBase = admin.ModelAdmin[Tenant]
    DomainAdminBase = admin.ModelAdmin[Domain]
    NightRunAdminBase = admin.ModelAdmin[NightRun]
else:
    TenantAdminBase = DomainAdminBase = NightRunAdminBase = admin.ModelAdmin


class TenantAdmin(TenantAdminBase):
    """Tenants are opened by `manage.py open_tenant`; a schema is not removed by a click."""

    list_display = ("name", "slug", "state", "timezone", "currency", "language", "created_at")
    list_filter = ("state",)
    search_fields = ("name", "slug")
    readonly_fields = ("slug", "schema_name", "uuid", "created_at")

    def save_model(self, request: HttpRequest, obj: Tenant, form: object, change: bool) -> None:
        with outside():  # a tenant's row is written in the public schema, not in the platform's
            obj.save()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        return False


class DomainAdmin(DomainAdminBase):
    list_display = ("domain", "tenant", "is_primary")
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__name")
    raw_id_fields = ("tenant",)


class NightRunAdmin(NightRunAdminBase):
    """The ledger, to be read; a night that was given up can be sent back to the queue."""

    list_display = ("tenant", "local_date", "state", "attempts", "stage", "heartbeat", "error")
    list_filter = ("state",)
    list_select_related = ("tenant",)
    search_fields = ("tenant__name", "tenant__slug")
    date_hierarchy = "local_date"
    actions = ("try_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: NightRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: NightRun | None = None) -> bool:
        return False

    @admin.action(description=_("Try again the nights that were given up"))
    def try_again(self, request: HttpRequest, runs: QuerySet[NightRun]) -> None:
        runs.filter(state=NightRun.State.PARKED).update(
            state=NightRun.State.PENDING, failures=0, queued_at=None
        )
