"""What the page of an account shows beside its scorecard: use, answers, contact."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import Account, Activity, CountingRules, OnboardingStep, Renewal
from metrics.catalogue.own import account_metrics
from metrics.catalogue.records import AccountMetric
from metrics.health.scorecard import measured_values
from metrics.models import HealthScore
from support.models import Ticket
from surveys.models import Response
from tenants import formats
from tenants.typing import AnyRows, Json
from usage.models import DailyUsage

DAYS, FEATURES, LAST = 84, 8, 10


@dataclass(frozen=True)
class Measured:
    """A measure of the account, and what it was on the day."""

    measure: AccountMetric
    value: Decimal | None


def measured(account: Account, day: date) -> list[Measured]:
    """Everything that the night measured of an account, known or not."""
    values = measured_values(account=account, day=day)
    return [Measured(measure, values.get(key)) for key, measure in account_metrics().items()]


def features(account: Account, day: date) -> AnyRows:
    """What its people use most, with how many of them and how often in 30 days."""
    span = (day - timedelta(days=29), day)
    used = DailyUsage.objects.filter(account=account, day__range=span).exclude(feature="")
    by = used.order_by().values("feature")
    counted = by.annotate(people=Count("user_id", distinct=True), times=Sum("events"))
    return counted.order_by("-times", "feature")[:FEATURES]


def chart_of_use(account: Account, day: date) -> Json | None:
    """People a day over twelve weeks; None where nobody has come."""
    first = day - timedelta(days=DAYS - 1)
    used = DailyUsage.objects.filter(account=account, day__range=(first, day)).order_by()
    by_day = used.values_list("day").annotate(people=Count("user_id", distinct=True))
    people: dict[date, int] = dict(by_day)
    if not people:
        return None
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return {
        "type": "bar",
        "labels": [formats.day(one) for one in days],
        "sets": [{"label": "", "data": [people.get(one, 0) for one in days]}],
        "whole": True,
    }


def chart_of_health(account: Account, day: date) -> Json | None:
    """The scores of the nights of half a year; None where there are fewer than two."""
    since = day - timedelta(days=180)
    scores = HealthScore.objects.filter(account=account, day__range=(since, day)).order_by("day")
    found = list(scores.values_list("day", "score"))
    if len(found) < 2:
        return None
    return {
        "type": "line",
        "labels": [formats.day(when) for when, _score in found],
        "sets": [
            {"label": "", "data": [None if score is None else float(score) for _d, score in found]}
        ],
        "top": 100,
    }


def answers(account: Account) -> QuerySet[Response]:
    given = Response.objects.filter(account=account).select_related("survey", "contact")
    return given.order_by("-answered_at")[:LAST]


def activities(account: Account) -> QuerySet[Activity]:
    return Activity.objects.filter(account=account).order_by("-at")[:LAST]


def tickets(account: Account) -> QuerySet[Ticket]:
    """Those that wait first, then the latest."""
    done = Q(status__in=(Ticket.Status.SOLVED, Ticket.Status.CLOSED))
    return account.tickets.annotate(done=done).order_by(
        "done", F("solved_at").desc(nulls_last=True), "-opened_at"
    )[:LAST]


def renewals(account: Account) -> QuerySet[Renewal]:
    due = Renewal.objects.filter(subscription__account=account).select_related("subscription")
    return due.order_by("-due_on")[:LAST]


@dataclass(frozen=True)
class Step:
    """A step of onboarding, and when the account reached it, if it has."""

    name: str
    reached_at: datetime | None


def onboarding(account: Account) -> list[Step]:
    """The steps that the rules name, in their order, and what else the account has reached."""
    reached = dict(account.onboarding_steps.values_list("step", "reached_at"))
    named = CountingRules.objects.get().onboarding_steps
    if not reached and not named:
        return []
    others = OnboardingStep.objects.order_by("step").values_list("step", flat=True).distinct()
    further = [] if named else [name for name in others if name not in reached]
    order = [*named, *[name for name in reached if name not in named], *further]
    return [Step(name, reached.get(name)) for name in order]


def rows_of(chart: Json | None) -> Iterator[tuple[str, object]]:
    """A chart of one line as the rows of a table."""
    if chart:
        yield from zip(chart["labels"], chart["sets"][0]["data"], strict=True)
