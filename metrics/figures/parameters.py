"""Turn what somebody typed into an address into a question, or say what is wrong with it."""

import re
from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.countries import code_of
from accounts.imports.records import FIRST_DAY, LAST_DAY
from accounts.models.rules import first_weekday
from metrics.figures.kpis import KpiQuery
from metrics.figures.segments import COUNTRY, SEGMENT_DIMENSIONS, Segment
from metrics.figures.series import MOST, Span, back, length
from metrics.models import Night
from metrics.windows.periods import Period
from tenants.calendar import last_closed_day
from tenants.models import Tenant

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
TREND = 13  # periods: a year of months, and the one it is compared to


class InvalidParameter(ValueError):
    """A parameter that makes no sense: `parameter` is its name, the text says why."""

    def __init__(self, parameter: str, text: str, *, code: str = "invalid") -> None:
        super().__init__(text)
        self.parameter, self.code = parameter, code


def parse_kpi_query(parameters: Mapping[str, str], *, tenant: Tenant) -> KpiQuery:
    """The question that `date`, `period` and `segment` ask; without a date, of the last night."""
    return KpiQuery(
        day=parse_day(parameters, tenant=tenant),
        period=_period(parameters.get("period") or Period.MONTH),
        segment=parse_segment(parameters.get("segment") or ""),
        first_weekday=first_weekday(tenant),
    )


def parse_day(parameters: Mapping[str, str], *, tenant: Tenant, called: str = "date") -> date:
    """The parameter `date`, else the day of the latest night, else the last day that is closed."""
    text = parameters.get("date") or ""
    if text:
        return _day(text, called=called)
    latest = Night.objects.first()
    if latest:
        return latest.day
    return last_closed_day(moment=timezone.now(), zone=tenant.timezone)


def _day(text: str, *, called: str) -> date:
    try:
        day = date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        raise InvalidParameter(called, _("“%s” is not a date like 2026-01-31.") % text) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidParameter(called, _("The date must lie between 1900 and 2199."))
    return day


def _period(text: str) -> Period:
    try:
        return Period(text)
    except ValueError:
        known = ", ".join(Period.values)
        raise InvalidParameter("period", _("The period is one of: %s.") % known) from None


def parse_segment(text: str) -> Segment | None:
    """A segment written as column:value; None where nothing is written. Raises InvalidParameter."""
    if not text:
        return None
    column, colon, value = text.partition(":")
    if not colon or column not in SEGMENT_DIMENSIONS or "\0" in value:
        known = ", ".join(SEGMENT_DIMENSIONS)
        raise InvalidParameter(
            "segment", _("A segment is written column:value, the column one of: %s.") % known
        )
    if column == Segment.NO_ACCOUNT.dimension and value != Segment.NO_ACCOUNT.value:
        raise InvalidParameter("segment", _("Of accounts only “account:none” can be asked for."))
    return Segment(column, code_of(value) if column == COUNTRY else value)


def parse_span(parameters: Mapping[str, str], *, tenant: Tenant) -> Span:
    """The span that `from`, `to` and `period` ask for; by default a year of months."""
    period = _period(parameters.get("period") or Period.MONTH)
    weekday = first_weekday(tenant)
    last = parse_day({"date": parameters.get("to", "")}, tenant=tenant, called="to")
    begin = parameters.get("from") or ""
    first = (
        _day(begin, called="from")
        if begin
        else back(last, period=period, periods=TREND, first_weekday=weekday)
    )
    span = Span(
        first=first,
        last=last,
        period=period,
        segment=parse_segment(parameters.get("segment") or ""),
        first_weekday=weekday,
    )
    if first > last:
        raise InvalidParameter("from", _("It must not lie after the end."), code="order")
    if length(span) > MOST:
        result = _("At most %s periods can be asked for at once.") % MOST
        raise InvalidParameter("from", result, code="too_many")
    return span
