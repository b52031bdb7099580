"""The past of a book that has just come in: the days that trends and lists look back to.

Nights compute a tenant's days from its first one on. What was before is computed once, after an
import, so that the first page shows where the figures come from.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min

from accounts.models import Account, Purchase, Subscription
from metrics.models import Night
from metrics.pipeline.health import publish, weeks_shown
from metrics.windows.periods import Period, window_for
from support.models import Ticket
from surveys.models import Response
from tenants import locks
from tenants.calendar import local_day
from tenants.models import Tenant
from usage.models import DailyUsage

MONTHS = 13  # so that the first of them is the year before of the last
CHANGE_OF_HEALTH = timedelta(days=30)
FACTS = (
    (Account, "created_on"),
    (Subscription, "started_on"),
    (Purchase, "occurred_on"),
    (DailyUsage, "day"),
    (Ticket, "opened_at"),
    (Response, "answered_at"),
)


def missing_days(*, tenant: Tenant, latest: date) -> list[date]:
    """The days before `latest` that are to be computed, the newest first.

    Month ends, and the weeks and the day a month ago that lists compare scores with: those that
    have facts, and that no night has computed since these changed.
    """
    first = first_fact_day(zone=tenant.timezone)
    if first is None:
        return []
    wanted = {*days_of_lists(latest), *_month_ends(latest)}
    return without_computed(day for day in wanted if day >= first)


def without_computed(days: Iterable[date]) -> list[date]:
    """The days that no night has computed since their facts changed, the newest first."""
    wanted = set(days)
    computed = Night.objects.filter(stale=False, day__in=wanted).values_list("day", flat=True)
    return sorted(wanted.difference(computed), reverse=True)


def days_of_lists(latest: date) -> set[date]:
    """The earlier days whose scores the list of accounts shows beside those of `latest`."""
    return {*weeks_shown(latest), latest - CHANGE_OF_HEALTH} - {latest}


def _month_ends(latest: date) -> Iterator[date]:
    month = window_for(period=Period.MONTH, day=latest)
    for _month in range(MONTHS):
        yield month.eve
        month = month.ending(month.eve)


def first_fact_day(*, zone: str) -> date | None:
    """The local day of the earliest fact that is dated; None without one."""
    firsts = (model._default_manager.aggregate(first=Min(name))["first"] for model, name in FACTS)
    return min((_day(first, zone) for first in firsts if first), default=None)


def _day(moment: date, zone: str) -> date:
    return local_day(moment=moment, zone=zone) if isinstance(moment, datetime) else moment


def publish_again(*, tenant: Tenant) -> None:
    """Let the lists show what has been computed of earlier days."""
    with locks.held(schema_name=tenant.schema_name, purpose="night"), transaction.atomic():
        latest = Night.objects.first()
        if latest:
            publish(day=latest.day)
