"""Open a tenant: its row, host, role and schema, all of them or none."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tenants import migrating, roles, template
from tenants.context import as_owner, inside
from tenants.models import Domain, Tenant
from tenants.names import PUBLIC, check_slug, schema_of


def open_tenant(
    *,
    slug: str,
    name: str,
    timezone: str = "UTC",
    currency: str = "EUR",
    language: str = "en",
    first_weekday: int = 1,
) -> Tenant:
    """Open a tenant under SLUG.BASE_DOMAIN. Raises ValidationError, naming what is wrong."""
    check_slug(slug=slug)
    tenant = Tenant(
        slug=slug,
        schema_name=schema_of(slug=slug),
        name=name,
        timezone=timezone,
        currency=currency.upper(),
        language=language,
        first_weekday=first_weekday,
    )
    if language not in dict(settings.LANGUAGES):
        raise ValidationError(_("“%(code)s” is not one of our languages.") % {"code": language})
    with transaction.atomic():
        if Tenant.objects.filter(schema_name=tenant.schema_name).exists():
            raise ValidationError(_("There is a tenant “%(slug)s” already.") % {"slug": slug})
        tenant.full_clean()
        return _open(tenant=tenant)


def open_platform() -> Tenant:
    """The reserved tenant of the operators; made once, by the first migration run."""
    schema = settings.PLATFORM_SCHEMA
    tenant: Tenant | None = Tenant.objects.filter(schema_name=schema).first()
    if tenant is None:
        with transaction.atomic():
            tenant = _open(tenant=Tenant(slug=schema, schema_name=schema, name="Platform"))
    with as_owner(PUBLIC):
        roles.grant_public_to(schema=schema)
    return tenant


def _open(*, tenant: Tenant) -> Tenant:
    with as_owner(PUBLIC):
        tenant.state = Tenant.State.READY
        tenant.save()
        Domain.objects.create(tenant=tenant, domain=f"{tenant.slug}.{settings.BASE_DOMAIN}")
        make_schema(schema=tenant.schema_name)
    with inside(tenant.schema_name):
        for name in settings.WHEN_TENANT_OPENS:
            import_string(name)(tenant=tenant)
    return tenant


def make_schema(*, schema: str) -> None:
    """Make a schema by replaying the template's dump, or by migrating where there is none."""
    roles.ensure_role(schema=schema)
    state = template.fingerprint(migrations=migrating.wanted_migrations())
    statements = template.statements_for(schema=schema, fingerprint=state)
    if statements is None:
        migrating.prepare_schema(schema=schema)
        migrating.migrate_schema(schema=schema)
        return
    with connection.cursor() as cursor:
        # In a dump functions come before the tables that their bodies name.
        cursor.execute("SET check_function_bodies = off")
        cursor.execute(statements)
        cursor.execute("RESET check_function_bodies")
    roles.grant_schema(schema=schema)
