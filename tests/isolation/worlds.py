"""Two tenants with equal ids, and each with its own canary in every column that holds text."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pgtrigger
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection
from pghistory.models import Context

from accounts.bounds import ExcludedRow
from accounts.models import (
    Account,
    AccountNow,
    ApiKey,
    Contact,
    Import,
    OwnerName,
    Role,
    Subscription,
    User,
)
from metrics.models import HealthFactor, HealthModel, KpiSnapshot, Night, Revision
from metrics.pipeline.nightly import compute
from tenants.context import as_owner, inside
from tenants.models import Domain, NightRun, Tenant
from tests import databases, facts
from tests.isolation import tables

NIGHTS = (date(2024, 5, 31), date(2024, 6, 30))
EVENING = datetime(2024, 7, 1, 2, tzinfo=UTC)
AMOUNTS = {"acme": 3141593, "globex": 2718282}
ONLY_GLOBEX = 900_000  # the id of everything that Acme does not have


def canary(slug: str, column: str) -> str:
    return f"CANARY-{slug.upper()}.{column}"


# The keys of a tenant by what they are, by tenant.
World = dict[str, dict[str, str]]


def assemble() -> None:
    """Fill Acme and Globex alike, and then Globex with what is its alone."""
    for slug in AMOUNTS:
        tenant = _rename(slug)
        with inside(slug):
            ContentType.objects.clear_cache()
            _people(slug)
            _book(slug)
            facts.store(text=lambda column, slug=slug: canary(slug, column))  # type: ignore[misc]
            for day in NIGHTS:
                compute(tenant=tenant, day=day, at_stage=lambda stage: None)
            _traces(slug)
    with inside("globex"):
        _only_globex()
    for slug in AMOUNTS:
        _count_on(slug)
    ContentType.objects.clear_cache()


WORLD = databases.Template(
    name="world",
    build=assemble,
    base=databases.CAST,
    sources=(
        *databases.product_sources(),
        Path(facts.__file__),
        Path(tables.__file__),
        Path(__file__),
    ),
)


@contextmanager
def world(name: str) -> Iterator[World]:
    """A database of one's own in which both tenants are full; yields a key of each kind."""
    with databases.clone(name, template=WORLD):
        ContentType.objects.clear_cache()
        for slug in AMOUNTS:
            _store_files(slug)
        yield {slug: _keys(slug) for slug in AMOUNTS}
    ContentType.objects.clear_cache()


def _rename(slug: str) -> Tenant:
    tenant: Tenant = Tenant.objects.get(slug=slug)
    # Without the dot: operators may see what a tenant is called, and its nights' errors.
    tenant.name = f"CANARY-{slug.upper()}"
    tenant.save()
    Domain.objects.create(domain=f"canary-{slug}-host.example", tenant=tenant, is_primary=False)
    for night in NIGHTS:
        NightRun.objects.create(
            tenant=tenant, local_date=night, state="parked", error=f"CANARY-{slug.upper()}"
        )
    return tenant


def _people(slug: str) -> None:
    User.objects.exclude(pk=1).delete()
    User.objects.filter(pk=1).update(name=canary(slug, "user.name"))
    for pk, role in ((2, Role.MANAGER), (3, Role.VIEWER)):
        User(pk=pk, email=f"canary-{slug}.user{pk}@x.test", name=f"User {pk}", role=role).save()
    EmailAddress.objects.create(user_id=1, email=f"canary-{slug}.address@x.test")


def _book(slug: str) -> None:
    texts = ("stage", "segment", "industry", "country", "region", "language")
    owner = f"canary-{slug}.owner@x.test"
    OwnerName.objects.create(pk=1, name=canary(slug, "owner.name"), email=owner)
    for pk, name in ((1, "A-1"), (2, canary(slug, "account.external_id")), (3, "A-3")):
        Account.objects.create(
            pk=pk,
            external_id=name,
            name=canary(slug, f"account.name{pk}"),
            owner_email=owner,
            owner_name=canary(slug, "owner.name"),
            domain=f"canary-{slug}.account.domain",
            attributes={"canary": canary(slug, "account.attributes")},
            is_test=pk == 3,
            **{text: canary(slug, f"acc.{text}") for text in texts},
        )
        _contact(slug, pk)
        _subscription(slug, pk)


def _contact(slug: str, pk: int) -> None:
    Contact.objects.create(
        pk=pk,
        account_id=pk,
        external_id="C-1" if pk == 1 else canary(slug, f"contact.external_id{pk}"),
        name=canary(slug, "contact.name"),
        email=f"canary-{slug}.contact@x.test",
        language=canary(slug, "language"),
        role=canary(slug, "contact.role"),
        attributes={"canary": canary(slug, "contact.attributes")},
    )


def _subscription(slug: str, pk: int) -> None:
    Subscription.objects.create(
        pk=pk,
        account_id=pk,
        external_id="S-1" if pk == 1 else canary(slug, f"subscription.external_id{pk}"),
        plan=canary(slug, "subscription.plan"),
        currency="EUR",
        amount=AMOUNTS[slug],
        interval="month",
        started_on=date(2024, 1, 1),
        ended_on=date(2024, 6, 15) if pk == 2 else None,
        churn_reason=canary(slug, "subscription.churn_reason"),
        attributes={"canary": canary(slug, "subscription.attributes")},
    )


def _traces(slug: str) -> None:
    # Published models never change; that is not what is proved here.
    with pgtrigger.ignore("metrics.HealthModel:published", "metrics.HealthFactor:published"):
        HealthModel.objects.update(
            name=canary(slug, "healthmodel.name"),
            note=canary(slug, "healthmodel.note"),
            author=canary(slug, "healthmodel.author"),
        )
        HealthFactor.objects.update(group=canary(slug, "healthmeasure.group"))
    Revision.objects.create(
        day=NIGHTS[0],
        period="day",
        key="mrr",
        variant="all",
        was=AMOUNTS[slug] - 1,
        became=AMOUNTS[slug],
        since=EVENING,
        at=EVENING,
    )
    excluded = ExcludedRow(
        kind="subscriptions",
        row=canary(slug, "night.excluded"),
        column="amount",
        value="1",
        code="too_much",
    )
    Night.objects.update(computed_at=EVENING, excluded=[excluded.as_json()])
    Context.objects.create(
        id=UUID(int=1), created_at=EVENING, metadata={"canary": canary(slug, "context")}
    )
    ApiKey.objects.create_key(name=canary(slug, "apikey.spare"))
    LogEntry.objects.create(
        user_id=1,
        content_type=ContentType.objects.get_for_model(Account),
        object_id="1",
        object_repr=canary(slug, "log.object_repr"),
        action_flag=CHANGE,
        change_message=canary(slug, "log.change_message"),
    )


def _only_globex() -> None:
    _again(Account.objects.get(pk=1), external_id="only-globex", segment="only-globex")
    _again(Contact.objects.get(pk=1), account_id=ONLY_GLOBEX, external_id="only-globex")
    _again(Subscription.objects.get(pk=1), account_id=ONLY_GLOBEX, external_id="only-globex")
    _again(User.objects.get(pk=3), email="only-globex@x.test")
    facts.store(text=lambda column: f"only-globex.{column}", pk=ONLY_GLOBEX, parents=ONLY_GLOBEX)
    _again(HealthModel.objects.get(pk=1), version=ONLY_GLOBEX, starts_on=date(2100, 1, 1))
    _again(KpiSnapshot.objects.get(pk=1), day=date(2024, 7, 1))
    _again(Night.objects.get(pk=1), day=date(2023, 7, 1))
    _again(Revision.objects.get(pk=1), day=date(2023, 7, 1))
    now = AccountNow.objects.get(pk=1)
    now.pk = ONLY_GLOBEX
    now.save()  # its account has come with a row of it


def _count_on(slug: str) -> None:
    """New rows get numbers after those that were given here."""
    models = tables.models_of_tenants()
    with as_owner(slug), connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _again(row: Any, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.pk = ONLY_GLOBEX
    row.save(force_insert=True)


def _keys(slug: str) -> dict[str, str]:
    """A key of each kind, by what it is."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    options: dict[str, dict[str, Any]] = {
        "key read": {"scope": "read"},
        "key write": {"scope": "write"},
        "key events": {"scope": "events"},
        "key admin": {"scope": "admin"},
        "key expired": {"scope": "admin", "expiry_date": yesterday},
        "key revoked": {"scope": "admin", "revoked": True},
    }
    with inside(slug):
        name = canary(slug, "apikey.name")
        return {
            kind: ApiKey.objects.create_key(name=name, **rest)[1] for kind, rest in options.items()
        }


def _store_files(slug: str) -> None:
    """Store the files of imports where this process keeps its own: no database holds them."""
    with inside(slug):
        for entry in Import.objects.exclude(rejects=""):
            text = canary(slug, "import.rejects") if entry.pk == 1 else "only-globex.import.rejects"
            facts.store_rejects(entry, text)
            entry.save(update_fields=["rejects"])
