"""The metrics of money and of customers once more, in plain Python, from what they are defined as.

Nothing of the product is used: days are walked one by one and accounts counted on the fingers.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.books import Sold, mrr_of

DAY = timedelta(days=1)
MEAN_MONTH = Fraction(304375, 10000)


def first_day(period: str, day: date, first_weekday: int) -> date:
    """Where the period that contains `day` begins."""
    if period == "week":
        while day.isoweekday() != first_weekday:
            day -= DAY
        return day
    if period == "trailing_30d":
        return day - 29 * DAY
    if period == "trailing_12m":
        leap = (day.month, day.day) == (2, 29)
        return date(day.year - 1, 3, 1) if leap else day.replace(year=day.year - 1) + DAY
    quarter = (1, 4, 7, 10)[(day.month - 1) // 3]
    begins = {
        "day": day,
        "month": day.replace(day=1),
        "quarter": date(day.year, quarter, 1),
        "year": date(day.year, 1, 1),
    }
    return begins[period]


@dataclass(frozen=True)
class Ratio:
    """Numerator and denominator; without a denominator the numerator is the value."""

    numerator: Fraction
    denominator: Fraction | None = None
    scale: int = 1

    @property
    def value(self) -> Fraction | None:
        if self.denominator is None:
            return self.numerator * self.scale
        return self.numerator * self.scale / self.denominator if self.denominator else None


class Oracle:
    """A book, and the days [start, end] that are asked about."""

    def __init__(self, sold: list[Sold], *, start: date, end: date) -> None:
        self.sold = sold
        self.start, self.end = start, end
        self.accounts = {one.account for one in sold}
        self.first_sale = min((one.started_on for one in sold), default=end)
        self.all_moves = {account: self.moves(account) for account in self.accounts}

    def figures(self) -> dict[tuple[str, str], Ratio]:
        """Every metric and variant."""
        mrr = sum((self.mrr(account, self.end) for account in self.accounts), Fraction(0))
        opening, closing = self.customers(self.start - DAY), self.customers(self.end)
        new, left = self.new(), self.left()
        back = opening | self.moved("reactivation").keys()
        lost, ever = Fraction(len(opening - closing)), Fraction(len(back | new.keys()))
        before, gone = Fraction(len(opening)), Fraction(len(left))
        paid = sum((self.mrr(one, self.start - DAY) for one in self.accounts), Fraction(0))
        rises = sum(self.moved("expansion", "reactivation", "new").values(), Fraction(0))
        falls = -sum(self.moved("contraction", "churn").values(), Fraction(0))
        return {
            ("mrr", "all"): Ratio(mrr),
            ("mrr", "forever"): Ratio(self.at_price("forever")),
            ("mrr", "none"): Ratio(self.at_price("none")),
            ("mrr", "cancellation"): Ratio(self.not_called_off()),
            ("recurring_revenue", "all"): Ratio(self.accrued()),
            ("arpu", "per_customer"): Ratio(self.accrued(), self.mean_customers()),
            ("arr", "all"): Ratio(mrr, scale=12),
            ("customers", "all"): Ratio(Fraction(len(closing))),
            ("arpa", "all"): Ratio(mrr, Fraction(len(closing))),
            ("tenure", "all"): Ratio(self.months_paid(closing), Fraction(len(closing))),
            ("new_mrr", "all"): Ratio(sum(new.values(), Fraction(0))),
            ("churned_mrr", "all"): Ratio(self.fallen()),
            ("customer_churn_rate", "opening"): Ratio(lost, before, 100),
            ("customer_churn_rate", "opening_plus_new"): Ratio(gone, before, 100),
            ("customer_churn_rate", "all"): Ratio(gone, ever, 100),
            ("customer_churn_rate", "to_new"): Ratio(gone, Fraction(len(new)), 100),
            ("customer_retention_rate", "opening"): Ratio(before - lost, before, 100),
            ("new_customers", "all"): Ratio(Fraction(len(new))),
            ("churned_customers", "all"): Ratio(gone),
            ("expansion_mrr", "all"): Ratio(sum(self.moved("expansion").values(), Fraction(0))),
            ("contraction_mrr", "all"): Ratio(
                -sum(self.moved("contraction").values(), Fraction(0))
            ),
            ("reactivation_mrr", "all"): Ratio(
                sum(self.moved("reactivation").values(), Fraction(0))
            ),
            ("quick_ratio", "all"): Ratio(rises, falls),
            ("gross_mrr_churn", "opening"): Ratio(
                paid - self.paying_now(opening, capped=True), paid, 100
            ),
            ("gross_mrr_churn", "movements"): Ratio(self.lost(opening), paid, 100),
            ("gross_mrr_churn", "all_movements"): Ratio(falls, paid, 100),
            ("net_mrr_churn", "opening"): Ratio(self.lost(opening, net=True), paid, 100),
            ("net_mrr_churn", "all_movements"): Ratio(
                self.lost(self.accounts, net=True), paid, 100
            ),
            ("nrr", "opening"): Ratio(self.paying_now(opening), paid, 100),
            ("nrr", "with_reactivation"): Ratio(self.paying_now(back), paid, 100),
            ("grr", "opening"): Ratio(self.paying_now(opening, capped=True), paid, 100),
        }

    def moves(self, account: str) -> list[tuple[str, Fraction]]:
        """What happened to an account's MRR on each of these days: the class and how much."""
        found = []
        first = self.first_paid(account)
        for day in self._days(self.start):
            before, after = self.mrr(account, day - DAY), self.mrr(account, day)
            if after > before:
                kind = "expansion" if before else "new" if day == first else "reactivation"
                found.append((kind, after - before))
            elif after < before:
                found.append(("contraction" if after else "churn", after - before))
        return found

    def moved(self, *kinds: str) -> dict[str, Fraction]:
        """By account, what moved in these classes; who did not move is not in it."""
        found: dict[str, Fraction] = {}
        for account in self.accounts:
            amounts = [amount for kind, amount in self.all_moves[account] if kind in kinds]
            if amounts:
                found[account] = sum(amounts, Fraction(0))
        return found

    def lost(self, accounts: set[str], *, net: bool = False) -> Fraction:
        """What these accounts took away; net of what they added, but for their first day."""
        kinds = ["contraction", "churn", *(["expansion", "reactivation"] if net else [])]
        moved = self.moved(*kinds)
        return -sum((moved.get(account, Fraction(0)) for account in accounts), Fraction(0))

    def paying_now(self, accounts: set[str], *, capped: bool = False) -> Fraction:
        then = {one: self.mrr(one, self.start - DAY) for one in accounts}
        now = {one: self.mrr(one, self.end) for one in accounts}
        return sum((min(now[o], then[o]) if capped else now[o] for o in accounts), Fraction(0))

    def mrr(self, account: str, day: date) -> Fraction:
        return mrr_of(self.sold, account, day)

    def at_price(self, discounts: str) -> Fraction:
        return sum((one.mrr(self.end, discounts=discounts) for one in self.sold), Fraction(0))

    def not_called_off(self) -> Fraction:
        stored = (one for one in self.sold if not one.called_off(self.end))
        return sum((one.mrr(self.end) for one in stored), Fraction(0))

    def accrued(self) -> Fraction:
        """Each day's MRR, as a part of its month."""
        days = self._days(self.start)
        paid = {day: sum((one.mrr(day) for one in self.sold), Fraction(0)) for day in days}
        return sum((paid[day] / monthrange(day.year, day.month)[1] for day in days), Fraction(0))

    def mean_customers(self) -> Fraction:
        days = self._days(self.start)
        return Fraction(sum(len(self.customers(day)) for day in days), len(days))

    def customers(self, day: date) -> set[str]:
        return {account for account in self.accounts if self.mrr(account, day) > 0}

    def first_paid(self, account: str) -> date | None:
        """Its first day as a customer, if that comes by the end."""
        return next(
            (day for day in self._days(self.first_sale) if self.mrr(account, day) > 0), None
        )

    def new(self) -> dict[str, Fraction]:
        """Who became a customer for the first time in these days, and what they paid then."""
        first = {account: self.first_paid(account) for account in self.accounts}
        return {
            account: self.mrr(account, day)
            for account, day in first.items()
            if day and day >= self.start
        }

    def falls(self, account: str) -> list[Fraction]:
        """What it paid on the eve of each day on which it fell to nothing."""
        days = self._days(self.start)
        pairs = [(self.mrr(account, day - DAY), self.mrr(account, day)) for day in days]
        return [before for before, after in pairs if before > 0 and after == 0]

    def fallen(self) -> Fraction:
        fallen = (before for account in self.accounts for before in self.falls(account))
        return sum(fallen, Fraction(0))

    def left(self) -> set[str]:
        """Who fell to nothing in these days and is not back at their end."""
        back = self.customers(self.end)
        return {account for account in self.accounts - back if self.falls(account)}

    def months_paid(self, accounts: set[str]) -> Fraction:
        """From the first day paid to the end of the last day, summed over accounts."""
        firsts = [self.first_paid(account) for account in accounts]
        return sum(
            ((self.end + DAY - first).days / MEAN_MONTH for first in firsts if first), Fraction(0)
        )

    def _days(self, first: date) -> list[date]:
        return [first + DAY * n for n in range((self.end - first).days + 1)]
