"""Curves of lifetimes: the library's mean is the metric's, and both are those of a known book."""

import math
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Account
from metrics.analysis.survival import survival
from metrics.catalogue import METRICS
from metrics.figures.readers import FactReader
from metrics.figures.segments import Segment
from metrics.windows.periods import Period, window_for
from tenants.models import Tenant
from tests.books import Sold, store

pytestmark = pytest.mark.django_db
DAY = date(2024, 12, 31)


def lives(number: int, seed: int = 3) -> list[Sold]:
    chance = random.Random(seed)
    sold = []
    for n in range(number):
        begun = date(2022, 1, 1) + timedelta(days=chance.randrange(900))
        days = round(chance.expovariate(1 / 400)) + 1
        ended = begun + timedelta(days=days) if begun + timedelta(days=days) <= DAY else None
        sold.append(Sold(f"a{n}", Decimal(10), begun, ended))
    return sold


def by_definition(sold: list[Sold]) -> float:
    """The area under the curve, up to the longest life, from the definition."""
    end = DAY + timedelta(days=1)
    seen = [((one.ended_on or end) - one.started_on).days for one in sold]
    gone = [one.ended_on is not None for one in sold]
    share, area, before = 1.0, 0.0, 0
    for age in sorted(set(seen)):
        area += share * (age - before)
        here = sum(days >= age for days in seen)
        left = sum(days == age and is_gone for days, is_gone in zip(seen, gone, strict=True))
        share, before = share * (1 - left / here), age
    return area / 30.4375


def test_the_mean_of_the_library_of_the_metric_and_of_the_definition_are_one(
    acme: Tenant,
) -> None:
    sold = lives(120)
    store(sold)
    curve = survival(DAY)
    assert curve is not None
    days = window_for(period=Period.MONTH, day=DAY)
    metric = METRICS["lifetime_months"]
    found = FactReader().read(metric=metric, variant="kaplan_meier", window=days)
    expected = by_definition(sold)
    assert float(curve.mean) == pytest.approx(expected, abs=1e-6)
    assert float(found.value or 0) == pytest.approx(expected, abs=1e-6)
    assert (curve.customers, found.n) == (120, 120)
    assert curve.left == sum(one.ended_on is not None for one in sold)


def test_a_curve_only_falls_and_lies_within_its_interval(acme: Tenant) -> None:
    store(lives(60))
    curve = survival(DAY)
    assert curve is not None
    shares = [point.share for point in curve.points]
    assert shares == sorted(shares, reverse=True)
    assert curve.points[0].here == 60
    for point in curve.points:
        assert math.floor(point.low) <= point.share <= math.ceil(point.high)


def test_a_segment_has_a_curve_of_its_own(acme: Tenant, alice: Client) -> None:
    store([Sold("a", Decimal(10), date(2024, 1, 1), date(2024, 7, 1))], segment="small")
    Account.objects.create(external_id="b", name="B", segment="large")
    small = survival(DAY, segment=Segment("segment", "small"))
    assert small is not None
    assert (small.customers, small.left) == (1, 1)
    assert float(small.mean) == pytest.approx(182 / 30.4375)
    assert survival(DAY, segment=Segment("segment", "large")) is None
    page = alice.get("/lifetime/", {"date": DAY.isoformat()}).content.decode()
    assert "small" in page
    assert "large" not in page
    assert alice.get("/lifetime/?segment=plan:x").status_code == 400
