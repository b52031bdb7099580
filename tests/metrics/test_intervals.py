"""Intervals against figures that can be looked up."""

from decimal import Decimal

import pytest

from metrics.windows.intervals import adjusted_wald, mean, wilson


def rounded(ends: tuple[Decimal | None, Decimal | None], places: int = 4) -> list[str]:
    return [str(round(end, places)) for end in ends if end is not None]


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    [
        (40, 50, ["0.6696", "0.8876"]),
        (0, 10, ["0.0000", "0.2775"]),
        (10, 10, ["0.7225", "1.0000"]),
        (15, 148, ["0.0624", "0.1605"]),
    ],
)
def test_wilson_gives_what_the_textbooks_say(successes: int, n: int, expected: list[str]) -> None:
    assert rounded(wilson(Decimal(successes), Decimal(0), Decimal(n))) == expected


def test_the_airports_nps_has_the_interval_that_was_worked_out_for_it() -> None:
    ends = adjusted_wald(Decimal(1436 - 342), Decimal(1436 + 342), Decimal(2746))
    assert rounded(ends, 3) == ["0.372", "0.424"]


def test_one_answer_says_little_and_stays_on_the_scale() -> None:
    low, high = adjusted_wald(Decimal(1), Decimal(1), Decimal(1))
    assert low is not None
    assert high is not None
    assert Decimal(-1) <= low < high <= Decimal(1)


def test_a_mean_needs_two_answers() -> None:
    assert mean(Decimal(5), Decimal(25), Decimal(1)) == (None, None)
    assert rounded(mean(Decimal(15), Decimal(89), Decimal(3))) == ["2.0061", "7.9939"]


@pytest.mark.parametrize("estimate", [wilson, adjusted_wald, mean])
def test_no_answers_have_no_interval(estimate: object) -> None:
    assert callable(estimate)
    assert estimate(Decimal(0), Decimal(0), Decimal(0)) == (None, None)
