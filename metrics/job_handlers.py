"""The long work of this floor: the figures of what came in, and of the months before it."""

from contextlib import suppress
from datetime import date, datetime
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.figures_jobs import BACKFILL, SHORT_NIGHT, request
from accounts.jobs import JobProgress, job_handler
from accounts.models import Account, AccountNow, Job
from metrics.figures import revisions
from metrics.models import Night
from metrics.pipeline import backfill, nightly
from tenants import nights
from tenants.calendar import last_closed_day
from tenants.context import tenant_connection
from tenants.models import Tenant
from tenants.typing import Json


@job_handler(SHORT_NIGHT, title=_("Figures after an import"))
def compute_what_came_in(job: Job, progress: JobProgress) -> Json:
    """Compute the day that home shows, and it alone: the past is a job of its own, after it."""
    tenant, now = tenant_connection().tenant, timezone.now()
    nights.plan(now=now)  # before the ledger knows this day: it plans from its newest row on
    day = day_shown(tenant=tenant, now=now)
    computed = not is_computed(tenant=tenant, day=day)
    if computed:
        try:
            nightly.run(tenant=tenant, day=day, by_hand=True, on_stage=progress)
        except nights.NightUnavailable:
            # The night that runs began before some of what came in.
            request(SHORT_NIGHT, schema_name=tenant.schema_name)
            return {"day": day.isoformat(), "computed": False}
    if backfill.missing_days(tenant=tenant, latest=day):
        request(BACKFILL, schema_name=tenant.schema_name)
    return {"day": day.isoformat(), "computed": computed}


@job_handler(BACKFILL, title=_("Figures of past days"))
def compute_past(job: Job, progress: JobProgress) -> Json:
    """Compute the days that were asked for, else all that trends and lists look back to.

    Whatever else the tenant waits for goes first: the rest is then a job of its own, behind it.
    """
    tenant, latest = tenant_connection().tenant, Night.objects.first()
    days, done = _days_wanted(job, tenant, latest), 0
    for done, day in enumerate(days, start=1):
        _compute_past_day(tenant, day, partial(progress, done=done - 1, total=len(days)))
        if latest and day in backfill.days_of_lists(latest.day):
            backfill.publish_again(tenant=tenant)
        if "days" not in job.parameters and done < len(days) and _others_wait(job):
            request(BACKFILL, schema_name=tenant.schema_name)
            break
    progress("", done=done, total=len(days))
    return {"computed": done, "left": len(days) - done}


def _days_wanted(job: Job, tenant: Tenant, latest: Night | None) -> list[date]:
    if "days" in job.parameters:
        return backfill.without_computed(map(date.fromisoformat, job.parameters["days"]))
    return backfill.missing_days(tenant=tenant, latest=latest.day) if latest else []


def _compute_past_day(tenant: Tenant, day: date, on_stage: nightly.StageCallback) -> None:
    with suppress(nights.NightUnavailable):  # somebody else computes it
        nightly.run(tenant=tenant, day=day, by_hand=True, on_stage=on_stage)


def _others_wait(job: Job) -> bool:
    return Job.objects.filter(state=Job.State.QUEUED).exclude(pk=job.pk).exists()


def day_shown(*, tenant: Tenant, now: datetime) -> date:
    """The last closed local day of a tenant's data, or the day of its latest night if later."""
    closed = last_closed_day(moment=now, zone=tenant.timezone)
    latest = Night.objects.first()
    days = [min(closed, tenant.last_day or closed), *([latest.day] if latest else [])]
    return max(days)


def is_computed(*, tenant: Tenant, day: date) -> bool:
    """Whether the night of `day` has seen every fact and every account that it can know."""
    if not Night.objects.filter(day=day, stale=False).exists():
        return False
    changed = revisions.first_day(zone=tenant.timezone)
    unscored = AccountNow.objects.filter(day=None, account__in=Account.objects.known_on(day))
    return not (changed and changed <= day) and not unscored.exists()
