"""How far the goals are: what the number was, is, and is to become."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.imports.records import FIRST_DAY, LAST_DAY
from metrics.catalogue.records import Direction, Metric
from metrics.kpis import Book, Question
from metrics.models import Goal
from metrics.own import known
from metrics.periods import Period
from metrics.questions import BadQuestion, asked_segment
from metrics.reading import Reading
from metrics.segments import Segment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WHOLE, NEARLY = Decimal(100), Decimal("99.9")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A goal with its number at the beginning and now."""

    goal: Goal
    metric: Metric
    segment: Segment | None
    then: Reading
    now: Reading
    day: date

    @property
    def percent(self) -> Decimal | None:
        """The part of the way that is done, from 0 to 100; None where a number is not known."""
        if self.then.value is None or self.now.value is None:
            return None
        if self._is_there(self.now.value):
            return WHOLE
        way = self.goal.target - self.then.value
        done = (self.now.value - self.then.value) * WHOLE / way if way else Decimal(0)
        return min(max(done, Decimal(0)), NEARLY)

    def _is_there(self, value: Decimal) -> bool:
        """Whether a value is as good as the target, by what is better for the metric."""
        if self.metric.direction == Direction.LOWER:
            return value <= self.goal.target
        return value >= self.goal.target

    @property
    def state(self) -> str:
        """reached, missed (the date has come), ahead or behind (of the time gone by), unknown."""
        done = self.percent
        if done is None:
            return "unknown"
        if done >= WHOLE:
            return "reached"
        if self.day >= self.goal.due_on:
            return "missed"
        gone = (self.day - self.goal.starts_on).days
        whole = (self.goal.due_on - self.goal.starts_on).days
        return "ahead" if done * whole >= gone * WHOLE else "behind"


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A goal that cannot be computed, and why."""

    goal: Goal
    name: "StrOrPromise"
    reason: "StrOrPromise"


def all_progress(*, day: date, first_weekday: int) -> list[Progress | Failed]:
    """Every goal as it stands at the end of `day`; one that cannot be computed stops no other."""
    metrics = known()
    return [
        _progress_or_reason(goal, metrics.get(goal.metric), day=day, first_weekday=first_weekday)
        for goal in Goal.objects.all()
    ]


def _progress_or_reason(
    goal: Goal, metric: Metric | None, *, day: date, first_weekday: int
) -> Progress | Failed:
    if metric is None:
        return Failed(goal=goal, name=goal.metric, reason=_("There is no such metric."))
    if goal.variant and goal.variant not in metric.variants:
        return Failed(goal=goal, name=metric.name, reason=_("The metric has no such variant."))
    try:
        with transaction.atomic():
            return progress(goal, metric=metric, day=day, first_weekday=first_weekday)
    except BadQuestion as problem:
        return Failed(goal=goal, name=metric.name, reason=str(problem))
    except (ValueError, ArithmeticError, DataError):
        reason = _("Its dates or its numbers are out of bounds.")
        return Failed(goal=goal, name=metric.name, reason=reason)


def check_goal(goal: Goal) -> None:
    """Raise ValidationError, by field, where a goal says something that cannot be computed."""
    problems: dict[str, StrOrPromise] = {}
    metric = known().get(goal.metric)
    if metric is None:
        problems["metric"] = _("There is no such metric.")
    elif goal.variant and goal.variant not in metric.variants:
        problems["variant"] = _("The metric has no such variant.")
    try:
        asked_segment(goal.segment)
    except BadQuestion as problem:
        problems["segment"] = str(problem)
    for name in ("starts_on", "due_on"):
        if not FIRST_DAY <= (getattr(goal, name) or FIRST_DAY) <= LAST_DAY:
            problems[name] = _("The date must lie between 1900 and 2199.")
    if problems:
        raise ValidationError(problems)


def progress(goal: Goal, *, metric: Metric, day: date, first_weekday: int) -> Progress:
    """The goal as it stands at the end of `day`, or of its last day when that has passed."""
    upto = min(max(day, goal.starts_on), goal.due_on)
    segment = asked_segment(goal.segment)

    def read(at: date) -> Reading:
        # Of the last thirty days: a goal begins and ends on any day of a month.
        period = Period.TRAILING_30D
        asked = Question(day=at, period=period, segment=segment, first_weekday=first_weekday)
        return Book(asked).compare(metric, goal.variant).reading

    return Progress(
        goal=goal,
        metric=metric,
        segment=segment,
        then=read(goal.starts_on),
        now=read(upto),
        day=day,
    )
