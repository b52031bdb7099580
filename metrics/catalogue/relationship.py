"""Relationship: when somebody last spoke with an account, and what its renewals say."""

from typing import Any

from django.db.models import Count, DateField, F, Func, IntegerField, Max, Min, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Activity, Renewal
from metrics.catalogue.records import AccountMetric, Direction, Source, Unit
from metrics.catalogue.rows import begins
from metrics.periods import Window
from tenants.context import wrapper

CARE = Source.CARE
NEVER = _("Unknown where nothing was ever written down.")


def _until(window: Window) -> QuerySet[Activity, Any]:
    return Activity.objects.filter(at__lt=begins(window.end)).order_by()


def _since_touch(window: Window) -> QuerySet[Any, Any]:
    zone = Value(wrapper().tenant.timezone)
    local = Func(zone, Max("at"), template="(timezone(%(expressions)s))::date")
    days = Func(
        Value(window.day, output_field=DateField()),
        local,
        arg_joiner=" - ",
        template="(%(expressions)s)",
        output_field=IntegerField(),
    )
    return _until(window).values("account_id").annotate(value=days)


def _sentiment(window: Window) -> QuerySet[Any, Any]:
    """The latest one that somebody wrote down."""
    said = _until(window).filter(sentiment__isnull=False)
    latest = said.order_by("account_id", "-at", "-pk").distinct("account_id")
    return latest.values("account_id", value=F("sentiment"))


def _due(window: Window) -> QuerySet[Renewal, Any]:
    """Renewals that were open at the end of the day, of subscriptions that had not ended."""
    open_ = Q(renewed_on=None) | Q(renewed_on__gt=window.day)
    serves = Q(subscription__ended_on=None) | Q(subscription__ended_on__gt=window.day)
    begun = Q(subscription__started_on__lte=window.day)
    return Renewal.objects.filter(open_ & serves & begun).order_by()


def _days_to_renewal(window: Window) -> QuerySet[Any, Any]:
    days = Func(
        Min("due_on"),
        Value(window.day, output_field=DateField()),
        arg_joiner=" - ",
        template="(%(expressions)s)",
        output_field=IntegerField(),
    )
    ahead = _due(window).filter(due_on__gt=window.day)
    return ahead.values(account_id=F("subscription__account_id")).annotate(value=days)


def _overdue(window: Window) -> QuerySet[Any, Any]:
    late = _due(window).filter(due_on__lte=window.day)
    return late.values(account_id=F("subscription__account_id")).annotate(value=Count("id"))


OF_ACCOUNTS = [
    AccountMetric(
        key="days_since_last_touch",
        slot=17,
        name=_("Days since the last contact"),
        formula=_("Days from the last activity that was written down to the end of the day"),
        unit=Unit.DAYS,
        direction=Direction.LOWER,
        source=CARE,
        silence=NEVER,
        values=_since_touch,
    ),
    AccountMetric(
        key="days_to_renewal",
        slot=18,
        name=_("Days to the next renewal"),
        formula=_("Days from the end of the day to the next renewal that is due"),
        unit=Unit.DAYS,
        direction=Direction.NEITHER,
        source=CARE,
        silence=_("Unknown where no renewal is ahead."),
        values=_days_to_renewal,
    ),
    AccountMetric(
        key="overdue_renewals",
        slot=19,
        name=_("Overdue renewals"),
        formula=_("Renewals that were due by the day and not renewed"),
        unit=Unit.COUNT,
        direction=Direction.LOWER,
        source=CARE,
        silence=_("Nothing overdue is 0."),
        values=_overdue,
        when_silent=0,
    ),
    AccountMetric(
        key="sentiment",
        slot=20,
        name=_("The manager’s last impression"),
        formula=_("The sentiment, from 1 to 5, of the last activity that has one"),
        unit=Unit.SCORE,
        direction=Direction.HIGHER,
        source=CARE,
        silence=NEVER,
        values=_sentiment,
    ),
]
