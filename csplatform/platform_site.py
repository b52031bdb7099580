"""The operators' admin: tenants, their hosts and their nights, and nothing of what is in them."""

from django.utils.translation import gettext_lazy as _

from accounts.admin import UserAdmin
from accounts.admin_site import GuardedAdmin, SharedLoginSite
from accounts.models import User
from tenants.admin import DomainAdmin, NightRunAdmin, TenantAdmin
from tenants.models import Domain, NightRun, Tenant


class PlatformAdminSite(SharedLoginSite):
    site_header = _("Platform")
    site_title = _("Platform")
    index_title = _("Tenants and their nights")
    enable_nav_sidebar = False


class GuardedTenantAdmin(TenantAdmin, GuardedAdmin):
    pass


class GuardedDomainAdmin(DomainAdmin, GuardedAdmin):
    pass


class GuardedNightRunAdmin(NightRunAdmin, GuardedAdmin):
    pass


platform_site = PlatformAdminSite(name="admin")
platform_site.register(Tenant, GuardedTenantAdmin)
platform_site.register(Domain, GuardedDomainAdmin)
platform_site.register(NightRun, GuardedNightRunAdmin)
platform_site.register(User, UserAdmin)
