"""Facts of the past that were corrected: which nights they make stale, and what that changed."""

from datetime import date

from django.db import connection
from django.db.models import Min, QuerySet

from accounts.models import DirtyDay
from metrics.catalogue.records import Source
from metrics.figures.readings import Reading
from metrics.models import Night, Revision
from metrics.windows.periods import Period
from tenants.calendar import local_day

# Which facts a number of some source can depend on besides those it is named after: what counts
# as a customer is part of most.
ALSO = {
    Source.MONEY: (Source.SALES, Source.USAGE),
    Source.USAGE: (Source.MONEY,),
    Source.CARE: (Source.MONEY,),
}

WAS = """
CREATE TEMPORARY TABLE was ON COMMIT DROP AS
SELECT period, key, variant, value FROM metrics_kpisnapshot
WHERE day = %s AND compared = '' AND dimension = ''
"""
BECAME = """
INSERT INTO metrics_revision (day, period, key, variant, was, became, since, at)
SELECT now.day, period, key, variant, was.value, now.value, %s, %s
FROM was JOIN metrics_kpisnapshot now USING (period, key, variant)
WHERE now.day = %s AND now.compared = '' AND now.dimension = ''
    AND was.value IS DISTINCT FROM now.value;
DROP TABLE pg_temp.was
"""


def first_day(*, zone: str) -> date | None:
    """The earliest local day of which facts were written since the last night (None: no day)."""
    return _earliest(DirtyDay.objects.all(), zone=zone)


def first_day_of(source: Source, *, zone: str) -> date | None:
    """The same of the facts that the metrics of a source may rest on."""
    marks = DirtyDay.objects.filter(facts__in=(source, Source.RULES, *ALSO.get(source, ())))
    return _earliest(marks, zone=zone)


def _earliest(marks: QuerySet[DirtyDay], *, zone: str) -> date | None:
    first = marks.aggregate(day=Min("day"), at=Min("at"))
    days = [first["day"], local_day(moment=first["at"], zone=zone) if first["at"] else None]
    return min((day for day in days if day), default=None)


def mark_stale(*, since: date | None) -> None:
    """What nights from that day on have found is to be computed again."""
    if since:
        Night.objects.filter(day__gte=since).update(stale=True)
    # The stages that count money and usage have taken their own marks away.
    stored = (Source.MONEY, Source.RULES, Source.USAGE)
    DirtyDay.objects.exclude(facts__in=stored).delete()


def copy_snapshots(night: Night) -> None:
    """Keep what the night found, until `tell` compares it with what it finds now."""
    with connection.cursor() as cursor:
        cursor.execute(WAS, [night.day])


def record(night: Night, *, before: Night) -> None:
    """Write down every number of the tenant that became another one."""
    with connection.cursor() as cursor:
        cursor.execute(BECAME, [before.computed_at, night.computed_at, night.day])


def pending_for(night: Night | None, *, zone: str) -> date | None:
    """The first day whose facts have changed since `night`; None when it has seen them all."""
    return _pending(night, first_day(zone=zone)) if night else None


def pending(reading: Reading, *, zone: str) -> date | None:
    """The same of the facts that one number, as a night wrote it down, may rest on."""
    if not reading.from_snapshot:
        return None
    night = Night.objects.filter(day=reading.window.day).first()
    return _pending(night, first_day_of(reading.metric.source, zone=zone)) if night else None


def _pending(night: Night, changed: date | None) -> date | None:
    """A night that is to be computed again has missed something since the first such night."""
    if night.stale:
        since: date = Night.objects.filter(stale=True).earliest("day").day
        return min(since, changed or since)
    return changed if changed is not None and changed <= night.day else None


def revisions(reading: Reading) -> QuerySet[Revision]:
    """What this number was before, the last change first."""
    return Revision.objects.filter(
        day=reading.window.day,
        period=Period(reading.window.period),
        key=reading.metric.key,
        variant=reading.variant,
    )
