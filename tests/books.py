"""Small books of customers, written by hand or drawn at random, and what they must add up to.

The oracle below knows the rules of MRR from their definition and shares no code with the product.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from accounts.models import Account, Subscription
from tenants.context import as_owner, tenant_connection

JANUARY, DECEMBER = date(2024, 1, 1), date(2024, 12, 31)
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass
class Sold:
    """A subscription as the oracle knows it."""

    account: str
    amount: Decimal
    started_on: date
    ended_on: date | None = None
    interval: str = "month"
    quantity: int = 1
    options: dict[str, Any] = field(default_factory=dict)

    def mrr(self, day: date, *, discounts: str = "all") -> Fraction:
        """What it pays a month at the end of `day`, less discounts: all, forever or none."""
        starts = max(self.started_on, self.options.get("trial_ends_on") or self.started_on)
        if day < starts or (self.ended_on and day >= self.ended_on) or self._paused(day):
            return Fraction(0)
        return self._paid(day, discounts) * self._per_month()

    def _paused(self, day: date) -> bool:
        first, last = self.options.get("paused_from"), self.options.get("paused_until")
        return bool(first and first <= day and (last is None or day < last))

    def called_off(self, day: date) -> bool:
        cancelled = self.options.get("cancelled_on")
        return bool(cancelled and cancelled <= day)

    def _paid(self, day: date, discounts: str) -> Fraction:
        listed = Fraction(self.amount) * self.quantity
        ends = self.options.get("discount_ends_on")
        if discounts == "none" or (ends and (day >= ends or discounts == "forever")):
            return listed
        percent = Fraction(self.options.get("discount_percent") or 0)
        return max(
            listed * (100 - percent) / 100 - Fraction(self.options.get("discount_amount") or 0),
            Fraction(0),
        )

    def _per_month(self) -> Fraction:
        if self.interval == "day":
            return Fraction(365, 12)
        if self.interval == "week":
            return Fraction(52, 12)
        return Fraction(1, MONTHS[self.interval])


def mrr_of(sold: list[Sold], account: str, day: date) -> Fraction:
    return sum((one.mrr(day) for one in sold if one.account == account), Fraction(0))


def store(sold: list[Sold], *, currency: str = "EUR", **of_accounts: Any) -> None:
    """Write a book into the tenant that we are in."""
    names = sorted({one.account for one in sold})
    Account.objects.bulk_create(
        [Account(external_id=name, name=name.title(), **of_accounts) for name in names]
    )
    keys = dict(Account.objects.values_list("external_id", "pk"))
    Subscription.objects.bulk_create(
        Subscription(
            external_id=f"s{number}",
            account_id=keys[one.account],
            plan="Plan",
            currency=currency,
            amount=one.amount,
            quantity=one.quantity,
            interval=one.interval,
            started_on=one.started_on,
            ended_on=one.ended_on,
            **one.options,
        )
        for number, one in enumerate(sold)
    )
    if len(sold) >= 500:
        analyze()


def analyze() -> None:
    """As an import does: without it the planner would plan for the few rows it last saw."""
    with as_owner(tenant_connection().schema_name), tenant_connection().cursor() as cursor:
        cursor.execute("ANALYZE accounts_account, accounts_subscription")


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


dates = st.dates(min_value=JANUARY, max_value=DECEMBER)
amounts = st.decimals(min_value=0, max_value=999, places=2)


@st.composite
def sales(draw: st.DrawFn, first: date = JANUARY, last: date = DECEMBER) -> Sold:
    started = draw(st.dates(first, last))
    later = st.none() | st.dates(min_value=started, max_value=last)
    paused = draw(later)
    options = {
        "trial_ends_on": draw(later),
        "cancelled_on": draw(later),
        "discount_percent": draw(st.none() | st.sampled_from([Decimal(10), Decimal(100)])),
        "discount_amount": draw(st.none() | amounts),
        "discount_ends_on": draw(later),
        "paused_from": paused,
        "paused_until": draw(st.none() | st.dates(paused, last)) if paused else None,
    }
    return Sold(
        account=draw(st.sampled_from("abc")),
        amount=draw(amounts),
        started_on=started,
        ended_on=draw(later),
        interval=draw(st.sampled_from(["day", "week", "month", "quarter", "half_year", "year"])),
        quantity=draw(st.integers(0, 3)),
        options=options,
    )


@st.composite
def plain_sales(draw: st.DrawFn, first: date, last: date) -> Sold:
    started = draw(st.dates(first, last))
    ended = draw(st.none() | st.dates(started, last))
    return Sold(draw(st.sampled_from("abc")), draw(st.integers(1, 9).map(Decimal)), started, ended)


books = st.lists(sales(), min_size=1, max_size=6)
# So few days that beginnings, ends and the day asked about often meet, around a month's end.
CROWDED = (date(2024, 2, 27), date(2024, 3, 4))
crowded_days = st.dates(*CROWDED)
crowded_books = st.lists(plain_sales(*CROWDED) | sales(*CROWDED), min_size=3, max_size=9)
