"""Feedback: real answers, published figures, and small surveys counted by hand."""

import gzip
import random
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from accounts.models import Account, Contact
from metrics.catalogue import METRICS
from metrics.figures.drilldown import drill_down
from metrics.figures.readers import FactReader
from metrics.figures.readings import Reading
from metrics.figures.segments import Segment
from metrics.windows.periods import Period, window_for
from surveys.models import Response, Survey
from tenants.models import Tenant
from tests.accounts.files import Sending

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[2] / "csplatform/demo/data/airport"
NEW_YEARS_EVE = date(2017, 12, 31)
MAY = date(2024, 5, 31)


def read(key: str, *, variant: str = "", day: date = MAY, period: Period = Period.MONTH) -> Reading:
    metric = METRICS[key]
    days = window_for(period=period, day=day)
    return FactReader().read(metric=metric, variant=variant or metric.default_variant, window=days)


@pytest.fixture
def airport(acme: Tenant) -> None:
    send = Sending(acme)
    for kind in ("accounts", "contacts", "responses"):
        assert send(kind, gzip.decompress((DATA / f"{kind}.csv.gz").read_bytes()))[3] == 0


def of_2017(key: str) -> Reading:
    return read(key, day=NEW_YEARS_EVE, period=Period.YEAR)


def test_the_nps_of_the_airport_is_the_published_one(airport: None) -> None:
    nps = of_2017("nps")
    assert nps.value is not None
    assert nps.low is not None
    assert nps.high is not None
    assert nps.numerator == 1436 - 342
    assert nps.denominator == nps.n == 2746
    assert round(nps.value, 6) == Decimal("39.839767")
    assert (round(nps.low, 1), round(nps.high, 1)) == (Decimal("37.2"), Decimal("42.4"))
    left = drill_down(nps, part="excluded").rows
    assert Counter(row[-1] for row in left) == {"seen, not answered": 85}


def test_the_csat_of_the_airport_is_the_published_one(airport: None) -> None:
    csat = of_2017("csat")
    assert csat.value is not None
    assert (round(csat.value, 6), csat.n) == (Decimal("82.068452"), 2688)


def test_after_random_changes_an_oracle_that_counts_by_hand_agrees(airport: None) -> None:
    chance = random.Random(7)
    chosen = list(Response.objects.filter(kind="nps").order_by("pk"))
    for response in chance.sample(chosen, 50):
        response.score = chance.choice([None, *range(11)])
        response.save()
    scores = [one.score for one in Response.objects.filter(kind="nps") if one.score is not None]
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    nps = of_2017("nps")
    assert nps.numerator == promoters - detractors
    assert nps.denominator == len(scores)


def test_the_rows_of_each_part_add_up_to_the_number(airport: None) -> None:
    nps = of_2017("nps")
    scores = [row["score"] for row in drill_down(nps, part="numerator").records()]
    assert sum((s >= 9) - (s <= 6) for s in scores) == nps.numerator
    assert drill_down(nps, part="denominator").rows.count() == nps.denominator


def test_segments_add_up_to_the_whole(airport: None) -> None:
    chance = random.Random(3)
    for account in Account.objects.all():
        account.segment = chance.choice(["small", "large", ""])
        account.save()
    days = window_for(period=Period.YEAR, day=NEW_YEARS_EVE)
    for key in ("nps", "csat", "response_rate"):
        metric = METRICS[key]
        parts = [
            FactReader(segment=Segment("segment", name)).read(
                metric=metric, variant=metric.default_variant, window=days
            )
            for name in ("small", "large", "")
        ]
        whole = of_2017(key)
        assert sum(part.numerator or 0 for part in parts) == whole.numerator
        assert sum(part.denominator or 0 for part in parts) == whole.denominator


def answered(kind: str, *scores: int | None, **of_response: object) -> None:
    survey, _made = Survey.objects.get_or_create(key=kind, defaults={"name": kind, "kind": kind})
    begun = Response.objects.count()
    for number, score in enumerate(scores, start=begun):
        options = {"answered_at": datetime(2024, 5, 2, 9, number % 60, tzinfo=UTC), **of_response}
        Response.objects.create(
            external_id=f"r{number}", survey=survey, kind=kind, score=score, **options
        )


# (kind, variant), scores, the number counted by hand
EXAMPLES = [
    ("nps", "all", [10, 9, 8, 7, 6, 0], Fraction(0)),
    ("nps", "all", [10, 10, 9, 3], Fraction(50)),
    ("csat", "all", [5, 4, 3, 1], Fraction(50)),
    ("css", "all", [6] * 40 + [5] * 10, Fraction(80)),
    ("ces", "mean", [7, 6, 2], Fraction(5)),
    ("ces", "positive", [7, 5, 4, 1], Fraction(50)),
    ("ces", "index", [7, 6, 6, 1], Fraction(50)),
    ("response_rate", "all", [9, None, 3, None], Fraction(50)),
]


@pytest.mark.parametrize(("key", "variant", "scores", "expected"), EXAMPLES)
def test_a_worked_example_comes_out(
    acme: Tenant, key: str, variant: str, scores: list[int | None], expected: Fraction
) -> None:
    answered("nps" if key == "response_rate" else key, *scores)
    found = read(key, variant=variant)
    assert found.value is not None
    assert Fraction(found.value) == expected
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize("key", ["nps", "csat", "css", "ces", "response_rate"])
def test_without_answers_it_is_unknown_and_says_why(acme: Tenant, key: str) -> None:
    found = read(key)
    assert (found.value, found.low, found.high, found.n) == (None, None, None, 0)
    assert str(found.reason)


def test_of_each_person_only_the_latest_answer_counts_where_that_is_asked(acme: Tenant) -> None:
    account = Account.objects.create(external_id="a", name="Ant")
    ida = Contact.objects.create(external_id="p", account=account)
    answered("nps", 0, 10, contact=ida, account=account)
    answered("nps", 3)
    assert read("nps").value == Decimal(100) * -1 / 3
    latest = read("nps", variant="latest_per_contact")
    assert (latest.value, latest.n) == (Decimal(0), 2)
    (left,) = drill_down(latest, part="excluded").records()
    assert (left["score"], left["reason"]) == (0, "an earlier answer of the same person")


def test_test_accounts_do_not_count_and_are_named(acme: Tenant) -> None:
    tester = Account.objects.create(external_id="t", name="Tester", is_test=True)
    answered("nps", 10)
    answered("nps", 0, account=tester)
    found = read("nps")
    assert (found.value, found.n) == (Decimal(100), 1)
    assert [row["reason"] for row in drill_down(found, part="excluded").records()] == [
        "test account"
    ]


def test_an_answer_belongs_to_the_day_of_the_tenants_clocks(acme: Tenant) -> None:
    acme.timezone = "America/Los_Angeles"
    answered("nps", 10, answered_at=datetime(2024, 6, 1, 6, 59, tzinfo=UTC))
    answered("nps", 0, answered_at=datetime(2024, 6, 1, 7, 0, tzinfo=UTC))
    assert (read("nps").value, read("nps").n) == (Decimal(100), 1)


def test_the_question_put_into_sql_for_one_zone_serves_another(acme: Tenant) -> None:
    """Half past eleven in the evening of 31 May in London is in June for Warsaw."""
    send = Sending(acme)
    send("accounts", "external_id,name\na,A\n")
    send(
        "responses",
        "external_id,survey,kind,score,account_external_id,answered_at\n"
        "r,nps,nps,10,a,2024-05-31T23:30:00Z\n",
    )
    for zone, in_may in (("UTC", 1), ("Europe/Warsaw", 0), ("UTC", 1)):
        acme.timezone = zone
        assert read("nps").n == in_may, zone
