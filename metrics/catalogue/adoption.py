"""Adoption: who comes, how often, and for how long."""

from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Count, DecimalField, Max, Sum, Value
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Account
from metrics.catalogue import sessions
from metrics.catalogue.expressions import day_of, during_days, length_of, named_by
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    Rows,
    Source,
    Unit,
    Variant,
)
from metrics.windows.periods import Window
from tenants.typing import AnyRows, RowsOf
from usage.models import DailyUsage, Event

EVENTS = Source.USAGE
NOBODY = _("Nobody came in 30 days.")
OF_PERSON = ("account__name", "user_id", "last_on", "how_often")
OF_DAY = ("account__name", "user_id", "day", "how_often")
NUMBER = DecimalField(max_digits=24, decimal_places=10)


# What counts as activity is the tenant's choice: see `CountingRules`.
IS_ACTIVITY = named_by("activity_events", "event")


def came(window: Window, *, days: int, ago: int = 0) -> AnyRows:
    """What people did in so many days, the last one included, or so many days earlier."""
    end = window.end - timedelta(days=ago)
    return did_between(end - timedelta(days=days), end, movements_stored=window.movements_stored)


def did_between(start: date, end: date, *, movements_stored: bool) -> AnyRows:
    """What people did in [start, end).

    Read from what the nights have counted where one was run, else from the events themselves.
    """
    did = _counted(start, end) if movements_stored else events_of(start, end)
    # There are few test accounts and many rows: it is quicker to know the few than to join all.
    tests = Account.objects.filter(is_test=True)
    people = did.filter(IS_ACTIVITY).exclude(account_id__in=tests.values("pk"))
    return people.order_by()


def _counted(start: date, end: date) -> RowsOf[DailyUsage]:
    return DailyUsage.objects.filter(day__gte=start, day__lt=end)


def events_of(start: date, end: date) -> RowsOf[Event]:
    """The events of the local days of [start, end), each with its `day`."""
    events = Event.objects.filter(during_days("occurred_at", start, end))
    return events.annotate(day=day_of("occurred_at", start))


def how_often(rows: AnyRows) -> Sum | Count:
    """The number of events behind a group of `rows`."""
    return Sum("events") if rows.model is DailyUsage else Count("id")


def people(days: int) -> Rows:
    """Each person of an account who came in so many days, once."""

    def rows(window: Window) -> AnyRows:
        did = came(window, days=days)
        each = did.values("account_id", "user_id")
        users: AnyRows = each.annotate(last_on=Max("day"), how_often=how_often(did))
        return users

    return rows


def person_days(days: int, *, ago: int = 0) -> Measure:
    """Each person on each day on which they came, once."""

    def rows(window: Window) -> AnyRows:
        return _by_person_and_day(came(window, days=days, ago=ago))

    return Measure(rows=rows, account_path="account", columns=OF_DAY)


def _by_person_and_day(did: AnyRows) -> AnyRows:
    each = did.values("account_id", "user_id", "day")
    user_days: AnyRows = each.annotate(how_often=how_often(did))
    return user_days


def _of_period(window: Window) -> AnyRows:
    return _by_person_and_day(
        did_between(window.start, window.end, movements_stored=window.movements_stored)
    )


def _persons(days: int) -> Measure:
    return Measure(rows=people(days), account_path="account", columns=OF_PERSON)


def _user_ids(days: int) -> Measure:
    """Each person who came in so many days once, in however many accounts."""

    def rows(window: Window) -> AnyRows:
        did = came(window, days=days)
        each = did.values("user_id")
        users: AnyRows = each.annotate(last_on=Max("day"), how_often=how_often(did))
        return users

    return Measure(rows=rows, account_path=None, columns=OF_PERSON[1:])


DAY, WEEK, MONTH = _persons(1), _persons(7), _persons(30)
DAYS_OF_MONTH = person_days(30)
PERSON_DAYS_OF_PERIOD = Measure(
    rows=_of_period,
    expr=lambda window: Value(1, output_field=NUMBER) / length_of(window),
    account_path="account",
    columns=OF_DAY,
)


def _active(
    key: str,
    name: StrOrPromise,
    measure: Measure,
    formula: StrOrPromise,
    *,
    days: int,
    people: StrOrPromise,
) -> Metric:
    return Metric(
        key=key,
        name=name,
        unit=Unit.COUNT,
        direction=Direction.HIGHER,
        source=EVENTS,
        when_missing=_(
            "Who did nothing was not there. Somebody who works in two accounts is a user of each: "
            "a seat in each."
        ),
        point_in_time=True,
        variants={
            "all": Variant(label=STANDARD, formula=formula, numerator=measure),
            "people": Variant(
                label=_("people, however many accounts they work in"),
                formula=people,
                numerator=_user_ids(days),
                tenant_only=True,
                when_empty=_("People who work in several accounts are counted of the whole alone."),
            ),
        },
    )


DAU = _active(
    "dau",
    _("Daily active users"),
    DAY,
    _("Different users of each account with at least one activity on the day"),
    days=1,
    people=_("Different user ids with at least one activity on the day"),
)
WAU = _active(
    "wau",
    _("Weekly active users"),
    WEEK,
    _("Different users of each account with at least one activity in 7 days"),
    days=7,
    people=_("Different user ids with at least one activity in 7 days"),
)
MAU = _active(
    "mau",
    _("Monthly active users"),
    MONTH,
    _("Different users of each account with at least one activity in 30 days"),
    days=30,
    people=_("Different user ids with at least one activity in 30 days"),
)
STICKINESS = Metric(
    key="stickiness",
    name=_("Stickiness"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=EVENTS,
    when_missing=NOBODY,
    point_in_time=True,
    variants={
        "mean": Variant(
            label=_("mean day of the month"),
            formula=_("Days on which people came in 30 days ÷ 30 ÷ monthly active users"),
            numerator=DAYS_OF_MONTH,
            denominator=MONTH,
            scale=Fraction(100, 30),
            when_empty=NOBODY,
        ),
        "last_day": Variant(
            label=_("the last day"),
            formula=_("Daily active users ÷ monthly active users"),
            numerator=DAY,
            denominator=MONTH,
            scale=100,
            when_empty=NOBODY,
        ),
    },
)
USAGE_TREND = Metric(
    key="usage_trend",
    name=_("Trend of use"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=EVENTS,
    when_missing=_("Unknown where nobody came in the 28 days before."),
    point_in_time=True,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Days on which people came in the last 28 days ÷ those of the 28 days before "
                "× 100 − 100"
            ),
            numerator=person_days(28),
            denominator=person_days(28, ago=28),
            scale=100,
            subtract=100,
            when_empty=_("Nobody came in the 28 days before."),
        )
    },
)


METRICS = [DAU, WAU, MAU, STICKINESS, USAGE_TREND, *sessions.METRICS]

ACCOUNT_METRICS = [
    AccountMetric.of(
        MAU,
        slot=10,
        key="mau",
        name=_("Breadth: people who came in 30 days"),
        unit=Unit.COUNT,
        direction=Direction.HIGHER,
        when_missing=_("Who did nothing was not there."),
        value_when_missing=0,
    ),
    AccountMetric.of(
        STICKINESS,
        slot=11,
    ),
    AccountMetric.of(
        USAGE_TREND,
        slot=12,
    ),
    *sessions.ACCOUNT_METRICS,
]
