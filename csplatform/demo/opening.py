"""Open the demo tenants that are missing, and leave the others alone."""

from collections.abc import Callable
from io import BytesIO

from django.db import transaction

from accounts.imports.engine import ImportResult
from accounts.imports.intake import take_in
from accounts.imports.kinds import KINDS
from accounts.imports.reading import sheet_of
from accounts.models import Account, Import, User
from csplatform.demo.tenants import OPERATOR, PASSWORD, DemoTenant
from metrics.models import Night
from metrics.pipeline import nightly
from tenants.context import inside
from tenants.models import Tenant
from tenants.opening import open_tenant

Tell = Callable[[str], None]


def open_demo_tenant(demo: DemoTenant, *, tell: Tell) -> None:
    """A demo tenant as it should be: open, with its people, its data and its night."""
    tenant = _opened(demo, tell)
    with inside(tenant.schema_name):
        if not Account.objects.exists():
            _load(demo, tenant, tell)
        if not Night.objects.filter(day=demo.last_day).exists():
            tell(f"{demo.slug}: running the night of {demo.last_day}")
            nightly.run(tenant=tenant, day=demo.last_day, by_hand=True)


def _opened(demo: DemoTenant, tell: Tell) -> Tenant:
    found: Tenant | None = Tenant.objects.filter(slug=demo.slug).first()
    if found:
        return found
    tell(f"{demo.slug}: opening")
    with transaction.atomic():
        tenant = open_tenant(
            slug=demo.slug, name=demo.name, timezone=demo.timezone, currency=demo.currency
        )
        tenant.last_day = demo.last_day
        tenant.save()
        with inside(tenant.schema_name):
            for email, role in demo.people().items():
                User.objects.create_user(email=email, password=PASSWORD, role=role)
    return tenant


def _load(demo: DemoTenant, tenant: Tenant, tell: Tell) -> None:
    source = Import.Source.COMMAND if demo.kinds else Import.Source.SAMPLE
    with transaction.atomic():
        for kind, content in demo.files():
            result = take_in_file(kind=kind, content=content, source=source, tenant=tenant)
            tell(f"{demo.slug}: {result.created:,} {kind} in")


def take_in_file(*, kind: str, content: bytes, source: str, tenant: Tenant) -> ImportResult:
    """One file of ours; that a row of it is rejected would be a mistake of ours too."""
    entry = Import(kind=kind, source=source, name=f"{kind}.csv")
    sheet = sheet_of(kind=KINDS[kind], source=BytesIO(content))
    result = take_in(entry=entry, sheet=sheet, tenant=tenant)
    if result.rejected:
        raise ValueError(f"{result.rejected} rows of {kind} were rejected")
    return result


def let_the_operator_in(*, schema: str) -> None:
    """Somebody to look at the platform's own admin as."""
    with inside(schema):
        if not User.objects.filter(email=OPERATOR).exists():
            User.objects.create_user(email=OPERATOR, password=PASSWORD, role="admin")
