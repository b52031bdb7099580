"""Habits: who comes as often as is hoped for, and how long they stay."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from django.db.models import Count, F
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from metrics.catalogue.adoption import EVENTS, MONTH, NOBODY, came, people
from metrics.catalogue.expressions import rule
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    Unit,
    Variant,
    dimension_of,
    names_in,
    whole_rows,
)
from metrics.catalogue.rows import OF_ACCOUNT, UNKNOWN, accounts, over_trailing
from metrics.catalogue.sessions import SESSION_DURATION
from metrics.catalogue.utilisation import base
from metrics.windows.intervals import wilson
from metrics.windows.periods import Window
from tenants.typing import AnyRows
from usage.models import DailyUsage

NOBODY_THERE = _("There is nobody who could come.")
SESSIONS = SESSION_DURATION.variants["all"].numerator


def _often(days: int, least: int | Combinable) -> Measure:
    """Accounts of the base with at least so many active days among the last ones."""

    def rows(window: Window) -> AnyRows:
        each = (
            came(window, days=days)
            .values("account_id")
            .annotate(active_days=Count("day", distinct=True))
        )
        often = each.filter(active_days__gte=least)
        return base(window).filter(pk__in=often.values("account_id"))

    return Measure(rows=rows, account_path="", columns=OF_ACCOUNT)


def _people_often(window: Window) -> AnyRows:
    """People with as many active days in the last week as is hoped for."""
    each = came(window, days=7).values("account_id", "user_id")
    active: AnyRows = each.annotate(active_days=Count("day", distinct=True))
    return active.filter(active_days__gte=rule("target_days_a_week"))


def _rate(label: StrOrPromise, formula: StrOrPromise, numerator: Measure) -> Variant:
    return Variant(
        label=label,
        formula=formula,
        numerator=numerator,
        denominator=accounts(base),
        scale=100,
        when_empty=NOBODY_THERE,
        interval=wilson,
    )


USAGE_RATE = Metric(
    key="usage_rate",
    name=_("Product usage rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=EVENTS,
    when_missing=_("An account that did nothing did not reach the target."),
    point_in_time=True,
    variants={
        "weekly": _rate(
            _("every week"),
            _(
                "Customers that were active on as many of the last 7 days as the rules hope for "
                "÷ customers"
            ),
            _often(7, rule("target_days_a_week")),
        ),
        "daily": _rate(
            _("every day"),
            _("Customers that were active on the day ÷ customers"),
            _often(1, 1),
        ),
        "monthly": _rate(
            _("every month"),
            _(
                "Customers that were active on as many of the last 30 days as the rules hope for "
                "÷ customers"
            ),
            _often(30, rule("target_days_a_month")),
        ),
        "weekly_people": Variant(
            label=_("people, every week"),
            formula=_(
                "People who were active on as many of the last 7 days as the rules hope for "
                "÷ people who came in 30 days"
            ),
            numerator=Measure(
                rows=_people_often,
                account_path="account",
                columns=("account__name", "user_id", "active_days"),
            ),
            denominator=Measure(
                rows=people(30),
                account_path="account",
                columns=("account__name", "user_id", "last_on"),
            ),
            scale=100,
            when_empty=NOBODY,
        ),
    },
)


def _sections(window: Window) -> AnyRows:
    """What people did in the last 30 days and how long it took, as nights have counted it."""
    since = window.end - timedelta(days=30)
    took = DailyUsage.objects.filter(day__gte=since, day__lt=window.end, seconds__gt=0)
    return took.filter(account__is_test=False).order_by()


SECTIONS = Measure(
    rows=_sections,
    expr=F("seconds"),
    account_path="account",
    columns=("account__name", "user_id", "day", "feature", "event", "seconds"),
    dimensions={"feature": dimension_of(_sections, "feature")},
)
# Of each section the same people: the sections add up to the whole.
PEOPLE = replace(
    MONTH,
    dimensions={
        "feature": whole_rows(MONTH.rows, lambda window: names_in(_sections(window), "feature"))
    },
)
TIME_IN_APP = Metric(
    key="time_in_app",
    name=_("Time in the product"),
    unit=Unit.MINUTES,
    direction=Direction.HIGHER,
    source=EVENTS,
    when_missing=UNKNOWN,
    point_in_time=True,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("Minutes of the sessions of the last 30 days ÷ people who came in them"),
            numerator=over_trailing(SESSIONS, 30),
            denominator=MONTH,
            scale=Fraction(1, 60),
            when_empty=NOBODY,
        ),
        "sections": Variant(
            label=_("by section"),
            formula=_(
                "Minutes from each event of the last 30 days to the next one of its session, told "
                "to the feature of the first ÷ people who came in them"
            ),
            numerator=SECTIONS,
            denominator=PEOPLE,
            scale=Fraction(1, 60),
            when_empty=NOBODY,
        ),
    },
)

METRICS = [USAGE_RATE, TIME_IN_APP]

ACCOUNT_METRICS = [
    AccountMetric.of(
        TIME_IN_APP,
        slot=30,
        name=_("Minutes in the product per person and month"),
    )
]
