"""A tenant's local days. Only the edges read the clock; everything here is told the moment."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# A day is closed this long after it ended, so that late events of the evening are in. It is time
# that passes, not the hand of the clock: on a night when clocks change those two differ.
CLOSING_TIME = timedelta(hours=2)

# The first moment of a local day, in SQL: the lesser of two. Of an hour that comes twice PostgreSQL
# takes the second, also where it begins at midnight (Havana, the Azores); but the moment before it
# comes once, unless the day before was left out (Samoa, in 2011).
AT_MIDNIGHT = "timezone({zone_and_day}::timestamp)"
AFTER_THE_DAY_BEFORE = (
    "timezone({zone_and_day}::timestamp - interval '1 microsecond') + interval '1 microsecond'"
)
STARTS_AT = f"least({AT_MIDNIGHT}, {AFTER_THE_DAY_BEFORE})"


def check_zone(name: str) -> None:
    """Raise ValidationError for what is no time zone of the IANA list."""
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a known time zone.") % {"name": name})


def local_day(*, moment: datetime, zone: str) -> date:
    """The calendar day that it is in `zone` at `moment`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def last_closed_day(*, moment: datetime, zone: str) -> date:
    """The newest local day whose night may run at `moment`."""
    return local_day(moment=moment - CLOSING_TIME, zone=zone) - timedelta(days=1)


def starts_at(*, day: date, zone: str) -> datetime:
    """The first moment of a local day, in UTC (a day may have 23 or 25 hours)."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
