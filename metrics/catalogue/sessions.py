"""Sessions: for how long people stay when they come."""

from django.db.models import DecimalField, F, Func, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from metrics.catalogue.expressions import reason_of
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
    trailing_days,
)
from metrics.windows.periods import Window
from usage.models import Session

EVENTS = Source.USAGE
NO_SESSIONS = _("There were no sessions in the period.")
ONE_EVENT = gettext_noop("a session of one event")
OF_SESSION = ("account__name", "user_id", "started_at", "ended_at", "events")
NUMBER = DecimalField(max_digits=24, decimal_places=10)


def _sessions(window: Window) -> QuerySet[Session]:
    return Session.objects.filter(day__gte=window.start, day__lt=window.end, account__is_test=False)


def _longer(window: Window) -> QuerySet[Session]:
    return _sessions(window).filter(events__gt=1)


def _bounces(window: Window) -> QuerySet[Session]:
    return _sessions(window).filter(events=1).annotate(reason=reason_of(ONE_EVENT))


LENGTH = Func(
    F("ended_at") - F("started_at"),
    function="EXTRACT",
    template="EXTRACT(EPOCH FROM %(expressions)s)",
    output_field=NUMBER,
)


def _seconds(rows: Rows, excluded: Rows | None = None) -> Measure:
    return Measure(
        rows=rows, expr=LENGTH, account_path="account", columns=OF_SESSION, excluded=excluded
    )


def _number(rows: Rows) -> Measure:
    return Measure(rows=rows, account_path="account", columns=OF_SESSION)


SESSION_DURATION = Metric(
    key="avg_session_duration",
    name=_("Mean length of a session"),
    unit=Unit.SECONDS,
    direction=Direction.NEITHER,
    source=EVENTS,
    when_missing=_("A session of one event lasts 0 seconds and counts."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Seconds of the sessions that began in the period, each to its end, ÷ their "
                "number; half an hour of silence ends a session"
            ),
            numerator=_seconds(_sessions),
            denominator=_number(_sessions),
            when_empty=NO_SESSIONS,
        ),
        "without_bounces": Variant(
            label=_("without sessions of one event"),
            formula=_("Seconds of the sessions of two events and more ÷ their number"),
            numerator=_seconds(_longer, excluded=_bounces),
            denominator=_number(_longer),
            when_empty=NO_SESSIONS,
        ),
    },
)

METRICS = [SESSION_DURATION]

ACCOUNT_METRICS = [
    AccountMetric.of(
        SESSION_DURATION,
        slot=15,
        name=_("Mean length of a session in 30 days"),
        direction=Direction.HIGHER,
        when_missing=NO_SESSIONS,
        over=trailing_days(30),
    ),
]
