"""The long work of this floor: the figures of what came in, before the night."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import short_night
from accounts.jobs import JobProgress, job_handler
from accounts.models import Account, AccountNow, Job
from metrics.figures import revisions
from metrics.models import Night
from metrics.pipeline import nightly
from tenants import nights
from tenants.calendar import last_closed_day
from tenants.context import tenant_connection
from tenants.models import Tenant
from tenants.typing import Json


@job_handler(short_night.SHORT_NIGHT, title=_("Figures after an import"))
def compute_what_came_in(job: Job, progress: JobProgress) -> Json:
    """Compute the day that home shows, and it alone: other days wait for the night."""
    tenant, now = tenant_connection().tenant, timezone.now()
    nights.plan(now=now)  # before the ledger knows this day: it plans from its newest row on
    day = day_shown(tenant=tenant, now=now)
    if is_computed(tenant=tenant, day=day):
        return {"day": day.isoformat(), "computed": False}
    try:
        nightly.run(tenant=tenant, day=day, by_hand=True, on_stage=progress)
    except nights.NightUnavailable:
        # The night that runs began before some of what came in.
        short_night.request(schema_name=tenant.schema_name)
        return {"day": day.isoformat(), "computed": False}
    return {"day": day.isoformat(), "computed": True}


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
