"""How long customers stay, as a curve: the share that is still there after so many months.

Kaplan and Meier's estimate with its 95 % interval (Greenwood's, on the log-log scale), by
scipy.stats.ecdf. Who is still here counts for as long as they have been.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict
from warnings import catch_warnings

from django.db.models import Count, Q

from accounts.models.membership import memberships
from accounts.models.money import lifetimes
from metrics.catalogue.expressions import DAYS_A_MONTH
from metrics.figures.segments import Segment

if TYPE_CHECKING:
    from metrics.analysis.repeat_purchase import Numbers

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


class LifetimeCount(TypedDict):
    """How many customers stayed for so many days: those who are still here, and who have left."""

    days: int
    stay: int
    leave: int


def survival(day: date, *, segment: Segment | None = None) -> Survival | None:
    """The curve of all who were customers by the end of `day`; None where nobody was.

    The lives are counted in the database: what is fetched grows with their different lengths.
    """
    ages = list(_ages(day, segment))
    return _fitted(ages) if ages else None


def _ages(day: date, segment: Segment | None) -> Iterator[LifetimeCount]:
    lives = lifetimes(day)
    if segment:
        members = memberships(day).filter(**{segment.dimension: segment.value})
        lives = lives.filter(account__in=members.values("account_id"))
    counted = lives.order_by().values("days")
    yield from counted.annotate(
        stay=Count("pk", filter=Q(left_on=None)), leave=Count("pk", filter=~Q(left_on=None))
    )


def _fitted(ages: list[LifetimeCount]) -> Survival:
    curve = _estimate(ages)
    longest = max(age["days"] for age in ages)
    halved = curve.days[curve.shares <= 0.5]
    return Survival(
        customers=sum(age["stay"] + age["leave"] for age in ages),
        left=sum(age["leave"] for age in ages),
        median=Decimal(float(halved[0]) / A_MONTH) if halved.size else None,
        mean=Decimal(_restricted_mean(curve) / A_MONTH),
        points=list(_points(curve, ages, longest)),
    )


@dataclass(frozen=True)
class _Curve:
    """Arrays: the days on which somebody left or was seen last, and the shares from then on."""

    days: "Numbers"
    shares: "Numbers"
    low: "Numbers"
    high: "Numbers"


def _estimate(ages: list[LifetimeCount]) -> _Curve:
    """Return the curve of lives counted by their length in days."""
    # Only where a curve is drawn: these bring much along that no other page needs.
    import numpy as np
    from scipy.stats import CensoredData, ecdf

    days = [age["days"] for age in ages]
    left = np.repeat(days, [age["leave"] for age in ages])
    here = np.repeat(days, [age["stay"] for age in ages])
    survivors = ecdf(CensoredData(uncensored=left, right=here)).sf
    shares = survivors.probabilities
    with np.errstate(divide="ignore", invalid="ignore"), catch_warnings(action="ignore"):
        bounds = survivors.confidence_interval(confidence_level=0.95, method="log-log")
    # The log-log scale knows no interval of 0 and of 1: nothing was seen that could vary.
    low, high = (
        np.where(np.isnan(bound.probabilities), shares, bound.probabilities)
        for bound in (bounds.low, bounds.high)
    )
    return _Curve(survivors.quantiles, shares, low, high)


def _restricted_mean(curve: _Curve) -> float:
    """Return the area under the curve up to its last day, in days."""
    import numpy as np

    before = np.concatenate(([1.0], curve.shares[:-1]))
    return float(np.sum(before * np.diff(curve.days, prepend=0)))


def _points(curve: _Curve, ages: list[LifetimeCount], longest: int) -> Iterator[Point]:
    for months in range(min(int(longest / A_MONTH), MOST_MONTHS) + 1):
        days = months * A_MONTH
        step = int(curve.days.searchsorted(days, side="right")) - 1
        share, low, high = (
            Decimal(float(values[step])) * CERTAIN if step >= 0 else CERTAIN
            for values in (curve.shares, curve.low, curve.high)
        )
        here = sum(age["stay"] + age["leave"] for age in ages if age["days"] >= days)
        yield Point(months=months, here=here, share=share, low=low, high=high)
