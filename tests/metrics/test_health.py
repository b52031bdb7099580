"""The health score, through the SQL that the night runs: weights and marks in, a score out."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from metrics.catalogue import ACCOUNT_METRICS
from metrics.catalogue.records import AccountMetric, Direction, Source, Unit
from metrics.health.scorecard import Scorecard, scorecard
from metrics.models import AccountMetricValues, HealthModel, HealthScore, Night
from metrics.pipeline import health
from tenants.models import Tenant

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 31)
Values = list[Decimal | None]
Judge = Callable[..., HealthScore]


@pytest.fixture(autouse=True)
def six_measures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A catalogue of six measures: the score does not ask what it weighs."""
    names = [f"measure_{slot}" for slot in range(6)]
    for slot, name in enumerate(names):
        monkeypatch.setitem(ACCOUNT_METRICS, name, a_measure(name, slot))
    return names


def a_measure(key: str, slot: int) -> AccountMetric:
    return AccountMetric(
        key=key,
        slot=slot,
        name=key,
        formula="As the test says",
        unit=Unit.COUNT,
        direction=Direction.HIGHER,
        source=Source.MONEY,
        when_missing="Unknown",
        values=lambda window: AccountMetricValues.objects.none(),
    )


@pytest.fixture
def judge(acme: Tenant, six_measures: list[str]) -> Judge:
    """Score one account: `values` are its measures, `scale` their worst and best."""

    def score(
        weights: Sequence[int | Decimal],
        values: Values,
        *,
        scale: tuple[int, int] = (0, 100),
        **of_model: Decimal,
    ) -> HealthScore:
        HealthScore.objects.all().delete()
        HealthModel.objects.all().delete()
        Account.objects.all().delete()
        model = HealthModel.objects.create(version=1, starts_on=DAY, **of_model)
        for position, weight in enumerate(weights):
            model.factors.create(
                key=six_measures[position],
                position=position,
                weight=Decimal(weight),
                worst=scale[0],
                best=scale[1],
            )
        account = Account.objects.create(external_id="a", name="A")
        AccountMetricValues.objects.create(
            account=account, day=DAY, values=[*values, *[None] * (6 - len(values))]
        )
        health.score(day=DAY)
        return HealthScore.objects.get(account=account)

    return score


def numbers(*given: int | None) -> Values:
    return [None if number is None else Decimal(number) for number in given]


def card_of(score: HealthScore) -> Scorecard:
    Night.objects.get_or_create(day=DAY, defaults={"computed_at": "2026-04-01T02:00Z"})
    return scorecard(account=score.account)


def test_weights_20_15_22_and_marks_47_59_21_give_40_12(judge: Judge) -> None:
    score = judge([20, 15, 22], numbers(47, 59, 21))
    assert round(score.score or 0, 2) == Decimal("40.12")
    assert [score.coverage, score.status] == [100, "red"]


def test_the_weight_of_what_is_missing_goes_to_the_others_in_proportion(judge: Judge) -> None:
    score = judge([20, 16, 16, 16, 12, 20], numbers(50, 50, 50, 50, 50, None))
    assert [line.weight_share for line in card_of(score).lines] == [25, 20, 20, 20, 15, 0]
    assert [score.score, score.coverage] == [50, 80]


@pytest.mark.parametrize(
    ("scale", "value", "mark"),
    [
        ((0, 10), "7", "70"),
        ((10, 0), "7", "30"),
        ((0, 24), "6", "25"),
        ((-50, 0), "-12.5", "75"),
        ((0, 10), "-3", "0"),
        ((0, 10), "11", "100"),
        ((10, 0), "-3", "100"),
        ((10, 0), "11", "0"),
        ((0, 3), "1", "33.3333"),
    ],
)
def test_a_mark_is_linear_between_worst_and_best_and_clamped_outside(
    judge: Judge, scale: tuple[int, int], value: str, mark: str
) -> None:
    score = judge([1], [Decimal(value)], scale=scale)
    assert score.marks == [Decimal(mark)]
    assert score.score == Decimal(mark)


def test_unknown_is_not_zero(judge: Judge) -> None:
    zero = judge([1] * 5, numbers(7, 5, 9, 0, 4), scale=(0, 10))
    unknown = judge([1] * 5, numbers(7, 5, 9, None, 4), scale=(0, 10))
    assert [zero.score, zero.coverage] == [50, 100]
    assert [unknown.score, unknown.coverage] == [Decimal("62.5"), 80]
    assert [zero.marks[3], unknown.marks[3]] == [0, None]


def test_where_nothing_is_known_there_is_no_score_and_no_band(judge: Judge) -> None:
    score = judge([3, 1], numbers(None, None))
    assert [score.score, score.coverage, score.status] == [None, 0, ""]
    assert card_of(score).reason


def test_below_the_least_coverage_there_is_a_score_without_a_band(judge: Judge) -> None:
    below = judge([39, 61], numbers(90, None), least_coverage=Decimal(40))
    assert [below.score, below.coverage, below.status] == [90, 39, ""]
    enough = judge([40, 60], numbers(90, None), least_coverage=Decimal(40))
    assert [enough.score, enough.coverage, enough.status] == [90, 40, "green"]


@pytest.mark.parametrize(
    ("mark", "status"),
    [("49.9999", "red"), ("50", "amber"), ("74.9999", "amber"), ("75", "green")],
)
def test_a_band_begins_at_its_limit(judge: Judge, mark: str, status: str) -> None:
    assert judge([1], [Decimal(mark)]).status == status


def test_a_measure_that_weighs_nothing_has_no_say(judge: Judge) -> None:
    assert judge([1, 0], numbers(80, 0)).score == 80
    silent = judge([1, 0], numbers(None, 80))
    assert [silent.score, silent.coverage, silent.status] == [None, 0, ""]


def test_a_model_without_measures_gives_no_score_and_stops_nothing(judge: Judge) -> None:
    score = judge([], numbers(80))
    assert [score.score, score.coverage, score.status, score.marks] == [None, 0, "", []]


def test_the_newest_model_that_has_begun_is_in_force(acme: Tenant) -> None:
    HealthModel.objects.all().delete()
    for version, starts_on in ((1, date(2020, 1, 1)), (2, DAY), (3, date(2026, 4, 1))):
        HealthModel.objects.create(version=version, starts_on=starts_on)
    days = (date(2019, 12, 31), date(2026, 3, 30), DAY, date(2026, 4, 1))
    found = [health.in_force(day=day) for day in days]
    assert [model and model.version for model in found] == [None, 1, 2, 3]


weights = st.decimals(0, 1000, places=2)
values = st.none() | st.decimals(-50, 150, places=3)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=st.lists(st.tuples(weights, values), min_size=1, max_size=6))
def test_the_points_of_a_scorecard_add_up_to_its_score(
    judge: Judge, drawn: list[tuple[Decimal, Decimal | None]]
) -> None:
    score = judge([weight for weight, _ in drawn], [value for _, value in drawn])
    card = card_of(score)
    points = [line.points for line in card.lines if line.points is not None]
    voting = [(weight, value) for weight, value in drawn if value is not None]
    known = sum(weight for weight, _ in voting)
    if not known:
        assert [score.score, score.coverage] == [None, 0]
        return
    expected = sum(weight * min(max(value, Decimal(0)), Decimal(100)) for weight, value in voting)
    assert score.score is not None
    assert abs(score.score - expected / known) <= Decimal("0.0001")
    assert abs(sum(points) - score.score) <= Decimal("0.0001")
    assert abs(score.coverage - known * 100 / sum(weight for weight, _ in drawn)) < Decimal("0.001")
