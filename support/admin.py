"""Tickets and incidents in the tenant's admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator
from django.http import HttpRequest

from accounts.admin_facts import FactAdmin
from accounts.admin_site import tenant_site
from support.models import Incident, SlaTarget, Ticket, TicketEntry
from tenants.typing import AnyField


@admin.register(Ticket, site=tenant_site)
class TicketAdmin(FactAdmin):
    list_display = ("opened_at", "subject", "account", "status", "priority", "kind", "team")
    list_filter = ("status", "priority", "kind")
    list_select_related = ("account",)
    search_fields = ("external_id", "subject", "account__name")
    raw_id_fields = ("account", "contact", "merged_into")


@admin.register(TicketEntry, site=tenant_site)
class TicketEntryAdmin(FactAdmin):
    list_display = ("at", "ticket", "kind", "author", "public", "status")
    list_filter = ("kind", "author")
    list_select_related = ("ticket",)
    search_fields = ("external_id", "ticket__external_id", "ticket__subject")
    raw_id_fields = ("ticket",)


@admin.register(Incident, site=tenant_site)
class IncidentAdmin(FactAdmin):
    list_display = ("started_at", "ended_at", "title", "minutes_down")
    search_fields = ("external_id", "title")


@admin.register(SlaTarget, site=tenant_site)
class SlaTargetAdmin(FactAdmin):
    """No promise is longer than a year: business hours are counted day by day."""

    list_display = (
        "priority",
        "first_response_minutes",
        "resolution_minutes",
        "in_business_hours",
    )

    def formfield_for_dbfield(
        self, db_field: AnyField, request: HttpRequest, **options: Any
    ) -> forms.Field | None:
        found = super().formfield_for_dbfield(db_field, request, **options)
        if found and db_field.name.endswith("_minutes"):
            found.validators.append(MaxValueValidator(A_YEAR))
        return found


A_YEAR = 365 * 24 * 60  # in minutes
