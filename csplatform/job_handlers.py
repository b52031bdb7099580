"""Long work of the demo: sample data into a tenant, and out again."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.imports.undoing import undo
from accounts.jobs import JobProgress, job_handler
from accounts.models import Import, Job
from csplatform.demo.opening import import_file
from csplatform.demo.sample import sample_file, sample_rows
from tenants.calendar import local_day
from tenants.context import tenant_connection
from tenants.typing import Json

SAMPLE = Import.Source.SAMPLE


@job_handler("sample_in", title=_("Sample data in"))
def import_sample(job: Job, progress: JobProgress) -> Json:
    """Import the sample, up to yesterday. Begun anew, it finds what is there already."""
    tenant = tenant_connection().tenant
    last_day = local_day(moment=timezone.now(), zone=tenant.timezone) - timedelta(days=1)
    sample = sample_rows(last_day=last_day, currency=tenant.currency)
    for number, (kind, rows) in enumerate(sample.items()):
        progress("writing", done=number, total=len(sample))
        import_file(kind=kind, content=sample_file(rows), source=SAMPLE, tenant=tenant)
    progress.done = progress.total = len(sample)
    return {"kinds": len(sample)}


@job_handler("sample_out", title=_("Sample data out"))
def remove_sample(job: Job, progress: JobProgress) -> Json:
    """Undo every import of the sample, the last one first."""
    counts: dict[str, int] = {}
    entries = list(Import.objects.filter(source=SAMPLE, state=Import.State.DONE))
    for number, entry in enumerate(entries):
        progress("undoing", done=number, total=len(entries))
        for name, count in undo(entry=entry, tenant=tenant_connection().tenant).items():
            counts[name] = counts.get(name, 0) + count
    progress.done = progress.total = len(entries)
    return counts
