"""Long work of the demo: sample data into a tenant, and out again."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.imports.undoing import undo
from accounts.jobs import Pulse, work
from accounts.models import Import, Job
from csplatform.demo.opening import take_in_file
from csplatform.demo.sample import sample_file, sample_rows
from tenants.calendar import local_day
from tenants.context import wrapper

SAMPLE = Import.Source.SAMPLE


@work("sample_in")
def bring_sample(job: Job, pulse: Pulse) -> dict[str, Any]:
    """Import the sample, up to yesterday. Begun anew, it finds what is there already."""
    tenant = wrapper().tenant
    last_day = local_day(moment=timezone.now(), zone=tenant.timezone) - timedelta(days=1)
    sample = sample_rows(last_day=last_day, currency=tenant.currency)
    for number, (kind, rows) in enumerate(sample.items()):
        pulse("writing", done=number, total=len(sample))
        take_in_file(kind=kind, content=sample_file(rows), source=SAMPLE, tenant=tenant)
    pulse.done = pulse.total = len(sample)
    return {"kinds": len(sample)}


@work("sample_out")
def remove_sample(job: Job, pulse: Pulse) -> dict[str, Any]:
    """Undo every import of the sample, the last one first."""
    counts: dict[str, int] = {}
    entries = list(Import.objects.filter(source=SAMPLE, state=Import.State.DONE))
    for number, entry in enumerate(entries):
        pulse("undoing", done=number, total=len(entries))
        for name, count in undo(entry=entry, tenant=wrapper().tenant).items():
            counts[name] = counts.get(name, 0) + count
    pulse.done = pulse.total = len(entries)
    return counts
