"""Surveys and answers in the tenant's admin."""

from django.contrib import admin

from accounts.admin_facts import FactAdmin
from accounts.admin_site import tenant_site
from surveys.models import Response, Survey


@admin.register(Survey, site=tenant_site)
class SurveyAdmin(FactAdmin):
    list_display = ("key", "name", "kind", "imported")
    list_filter = ("kind",)
    search_fields = ("key", "name")


@admin.register(Response, site=tenant_site)
class ResponseAdmin(FactAdmin):
    list_display = ("answered_at", "survey", "score", "account", "contact", "language")
    list_filter = ("kind", "language")
    list_select_related = ("survey", "account", "contact")
    search_fields = ("external_id", "account__name", "comment")
    raw_id_fields = ("survey", "account", "contact")
