"""Adoption: who comes, how often, and for how long."""

from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, DecimalField, F, Func, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from metrics.catalogue.records import (
    STANDARD,
    Direction,
    Measure,
    Metric,
    Rows,
    Unit,
    Variant,
    total,
)
from metrics.catalogue.rows import because
from metrics.periods import Window
from usage.models import DailyUsage, Event, Session

EVENTS = _("events")
NOBODY = _("Nobody came in 30 days.")
NO_SESSIONS = _("There were no sessions in the period.")
ONE_EVENT = gettext_noop("a session of one event")
COLUMNS = ("account__name", "user_id", "day", "event", "feature")
OF_SESSION = ("account__name", "user_id", "started_at", "ended_at", "events")
PERSONS = Count("user_id", distinct=True)
# A person on a day, each once; over thirty days its mean is the mean of the daily numbers.
PERSON_DAYS = Count(
    Concat("user_id", Value("|"), Cast("day", CharField()), output_field=CharField()), distinct=True
)
SECONDS = DecimalField(max_digits=24, decimal_places=6)


def _came(days: int) -> Rows:
    """What people did in so many days, the last one included.

    Read from what the nights have counted where one was run, else from the events themselves.
    """

    def rows(window: Window) -> QuerySet[Any, Any]:
        model: Any = DailyUsage if window.frozen else Event
        span = (window.day - timedelta(days=days - 1), window.day)
        came: QuerySet[Any, Any] = model.objects.filter(day__range=span, account__is_test=False)
        return came

    return rows


def _persons(days: int) -> Measure:
    return Measure(rows=_came(days), total=PERSONS, account="account", columns=COLUMNS)


DAY, WEEK, MONTH = _persons(1), _persons(7), _persons(30)
MEAN_DAY = Measure(
    rows=_came(30), total=PERSON_DAYS / Value(30.0), account="account", columns=COLUMNS
)


def _active(key: str, name: Any, measure: Measure, formula: Any) -> Metric:
    return total(
        key=key,
        name=name,
        unit=Unit.COUNT,
        direction=Direction.HIGHER,
        source=EVENTS,
        silence=_("Who did nothing was not there."),
        point_in_time=True,
        formula=formula,
        numerator=measure,
    )


DAU = _active(
    "dau", _("Daily active users"), DAY, _("Different people with at least one event on the day")
)
WAU = _active(
    "wau", _("Weekly active users"), WEEK, _("Different people with at least one event in 7 days")
)
MAU = _active(
    "mau",
    _("Monthly active users"),
    MONTH,
    _("Different people with at least one event in 30 days"),
)
STICKINESS = Metric(
    key="stickiness",
    name=_("Stickiness"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=EVENTS,
    silence=NOBODY,
    point_in_time=True,
    variants={
        "mean": Variant(
            label=_("mean day of the month"),
            formula=_("Mean of the daily active users of 30 days ÷ monthly active users"),
            numerator=MEAN_DAY,
            denominator=MONTH,
            scale=100,
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


def _sessions(window: Window) -> QuerySet[Session]:
    return Session.objects.filter(day__gte=window.start, day__lt=window.end, account__is_test=False)


def _longer(window: Window) -> QuerySet[Session]:
    return _sessions(window).filter(events__gt=1)


def _bounces(window: Window) -> QuerySet[Session]:
    return _sessions(window).filter(events=1).annotate(reason=because(ONE_EVENT))


LENGTH = Func(
    F("ended_at") - F("started_at"),
    function="EXTRACT",
    template="EXTRACT(EPOCH FROM %(expressions)s)",
    output_field=SECONDS,
)


def _seconds(rows: Rows, left_out: Rows | None = None) -> Measure:
    seconds = Coalesce(Sum(LENGTH), Value(0), output_field=SECONDS)
    return Measure(
        rows=rows, total=seconds, account="account", columns=OF_SESSION, left_out=left_out
    )


def _number(rows: Rows) -> Measure:
    return Measure(rows=rows, total=Count("pk"), account="account", columns=OF_SESSION)


SESSION_DURATION = Metric(
    key="avg_session_duration",
    name=_("Mean length of a session"),
    unit=Unit.SECONDS,
    direction=Direction.NEITHER,
    source=EVENTS,
    silence=_("A session of one event lasts 0 seconds and counts."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Seconds of the sessions that began in the period ÷ their number; "
                "half an hour of silence ends a session"
            ),
            numerator=_seconds(_sessions),
            denominator=_number(_sessions),
            when_empty=NO_SESSIONS,
        ),
        "without_bounces": Variant(
            label=_("without sessions of one event"),
            formula=_("Seconds of the sessions of two events and more ÷ their number"),
            numerator=_seconds(_longer, left_out=_bounces),
            denominator=_number(_longer),
            when_empty=NO_SESSIONS,
        ),
    },
)

METRICS = [DAU, WAU, MAU, STICKINESS, SESSION_DURATION]
