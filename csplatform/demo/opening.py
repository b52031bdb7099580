"""Open the demo tenants that are missing, and leave the others alone."""

from collections.abc import Callable
from io import BytesIO

from django.db import transaction

from accounts.imports.engine import ImportResult
from accounts.imports.intake import import_sheet
from accounts.imports.kinds import KINDS
from accounts.imports.reading import sheet_of
from accounts.models import Account, Import, User
from csplatform.demo.tenants import OPERATOR, PASSWORD, DemoTenant
from metrics.health import versions
from metrics.models import HealthModel, Night
from metrics.pipeline import nightly
from tenants.context import inside
from tenants.models import Tenant
from tenants.opening import open_tenant

# Key, group, weight, worst, best. Only subscriptions are known of the telephone company, so tenure
# and price have to stand in for health; every other tenant keeps the standard model.
OF_TELCO = (
    ("tenure", "Relationship", 35, 0, 24),
    ("mrr_vs_segment", "Commercial", 30, 0, 1),
    ("mrr_change_90d", "Commercial", 35, -50, 0),
)
Tell = Callable[[str], None]


def open_demo_tenant(demo: DemoTenant, *, tell: Tell) -> None:
    """A demo tenant as it should be: open, with its people, its data and its night."""
    tenant = _opened(demo, tell)
    with inside(tenant.schema_name):
        if not Account.objects.exists():
            _load(demo, tenant, tell)
        if not Night.objects.filter(day=demo.last_day).exists():
            for day in demo.nights():
                tell(f"{demo.slug}: running the night of {day}")
                nightly.run(tenant=tenant, day=day, by_hand=True)
            nightly.run_stale(tenant=tenant)


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
            result = import_file(kind=kind, content=content, source=source, tenant=tenant)
            tell(f"{demo.slug}: {result.created:,} {kind} in")
        if demo.slug == "telco":
            versions.publish(_model_of_telco(demo), author=demo.people_of("admin"))


def _model_of_telco(demo: DemoTenant) -> HealthModel:
    """A draft that weighs what is known of customers who only pay."""
    standard = versions.newest()
    if standard is None:
        raise ValueError("a new tenant has a health model")
    draft = versions.draft_from(standard, starts_on=demo.nights()[0])
    draft.name, draft.note = "Telco", "Only subscriptions are known: tenure and price stand in."
    draft.save()
    draft.factors.all().delete()
    for key, group, weight, worst, best in OF_TELCO:
        draft.factors.create(key=key, group=group, weight=weight, worst=worst, best=best)
    return draft


def import_file(*, kind: str, content: bytes, source: str, tenant: Tenant) -> ImportResult:
    """One file of ours; that a row of it is rejected would be a mistake of ours too."""
    entry = Import(kind=kind, source=source, name=f"{kind}.csv")
    sheet = sheet_of(kind=KINDS[kind], source=BytesIO(content))
    result = import_sheet(entry=entry, sheet=sheet, tenant=tenant)
    if result.rejected:
        raise ValueError(f"{result.rejected} rows of {kind} were rejected")
    return result


def let_the_operator_in(*, schema: str) -> None:
    """Somebody to look at the platform's own admin as."""
    with inside(schema):
        if not User.objects.filter(email=OPERATOR).exists():
            User.objects.create_user(email=OPERATOR, password=PASSWORD, role="admin")
