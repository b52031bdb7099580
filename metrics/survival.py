"""How long customers stay, as a curve: the share that is still there after so many months.

Kaplan and Meier's estimate with its 95 % interval (Greenwood's, on the log-log scale), by the
library lifelines. Who is still here counts for as long as they have been.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from accounts.models.membership import memberships
from accounts.models.money import lifetimes
from metrics.catalogue.rows import DAYS_A_MONTH
from metrics.segments import Segment

A_MONTH = float(DAYS_A_MONTH)
MOST_MONTHS = 60
CERTAIN = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Point:
    """After so many months: how many were seen for at least so long, and the share that stays."""

    months: int
    here: int
    share: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True)
class Survival:
    """The curve of some customers. `median` is None where more than half of them stay."""

    customers: int
    left: int
    median: Decimal | None
    mean: Decimal
    points: list[Point]


def survival(day: date, *, segment: Segment | None = None) -> Survival | None:
    """The curve of all who were customers by the end of `day`; None where nobody was.

    The lives are counted in the database: what is fetched grows with their different lengths.
    """
    ages = list(_ages(day, segment))
    return _fitted(ages) if ages else None


def _ages(day: date, segment: Segment | None) -> Iterator[Any]:
    lives = lifetimes(day)
    if segment:
        members = memberships(day).filter(**{segment.column: segment.value})
        lives = lives.filter(account__in=members.values("account_id"))
    counted = lives.order_by().values("days")
    yield from counted.annotate(
        stay=Count("pk", filter=Q(left_on=None)), leave=Count("pk", filter=~Q(left_on=None))
    )


def _fitted(ages: list[Any]) -> Survival:
    # Only where a curve is drawn: the library brings much along that no other page needs.
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    lives = [(age["days"], gone, age[name]) for age in ages for gone, name in WAYS if age[name]]
    days, gone, weights = zip(*lives, strict=True)
    fitter = KaplanMeierFitter().fit(days, event_observed=gone, weights=weights)
    longest = max(days)
    median = float(fitter.median_survival_time_)
    return Survival(
        customers=sum(weights),
        left=sum(age["leave"] for age in ages),
        median=None if median == float("inf") else Decimal(median / A_MONTH),
        mean=Decimal(restricted_mean_survival_time(fitter, t=longest) / A_MONTH),
        points=list(_points(fitter, ages, longest)),
    )


WAYS = ((0, "stay"), (1, "leave"))


def _points(fitter: Any, ages: list[Any], longest: int) -> Iterator[Point]:
    bounds = fitter.confidence_interval_survival_function_
    for months in range(min(int(longest / A_MONTH), MOST_MONTHS) + 1):
        days = months * A_MONTH
        low, high = bounds[bounds.index <= days].iloc[-1]
        yield Point(
            months=months,
            here=sum(age["stay"] + age["leave"] for age in ages if age["days"] >= days),
            share=Decimal(float(fitter.predict(days))) * CERTAIN,
            low=Decimal(float(low)) * CERTAIN,
            high=Decimal(float(high)) * CERTAIN,
        )
