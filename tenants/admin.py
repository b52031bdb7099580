"""The public tables as operators see them; `csplatform.platform_site` puts them on their site."""

from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tenants.context import outside
from tenants.models import Domain, NightRun, Tenant
from tenants.typing import AnyField


class TenantAdmin(admin.ModelAdmin[Tenant]):
    """Tenants are opened by `manage.py open_tenant`; a schema is not removed by a click."""

    list_display = (
        *("name", "slug", "state", "last_night", "nights_given_up"),
        *("timezone", "currency", "language", "created_at"),
    )
    list_filter = ("state", "language")
    search_fields = ("name", "slug", "domains__domain")
    readonly_fields = (
        *("slug", "host_names", "schema_name", "uuid", "shard", "created_at"),
        *("last_night", "nights_given_up"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        runs = NightRun.objects.filter(tenant=OuterRef("pk")).order_by().values("tenant")
        done = runs.filter(state=NightRun.State.DONE).values(day=Max("local_date"))
        parked = runs.filter(state=NightRun.State.PARKED).values(number=Count("pk"))
        tenants = super().get_queryset(request).prefetch_related("domains")
        shown: QuerySet[Tenant] = tenants.annotate(
            last_done=Subquery(done), parked=Coalesce(Subquery(parked), Value(0))
        )
        return shown

    def formfield_for_dbfield(
        self, db_field: AnyField, request: HttpRequest, **options: Any
    ) -> forms.Field | None:
        if db_field.name == "language":
            label = capfirst(db_field.verbose_name)
            return forms.ChoiceField(label=label, choices=settings.LANGUAGES)
        return super().formfield_for_dbfield(db_field, request, **options)

    @admin.display(description=_("last night computed"), ordering="last_done")
    def last_night(self, tenant: Tenant) -> date | None:
        return cast("date | None", getattr(tenant, "last_done", None))

    @admin.display(description=_("nights given up"), ordering="parked")
    def nights_given_up(self, tenant: Tenant) -> int:
        return int(getattr(tenant, "parked", 0))

    @admin.display(description=_("host names"))
    def host_names(self, tenant: Tenant) -> str:
        return ", ".join(sorted(one.domain for one in tenant.domains.all()))

    def save_model(self, request: HttpRequest, obj: Tenant, form: object, change: bool) -> None:
        with outside():  # a tenant's row is written in the public schema, not in the platform's
            obj.save()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        return False


class DomainAdmin(admin.ModelAdmin[Domain]):
    list_display = ("domain", "tenant", "is_primary")
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__name")
    raw_id_fields = ("tenant",)


class NightRunAdmin(admin.ModelAdmin[NightRun]):
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
