"""What the nights found, to be read; and the health models, to be shaped."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin_site import GuardedAdmin, tenant_site
from accounts.models import AccountNow
from metrics.catalogue.own import account_metrics
from metrics.health import versions
from metrics.health.scorecard import scorecard
from metrics.models import Goal, HealthFactor, HealthModel, KpiSnapshot, Night, OwnMetric, Revision
from metrics.pages.goals import CheckedGoalForm
from metrics.pages.own_metrics import CheckedOwnMetricForm
from tenants.calendar import local_day
from tenants.context import tenant_of


class ReadOnly:
    """No adding, changing or deleting: a night would write over it."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(AccountNow, site=tenant_site)
class ScorecardAdmin(ReadOnly, GuardedAdmin):
    """The book as of the latest night; an account's page is its scorecard."""

    list_display = ("account", "score", "status", "coverage", "mrr", "day")
    list_filter = ("status",)
    list_select_related = ("account",)
    search_fields = ("account__name", "account__external_id")
    ordering = ("score",)
    fields = ("account", "day", "score", "status", "coverage", "mrr", "card")
    show_full_result_count = False

    @admin.display(description=_("scorecard"))
    def card(self, now: AccountNow) -> SafeString:
        card = scorecard(account=now.account, day=now.day)
        return render_to_string("admin/scorecard.html", {"scorecard": card})


@admin.register(KpiSnapshot, site=tenant_site)
class KpiAdmin(ReadOnly, GuardedAdmin):
    list_display = (
        *("key", "variant", "period", "day", "dimension", "dimension_value", "compared"),
        *("value", "numerator", "denominator", "n"),
    )
    list_filter = ("period", "dimension", "compared", "key")
    date_hierarchy = "day"
    ordering = ("-day", "dimension", "compared", "period", "key", "variant")
    show_full_result_count = False


@admin.register(Night, site=tenant_site)
class NightAdmin(ReadOnly, GuardedAdmin):
    list_display = ("day", "computed_at", "stale", "number_excluded")
    date_hierarchy = "day"

    @admin.display(description=_("excluded rows"))
    def number_excluded(self, night: Night) -> int:
        return len(night.excluded)


class HealthMeasureForm(forms.ModelForm[HealthFactor]):
    """A measure is chosen from those that there are, by its name."""

    key = forms.ChoiceField(
        label=_("measure"),
        choices=lambda: [(one.key, one.name) for one in account_metrics().values()],
    )


class HealthMeasures(admin.TabularInline[HealthFactor, HealthModel]):
    model = HealthFactor
    form = HealthMeasureForm
    extra = 0
    fields = ("key", "group", "weight", "worst", "best")

    def has_add_permission(self, request: HttpRequest, obj: HealthModel | None = None) -> bool:
        return obj is not None and not obj.is_published

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


@admin.register(HealthModel, site=tenant_site)
class HealthModelAdmin(GuardedAdmin):
    """Drafts can be changed and published; a published version is only read, or copied."""

    list_display = ("__str__", "starts_on", "amber_from", "green_from", "author", "published_at")
    fields = ("name", "note", "starts_on", "amber_from", "green_from", "least_coverage")
    inlines = (HealthMeasures,)
    actions = None

    def get_urls(self) -> list[URLPattern]:
        draft = path(
            "<int:pk>/draft/",
            self.admin_site.admin_view(self.begin_draft),
            name="metrics_healthmodel_draft",
        )
        return [draft, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a model begins as a copy of another one

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return isinstance(obj, HealthModel) and not obj.is_published

    has_delete_permission = has_change_permission

    def begin_draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A draft that is a copy of a version, to be shaped."""
        model = get_object_or_404(HealthModel, pk=pk)
        if request.method != "POST":  # looking begins nothing
            return redirect("admin:metrics_healthmodel_change", pk)
        today = local_day(moment=timezone.now(), zone=tenant_of(request).timezone)
        draft = versions.draft_from(model, starts_on=today)
        return redirect("admin:metrics_healthmodel_change", draft.pk)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """Saved; and published, where that was asked for and nothing is against it."""
        if "_publish" not in request.POST or not isinstance(obj, HealthModel):
            return super().response_change(request, obj)
        try:
            versions.publish(obj, author=getattr(request.user, "email", ""))
        except ValidationError as problem:
            for text in problem.messages:
                messages.error(request, text)
        else:
            messages.success(request, _("Published: the next night scores by it."))
        return redirect("admin:metrics_healthmodel_change", obj.pk)


@admin.register(Revision, site=tenant_site)
class RevisionAdmin(ReadOnly, GuardedAdmin):
    list_display = ("key", "variant", "period", "day", "was", "became", "at")
    list_filter = ("period",)
    date_hierarchy = "day"


@admin.register(Goal, site=tenant_site)
class GoalAdmin(GuardedAdmin):
    form = CheckedGoalForm
    list_display = ("metric", "target", "starts_on", "due_on", "owner_email")
    list_filter = ("metric",)
    search_fields = ("metric", "owner_email", "note")


@admin.register(OwnMetric, site=tenant_site)
class OwnMetricAdmin(GuardedAdmin):
    form = CheckedOwnMetricForm
    list_display = ("key", "name", "of", "named", "total", "unit")
    list_filter = ("of", "total")
    search_fields = ("key", "name", "named")
