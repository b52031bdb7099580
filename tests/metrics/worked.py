"""A small company in a database of its own: facts in as files, the night run, read over REST."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from accounts.models import Account, ApiKey, Import
from csplatform.demo.opening import import_file
from metrics.health.scorecard import measured_values
from metrics.pipeline.nightly import compute
from tenants.context import inside
from tenants.models import Tenant
from tests import databases
from tests.metrics.rest import Caller


def nothing_more() -> None:
    """What is done to a company besides its files."""


@contextmanager
def company(
    name: str,
    files: dict[str, str],
    day: date,
    *,
    aliases: Callable[[], None] = nothing_more,
    zone: str = "UTC",
) -> Iterator[Caller]:
    with databases.clone(f"cstest_{name}_{os.getpid()}"):
        Tenant.objects.filter(slug="acme").update(timezone=zone)
        with inside("acme") as tenant:
            import_files(tenant, files)
            aliases()
            compute(tenant=tenant, day=day, at_stage=lambda stage: None)
            yield Caller(ApiKey.objects.create_key(name="tests", scope="read")[1])


def import_files(tenant: Tenant, files: dict[str, str]) -> None:
    for kind, text in files.items():
        source = Import.Source.COMMAND
        import_file(kind=kind, content=text.encode(), source=source, tenant=tenant)


def measured(account: str, key: str, day: date) -> Decimal | None:
    """A measure of an account as the night of that day wrote it down."""
    with inside("acme"):
        return measured_values(account=Account.objects.get(external_id=account), day=day)[key]
