"""What the nights found, in the tenant's admin: to be read, never to be written."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin_site import tenant_site
from accounts.models import AccountNow
from metrics.models import HealthMeasure, HealthModel, KpiSnapshot, Night
from metrics.scorecard import scorecard

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Model]
    TabularInline = admin.TabularInline[HealthMeasure, HealthModel]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnly:
    """No adding, changing or deleting: a night would write over it."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(AccountNow, site=tenant_site)
class ScorecardAdmin(ReadOnly, ModelAdmin):
    """The book as of the latest night; an account's page is its scorecard."""

    list_display = ("account", "score", "band", "coverage", "mrr", "day")
    list_filter = ("band",)
    list_select_related = ("account",)
    search_fields = ("account__name", "account__external_id")
    ordering = ("score",)
    fields = ("account", "day", "score", "band", "coverage", "mrr", "card")
    show_full_result_count = False

    @admin.display(description=_("scorecard"))
    def card(self, now: AccountNow) -> SafeString:
        card = scorecard(account=now.account, day=now.day)
        return render_to_string("admin/scorecard.html", {"scorecard": card})


@admin.register(KpiSnapshot, site=tenant_site)
class KpiAdmin(ReadOnly, ModelAdmin):
    list_display = ("key", "variant", "period", "day", "value", "numerator", "denominator", "n")
    list_filter = ("period", "key")
    date_hierarchy = "day"
    show_full_result_count = False


@admin.register(Night, site=tenant_site)
class NightAdmin(ReadOnly, ModelAdmin):
    list_display = ("day", "computed_at", "stale")
    date_hierarchy = "day"


class HealthMeasures(ReadOnly, TabularInline):
    model = HealthMeasure
    extra = 0


@admin.register(HealthModel, site=tenant_site)
class HealthModelAdmin(ReadOnly, ModelAdmin):
    list_display = ("version", "name", "starts_on", "amber_from", "green_from", "least_coverage")
    inlines = (HealthMeasures,)
