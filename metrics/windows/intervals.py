"""95 % confidence intervals of numbers that are estimated from a sample.

Each function takes totals over the answers and returns the two ends in the same unit (a share of 1,
or points of the scale); None twice where there are no answers.
"""

from collections.abc import Callable
from decimal import Decimal

Interval = tuple[Decimal | None, Decimal | None]
# total, sum of squares, n -> low, high
Estimate = Callable[[Decimal, Decimal, Decimal], Interval]

Z = Decimal("1.959963984540054")  # the 97.5 % point of the normal distribution
NO_INTERVAL: Interval = (None, None)


def wilson(total: Decimal, squares: Decimal, n: Decimal) -> Interval:
    """Of a proportion: `total` of `n` answers are counted 1.

    Wilson's score interval (E. B. Wilson, 1927), which stays within 0 and 1.
    """
    if not n:
        return NO_INTERVAL
    share, z2 = total / n, Z * Z
    median = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)).sqrt()
    return max(median - half, Decimal(0)), min(median + half, Decimal(1))


def adjusted_wald(total: Decimal, squares: Decimal, n: Decimal) -> Interval:
    """Of a difference of two shares, as NPS: each answer counts 1, 0 or -1.

    Three answers are added, three quarters of one to each end (Agresti and Coull's idea, as
    J. Sauro and J. Lewis apply it to NPS); `squares` is the number of answers that count 1 or -1.
    """
    if not n:
        return NO_INTERVAL
    many = n + 3
    mean = total / many
    spread = (squares + Decimal("1.5")) / many - mean * mean
    half = Z * (spread / many).sqrt()
    return max(mean - half, Decimal(-1)), min(mean + half, Decimal(1))


def mean(total: Decimal, squares: Decimal, n: Decimal) -> Interval:
    """Of a mean: the normal approximation, from the standard deviation of the sample."""
    if n < 2:
        return NO_INTERVAL
    median = total / n
    spread = max((squares - n * median * median) / (n - 1), Decimal(0))
    half = Z * (spread / n).sqrt()
    return median - half, median + half
