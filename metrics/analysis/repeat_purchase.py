"""Who will buy again, where customers are free to: the BG/NBD model of repeat buying.

Fader, Hardie and Lee, "Counting your customers" the easy way, Marketing Science 24 (2005): while
they are there, customers buy at random, each at a rate of their own (gamma distributed with r and
alpha); after any purchase they may be gone for good, each with a chance of their own (beta
distributed with a and b). Time is counted in weeks, purchases of one day are one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min

from accounts.models import Account, CountingRules, Purchase, Subscription
from accounts.models.membership import memberships
from metrics.figures.segments import Segment

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

A_WEEK = 7
AHEAD = 26  # weeks that are looked ahead
FEWEST = 30  # customers who bought again, below which nothing is fitted
SHOWN = 25


def sells_without_subscriptions() -> bool:
    """Whether the tenant's customers are known by what they buy."""
    by = CountingRules.objects.get().customers_by
    known = CountingRules.CustomersBy
    return by == known.PURCHASES or (by == known.AUTO and not Subscription.objects.exists())


@dataclass(frozen=True)
class Histories:
    """Of each customer how often they bought again, and when last, in weeks since the first."""

    accounts: list[int]
    again: "Numbers"
    last: "Numbers"
    age: "Numbers"


@dataclass(frozen=True)
class Habit:
    """The parameters of the model that make what was seen the likeliest."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, seen: Histories) -> "Numbers":
        """The chance that each is still a customer. Whoever bought only once has lost none yet."""
        import numpy as np

        x = np.maximum(seen.again, 1)
        growth = ((self.alpha + seen.age) / (self.alpha + seen.last)) ** (self.r + x)
        return 1 / (1 + (seen.again > 0) * self.a / (self.b + x - 1) * growth)

    def expected(self, seen: Histories, weeks: int) -> "Numbers":
        """The purchases that each may be expected to make in so many weeks to come."""
        from scipy.special import hyp2f1

        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x = seen.again
        z = weeks / (alpha + seen.age + weeks)
        share = ((alpha + seen.age) / (alpha + seen.age + weeks)) ** (r + x)
        hope = 1 - share * hyp2f1(r + x, b + x, a + b + x - 1, z)
        purchases: Numbers = (a + b + x - 1) / (a - 1) * hope * self.alive(seen)
        return purchases


def histories(day: date, *, segment: Segment | None = None) -> Histories:
    """What is known of the customers by the end of `day`; test accounts are left out."""
    import numpy as np

    bought = Purchase.objects.filter(occurred_on__lte=day, account__is_test=False).order_by()
    if segment:
        members = memberships(day).filter(**{segment.dimension: segment.value})
        bought = bought.filter(account__in=members.values("account_id"))
    counted = bought.values_list("account_id").annotate(
        days=Count("occurred_on", distinct=True), first=Min("occurred_on"), last=Max("occurred_on")
    )
    rows = list(counted.order_by("account_id"))
    days = [(n - 1, (last - first).days, (day - first).days) for _pk, n, first, last in rows]
    table = np.array(days, dtype=float).reshape(len(rows), 3)
    weeks = table[:, 1:] / A_WEEK
    return Histories([row[0] for row in rows], table[:, 0], weeks[:, 0], weeks[:, 1])


def fitted(seen: Histories) -> Habit | None:
    """The habit of these customers; None where too few have bought again to tell."""
    # Only where it is shown: the library brings much along that no other page needs.
    import numpy as np
    from scipy.optimize import minimize

    if int((seen.again > 0).sum()) < FEWEST:
        return None
    found = minimize(_unlikeliness, np.zeros(4), args=(seen,), method="L-BFGS-B")
    return Habit(*(float(one) for one in np.exp(found.x))) if found.success else None


def _unlikeliness(logs: "Numbers", seen: Histories) -> float:
    """The mean of the negative logarithm of what was seen; parameters as logarithms."""
    import numpy as np
    from scipy.special import gammaln

    r, alpha, a, b = np.exp(logs)
    x, last, age = seen.again, seen.last, seen.age
    buying = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    leaving = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    here = -(r + x) * np.log(alpha + age)
    some = np.maximum(x, 1)
    gone = np.log(a) - np.log(b + some - 1) - (r + x) * np.log(alpha + last)
    either = np.logaddexp(here, np.where(x > 0, gone, -np.inf))
    return -float(np.mean(buying + leaving + either))


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """An account with what the model says of it."""

    account: Account
    again: int
    alive: float
    expected: float

    @property
    def percent(self) -> float:
        return self.alive * 100


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What may be expected of all customers together, and of the best of them."""

    habit: Habit
    customers: int
    again: int
    alive: float
    expected: float
    buyers: list[Buyer]


def outlook(day: date, *, segment: Segment | None = None) -> Outlook | None:
    """The weeks to come; None where customers subscribe, or too little is known of them."""
    if not sells_without_subscriptions():
        return None
    seen = histories(day, segment=segment)
    habit = fitted(seen)
    if habit is None:
        return None
    alive, expected = habit.alive(seen), habit.expected(seen, AHEAD)
    return Outlook(
        habit=habit,
        customers=len(seen.accounts),
        again=int((seen.again > 0).sum()),
        alive=float(alive.sum()),
        expected=float(expected.sum()),
        buyers=list(_best(seen, alive, expected)),
    )


def _best(seen: Histories, alive: "Numbers", expected: "Numbers") -> Iterator[Buyer]:
    places = expected.argsort()[::-1][:SHOWN]
    accounts = Account.objects.in_bulk([seen.accounts[place] for place in places])
    for place in places:
        yield Buyer(
            account=accounts[seen.accounts[place]],
            again=int(seen.again[place]),
            alive=float(alive[place]),
            expected=float(expected[place]),
        )
