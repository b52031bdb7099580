"""The sample data, in which there is something of everything, in a database of a test's own."""

from collections.abc import Iterable
from datetime import date

from accounts.models import Import
from csplatform.demo.opening import import_file
from csplatform.demo.sample import sample_file, sample_rows
from metrics.pipeline.nightly import compute
from tenants.context import inside

LAST_DAY = date(2026, 10, 31)


def load_sample(slug: str, *, nights: Iterable[date] = (LAST_DAY,)) -> None:
    """Take the sample in as an import does, and run some of its nights."""
    with inside(slug) as tenant:
        for kind, rows in sample_rows(last_day=LAST_DAY, currency=tenant.currency).items():
            content = sample_file(rows)
            import_file(kind=kind, content=content, source=Import.Source.SAMPLE, tenant=tenant)
        for day in nights:
            compute(tenant=tenant, day=day, at_stage=lambda stage: None)
