"""The tenant's facts in its admin: what people keep by hand can be changed here, the rest read."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_site import GuardedAdmin, tenant_site
from accounts.models import (
    Activity,
    Cost,
    CountingRules,
    FunnelStep,
    Import,
    Job,
    Measurement,
    OnboardingStep,
    Purchase,
    Rate,
    Renewal,
    SubscriptionChange,
)


class FactAdmin(GuardedAdmin):
    """What the admins of facts have in common: fast on large tables."""

    show_full_result_count = False
    list_per_page = 50


class ReadOnly(FactAdmin):
    """Rows that something else writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(SubscriptionChange, site=tenant_site)
class SubscriptionChangeAdmin(FactAdmin):
    list_display = ("subscription", "effective_on", "amount", "quantity", "plan")
    list_select_related = ("subscription",)
    search_fields = ("subscription__external_id", "plan")
    raw_id_fields = ("subscription",)


@admin.register(Renewal, site=tenant_site)
class RenewalAdmin(FactAdmin):
    list_display = ("subscription", "due_on", "forecast", "renewed_on", "amount")
    list_filter = ("forecast", "auto_renew")
    list_select_related = ("subscription",)
    search_fields = ("subscription__external_id",)
    raw_id_fields = ("subscription",)


@admin.register(Purchase, site=tenant_site)
class PurchaseAdmin(FactAdmin):
    list_display = ("external_id", "account", "occurred_on", "amount", "currency", "kind")
    list_filter = ("kind",)
    list_select_related = ("account",)
    search_fields = ("external_id", "account__name", "description")
    raw_id_fields = ("account",)


@admin.register(Cost, site=tenant_site)
class CostAdmin(FactAdmin):
    list_display = ("month", "category", "segment", "amount", "currency")
    list_filter = ("category",)
    search_fields = ("segment",)


@admin.register(Rate, site=tenant_site)
class RateAdmin(FactAdmin):
    list_display = ("currency", "day", "rate")
    list_filter = ("currency",)
    search_fields = ("currency",)


@admin.register(Activity, site=tenant_site)
class ActivityAdmin(FactAdmin):
    list_display = ("at", "account", "kind", "author_email", "sentiment")
    list_filter = ("kind", "sentiment")
    list_select_related = ("account",)
    search_fields = ("external_id", "account__name", "text", "author_email")
    raw_id_fields = ("account", "contact")


@admin.register(Measurement, site=tenant_site)
class MeasurementAdmin(FactAdmin):
    list_display = ("account", "key", "day", "value")
    list_select_related = ("account",)
    search_fields = ("key", "account__name")
    raw_id_fields = ("account",)


@admin.register(FunnelStep, site=tenant_site)
class FunnelStepAdmin(FactAdmin):
    list_display = ("occurred_at", "visitor_id", "stage", "goal", "source", "account")
    list_filter = ("stage",)
    list_select_related = ("account",)
    search_fields = ("visitor_id", "goal", "source")
    raw_id_fields = ("account",)


@admin.register(OnboardingStep, site=tenant_site)
class OnboardingStepAdmin(FactAdmin):
    list_display = ("account", "step", "reached_at")
    list_select_related = ("account",)
    search_fields = ("account__name", "step")
    raw_id_fields = ("account",)


@admin.register(Import, site=tenant_site)
class ImportAdmin(ReadOnly):
    list_display = ("name", "kind", "source", "state", "created", "updated", "rejected")
    list_filter = ("kind", "source", "state")
    search_fields = ("name",)


@admin.register(Job, site=tenant_site)
class JobAdmin(ReadOnly):
    list_display = ("title", "kind", "state", "owner", "created_at", "finished_at")
    list_filter = ("kind", "state")
    list_select_related = ("owner",)
    search_fields = ("subject",)

    @admin.display(description=_("title"), ordering="subject")
    def title(self, job: Job) -> str:
        return job.title


@admin.register(CountingRules, site=tenant_site)
class CountingRulesAdmin(ReadOnly):
    """To be read here; changed on the page that explains them."""

    list_display = ("customers_by", "churn_at", "discounts", "gross_margin")
