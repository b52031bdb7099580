"""A tenant's metrics on a date: frozen by a night where one was run, else from the facts."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from metrics.catalogue.records import Direction, Metric
from metrics.models import KpiSnapshot, Night
from metrics.own import known
from metrics.periods import Period, Window, window
from metrics.preferences import preferred
from metrics.reading import Reader, Reading, compared, empty
from metrics.segments import CUTS, Segment


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A reading with the two that it is compared to."""

    reading: Reading
    previous: Reading
    year_before: Reading

    @property
    def metric(self) -> Metric:
        return self.reading.metric

    @property
    def change(self) -> Decimal | None:
        """The value less that of the period before, where both are known."""
        now, then = self.reading.value, self.previous.value
        return None if now is None or then is None else now - then

    @property
    def verdict(self) -> str:
        """Whether the change is for the better: "better", "worse" or "" (neither, or unknown)."""
        if not self.change or self.metric.direction == Direction.NEITHER:
            return ""
        rose = self.change > 0
        return "better" if rose == (self.metric.direction == Direction.HIGHER) else "worse"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: everything but the metric."""

    day: date
    period: Period = Period.MONTH
    segment: Segment | None = None
    first_weekday: int = 1

    @property
    def window(self) -> Window:
        return window(period=self.period, day=self.day, first_weekday=self.first_weekday)


class Book:
    """Answers questions about one date, reading what the night wrote down in one go."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.reader = Reader(segment=question.segment)
        self.preferred = preferred()
        self.metrics = known()
        self.night = Night.objects.filter(day=question.day).first() if self._is_kept() else None
        self._frozen = {} if self.night is None else self._snapshots()

    def _is_kept(self) -> bool:
        """Whether nights write down what is asked for: the tenant, and some of its segments."""
        segment = self.question.segment
        return segment is None or segment.column in CUTS or segment == Segment.NO_ACCOUNT

    def all(self) -> list[Comparison]:
        """Every metric in its default variant."""
        return [self.compare(metric) for metric in self.metrics.values()]

    def compare(self, metric: Metric, variant: str = "") -> Comparison:
        """A metric over the window, the one before and the one a year before."""
        chosen = variant or self.preferred.get(metric.key, metric.default_variant)
        found = {
            name: self._reading(metric, chosen, name, days)
            for name, days in compared(self.question.window)
        }
        return Comparison(
            reading=found[""], previous=found["previous"], year_before=found["year_before"]
        )

    def _reading(self, metric: Metric, variant: str, name: str, days: Window) -> Reading:
        frozen = self._frozen.get((metric.key, variant, name))
        if self.night and frozen:
            found = replace(thawed(frozen, metric, days), computed_at=self.night.computed_at)
            parts = metric.variants[variant].parts
            return replace(
                found,
                parts=tuple(self._reading(part.metric, part.variant, name, days) for part in parts),
            )
        if self.night and not self.night.stale and self.question.segment and not name:
            # A night writes nothing down of a segment that has no rows; one that is to be computed
            # again may have lost what it wrote.
            return replace(empty(metric, variant, days), computed_at=self.night.computed_at)
        return self.now(metric, variant, days)

    def now(self, metric: Metric, variant: str, days: Window | None = None) -> Reading:
        """The metric from the facts as they are at this moment, whatever a night wrote down."""
        asked = days or self.question.window
        return self.reader.read(metric=metric, variant=variant, window=asked)

    def _snapshots(self) -> dict[tuple[str, str, str], KpiSnapshot]:
        segment = self.question.segment
        rows = KpiSnapshot.objects.filter(
            day=self.question.day,
            period=self.question.period,
            cut=segment.column if segment else "",
            cut_value=segment.value if segment else "",
        )
        return {(row.key, row.variant, row.compared): row for row in rows}


def thawed(row: KpiSnapshot, metric: Metric, days: Window) -> Reading:
    """A reading as a night wrote it down."""
    return Reading(
        metric=metric,
        variant=row.variant,
        window=days,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        n=row.n,
        low=row.low,
        high=row.high,
    )
