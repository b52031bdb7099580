"""How far the goals are: what the number was, is, and is to become."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from metrics.catalogue import METRICS
from metrics.catalogue.records import Metric
from metrics.kpis import Book, Question
from metrics.models import Goal
from metrics.reading import Reading
from metrics.segments import Segment

WHOLE = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A goal with its number at the beginning and now."""

    goal: Goal
    metric: Metric
    then: Reading
    now: Reading
    day: date

    @property
    def percent(self) -> Decimal | None:
        """The part of the way that is done, from 0 to 100; None where a number is not known."""
        if self.then.value is None or self.now.value is None:
            return None
        way = self.goal.target - self.then.value
        if not way:
            return WHOLE
        return min(max((self.now.value - self.then.value) * WHOLE / way, Decimal(0)), WHOLE)

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


def progress(goal: Goal, *, day: date, first_weekday: int) -> Progress:
    """The goal as it stands at the end of `day`, or of its last day when that has passed."""
    metric = METRICS[goal.metric]
    upto = min(max(day, goal.starts_on), goal.due_on)
    column, _colon, value = goal.segment.partition(":")
    segment = Segment(column, value) if column in Segment.COLUMNS else None

    def read(at: date) -> Reading:
        asked = Question(day=at, segment=segment, first_weekday=first_weekday)
        return Book(asked).compare(metric, goal.variant).reading

    return Progress(goal=goal, metric=metric, then=read(goal.starts_on), now=read(upto), day=day)
