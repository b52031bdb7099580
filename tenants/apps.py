from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("Tenants")

    def ready(self) -> None:
        # django-tenants listens to the deletion of every row of every model, and Django then has
        # to load each row that a queryset deletes. It means only tenants, so it hears only those.
        from django_tenants.signals import tenant_delete_callback

        post_delete.disconnect(tenant_delete_callback)
        post_delete.connect(tenant_delete_callback, sender=self.get_model("Tenant"))

        from tenants.content_types import remember_by_schema

        remember_by_schema()
