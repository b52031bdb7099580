"""Relationship: when somebody last spoke with an account, and what its renewals say."""

from django.db.models import Count, DateField, F, Func, IntegerField, Max, Min, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Activity, Renewal
from metrics.catalogue.expressions import bytewise, start_of_day
from metrics.catalogue.records import AccountMetric, Direction, Source, Unit
from metrics.windows.periods import Window
from tenants.context import tenant_connection
from tenants.typing import AnyRows, RowsOf

CARE = Source.CARE
NEVER = _("Unknown where nothing was ever written down.")


def _until(window: Window) -> RowsOf[Activity]:
    return Activity.objects.filter(at__lt=start_of_day(window.end)).order_by()


def _since_touch(window: Window) -> AnyRows:
    zone = Value(tenant_connection().tenant.timezone)
    local = Func(zone, Max("at"), template="(timezone(%(expressions)s))::date")
    days = Func(
        Value(window.day, output_field=DateField()),
        local,
        arg_joiner=" - ",
        template="(%(expressions)s)",
        output_field=IntegerField(),
    )
    return _until(window).values("account_id").annotate(value=days)


def _sentiment(window: Window) -> AnyRows:
    """The latest one that somebody wrote down."""
    result = _until(window).filter(sentiment__isnull=False)
    latest = result.order_by("account_id", "-at", bytewise("external_id").desc())
    return latest.distinct("account_id").values("account_id", value=F("sentiment"))


def _known(window: Window) -> RowsOf[Renewal]:
    """Renewals of subscriptions that had begun by the end of the day."""
    return Renewal.objects.filter(subscription__started_on__lte=window.day).order_by()


def _is_open(window: Window) -> Q:
    """Not renewed by the end of the day, and of a subscription that had not ended."""
    serves = Q(subscription__ended_on=None) | Q(subscription__ended_on__gt=window.day)
    return (Q(renewed_on=None) | Q(renewed_on__gt=window.day)) & serves


def _days_to_renewal(window: Window) -> AnyRows:
    days = Func(
        Min("due_on"),
        Value(window.day, output_field=DateField()),
        arg_joiner=" - ",
        template="(%(expressions)s)",
        output_field=IntegerField(),
    )
    ahead = _known(window).filter(_is_open(window), due_on__gt=window.day)
    return ahead.values(account_id=F("subscription__account_id")).annotate(value=days)


def _overdue(window: Window) -> AnyRows:
    # What renews by itself has done so, since it goes on.
    late = _is_open(window) & Q(due_on__lte=window.day, auto_renew=False)
    each = _known(window).values(account_id=F("subscription__account_id"))
    return each.annotate(value=Count("id", filter=late))


ACCOUNT_METRICS = [
    AccountMetric(
        key="days_since_last_touch",
        slot=17,
        name=_("Days since the last contact"),
        formula=_("Days from the last activity that was written down to the end of the day"),
        unit=Unit.DAYS,
        direction=Direction.LOWER,
        source=CARE,
        when_missing=NEVER,
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
        when_missing=_("Unknown where no renewal is ahead."),
        values=_days_to_renewal,
    ),
    AccountMetric(
        key="overdue_renewals",
        slot=19,
        name=_("Overdue renewals"),
        formula=_(
            "Renewals that were due by the day, neither renewed nor renewing by themselves, of "
            "subscriptions that go on"
        ),
        unit=Unit.COUNT,
        direction=Direction.LOWER,
        source=CARE,
        when_missing=_("Unknown where no term is known; nothing overdue is 0."),
        values=_overdue,
    ),
    AccountMetric(
        key="sentiment",
        slot=20,
        name=_("The manager’s last impression"),
        formula=_("The sentiment, from 1 to 5, of the last activity that has one"),
        unit=Unit.SCORE,
        direction=Direction.HIGHER,
        source=CARE,
        when_missing=NEVER,
        values=_sentiment,
    ),
]
