"""The way into a tenant for everything that has no host: tasks, commands, tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import connections
from django_tenants.utils import tenant_context

from tenants.backend.base import DatabaseWrapper
from tenants.models import Tenant
from tenants.names import schema_of


def tenant_connection() -> DatabaseWrapper:
    """This thread's connection, as what it is."""
    return cast(DatabaseWrapper, connections["default"])


def tenant_of(request: object) -> Tenant:
    """The tenant whose host was asked, as the middleware found it (a page's or REST's request)."""
    return cast(Tenant, cast(Any, request).tenant)


class NoSuchTenant(LookupError):
    """There is no tenant of that name, or it is not open for work."""


def find(*, slug: str) -> Tenant:
    """The tenant that a person means by `slug`; NoSuchTenant says what was looked for."""
    tenant: Tenant | None = Tenant.objects.filter(schema_name=schema_of(slug=slug)).first()
    if tenant is None:
        raise NoSuchTenant(f"There is no tenant “{slug}”.")
    return tenant


@contextmanager
def inside(schema_name: str) -> Iterator[Tenant]:
    """Work in one tenant's schema, under its role, and nowhere else.

    Refuses a name that is empty, unknown, deleted or suspended: work without its tenant must
    fail, never run somewhere.
    """
    with outside():
        tenant = Tenant.objects.filter(schema_name=schema_name).first()
    if tenant is None or tenant.state != Tenant.State.READY:
        raise NoSuchTenant(f"No tenant is open under the schema {schema_name!r}.")
    with tenant_context(tenant):
        yield tenant


@contextmanager
def outside() -> Iterator[None]:
    """Work in the public schema, and come back to where one was."""
    connection = tenant_connection()
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)


@contextmanager
def as_owner(schema_name: str) -> Iterator[None]:
    """Change a schema itself (tables, rights), as the owner: migrations and opening tenants."""
    connection = tenant_connection()
    before = connection.tenant
    connection.set_schema(schema_name)
    try:
        with connection.owner():
            yield
    finally:
        connection.set_tenant(before)
