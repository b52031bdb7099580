"""What people did, in the tenant's admin: to be read."""

from django.contrib import admin

from accounts.admin_facts import ReadOnly
from accounts.admin_site import tenant_site
from usage.models import DailyUsage, Event, Session


@admin.register(Event, site=tenant_site)
class EventAdmin(ReadOnly):
    list_display = ("occurred_at", "account", "user_id", "event", "feature")
    list_select_related = ("account",)
    search_fields = ("message_id", "user_id", "event")
    raw_id_fields = ("account",)


@admin.register(Session, site=tenant_site)
class SessionAdmin(ReadOnly):
    list_display = ("started_at", "ended_at", "account", "user_id", "events")
    list_select_related = ("account",)
    search_fields = ("user_id",)


@admin.register(DailyUsage, site=tenant_site)
class DailyUsageAdmin(ReadOnly):
    list_display = ("day", "account", "user_id", "event", "feature", "events")
    list_select_related = ("account",)
    search_fields = ("user_id", "event", "feature")
