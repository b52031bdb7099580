"""Incidents: how long the product did not work."""

from django.db.models import (
    DecimalField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.expressions import start_of_day
from metrics.catalogue.records import Direction, Measure, Source, Unit, total
from metrics.windows.periods import Window
from support.models import Downtime, Incident
from tenants.typing import AnyRows

MINUTES = DecimalField(max_digits=60, decimal_places=30)


def _pieces(window: Window) -> QuerySet[Downtime]:
    """The stretches of one incident that reach into the window."""
    inside = Q(ends_at=None) | Q(ends_at__gt=start_of_day(window.start))
    mine = Downtime.objects.filter(incident=OuterRef("pk"))
    return mine.filter(inside, starts_at__lt=start_of_day(window.end))


def _incidents(window: Window) -> AnyRows:
    return Incident.objects.filter(Exists(_pieces(window)))


def _minutes(window: Window) -> Combinable:
    """The minutes of an incident in the window that no earlier one tells."""
    start, end = start_of_day(window.start), start_of_day(window.end)
    here = Func(
        Least(Coalesce(F("ends_at"), end), end) - Greatest(F("starts_at"), start),
        F("share"),
        arg_joiner=") * (",
        template="(EXTRACT(EPOCH FROM %(expressions)s) / 60)",
        output_field=MINUTES,
    )
    of_incident = _pieces(window).values("incident").annotate(minutes=Sum(here))
    zero = Value(0, output_field=MINUTES)
    result = Coalesce(Subquery(of_incident.values("minutes")), zero, output_field=MINUTES)
    return Func(result, Value(10), function="ROUND", output_field=MINUTES)


DOWNTIME = total(
    key="downtime_minutes",
    name=_("Downtime"),
    unit=Unit.MINUTES,
    direction=Direction.LOWER,
    source=Source.SUPPORT,
    when_missing=_("No incident is 0 minutes."),
    formula=_(
        "Minutes of the recorded incidents that lie in the period; a minute that an earlier "
        "incident told is not told again"
    ),
    numerator=Measure(
        rows=_incidents,
        expr=_minutes,
        account_path=None,
        columns=("title", "external_id", "started_at", "ended_at", "minutes_down"),
    ),
)
