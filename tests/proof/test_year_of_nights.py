"""More than a year of ticks in tenants all over the world.

Near each change of a clock, and near the leap day and the year's end, every quarter of an hour;
else the last quarter before somebody's night is due, and the one in which it is.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tenants import nights
from tenants.calendar import last_closed_day, starts_at
from tenants.models import NightRun, Tenant

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
BEGIN = datetime(2024, 2, 1, tzinfo=UTC)  # a leap year, both changes of the clock in each half
DAYS = 400
SPECIAL = (BEGIN.date(), date(2024, 2, 29), date(2024, 12, 31))
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)


def ticks() -> Iterator[datetime]:
    clocks = [ZoneInfo(zone) for zone in ZONES]
    for day in (BEGIN + DAY * number for number in range(DAYS)):
        quarters = [day + QUARTER * number for number in range(96)]
        if clock_changes(near=day, clocks=clocks) or is_near(day, *SPECIAL):
            yield from quarters
        else:
            yield from (now for now in quarters if any(is_due(now, clock) for clock in clocks))


def clock_changes(*, near: datetime, clocks: list[ZoneInfo]) -> bool:
    around = [near - DAY, near + 2 * DAY]
    return any(len({now.astimezone(clock).utcoffset() for now in around}) > 1 for clock in clocks)


def is_near(day: datetime, *others: date) -> bool:
    return any(abs(day.date() - other) <= DAY for other in others)


def is_due(now: datetime, clock: ZoneInfo) -> bool:
    """Whether it is the first quarter from two in the night on, or the one before."""
    local = now.astimezone(clock)
    return (local.hour, local.minute) in ((1, 45), (2, 0))


def test_each_tenant_has_one_run_for_each_of_its_days(own_database: str) -> None:
    Tenant.objects.update(state=Tenant.State.SUSPENDED)
    for number, zone in enumerate(ZONES):
        # The ledger needs no schema behind a tenant.
        Tenant.objects.create(
            slug=f"t{number}", schema_name=f"in_{number}", name=zone, timezone=zone, state="ready"
        )
    planned: Counter[int] = Counter()
    for now in ticks():
        if nights.plan(now=now):
            planned[now.minute] += 1
            check(now=now)
    print("\nticks that planned something, by their minute:", dict(sorted(planned.items())))
    for tenant in Tenant.objects.filter(state="ready"):
        days = list(tenant.nights.order_by("local_date").values_list("local_date", flat=True))
        first = last_closed_day(moment=BEGIN, zone=tenant.timezone)
        assert days == [first + timedelta(days=n) for n in range(len(days))], tenant
        assert len(days) in (DAYS, DAYS + 1), tenant


def check(*, now: datetime) -> None:
    """What was planned last had ended two hours before, and not a quarter of an hour more."""
    new: dict[str, date] = {}
    for run in NightRun.objects.filter(queued_at=None).select_related("tenant"):
        new[run.tenant.timezone] = run.local_date
    NightRun.objects.filter(queued_at=None).update(queued_at=now)
    for zone, day in new.items():
        since = now - starts_at(day=day + timedelta(days=1), zone=zone) - timedelta(hours=2)
        if now > BEGIN:
            assert timedelta(0) <= since < timedelta(minutes=15), (zone, day, now)
