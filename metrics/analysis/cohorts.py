"""Cohorts: the customers of one first month, and how many of them, and of their MRR, are left."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import DateField, F, Min, Q, Value
from django.db.models.functions import Cast, TruncMonth

from accounts.models import Account, CustomerSpell
from metrics.catalogue.expressions import summed
from metrics.windows.periods import DAY, months_before
from tenants.typing import AnyRows

# Of each cohort and month: how many are customers at its end, and what they pay then. The last
# month is taken at the end of the day asked about.
CELLS = """
WITH first AS (
    SELECT s.account_id, date_trunc('month', min(s.starts_on))::date AS cohort
    FROM accounts_customerspell s JOIN accounts_account a ON a.id = s.account_id
    WHERE NOT a.is_test GROUP BY s.account_id
), chosen AS (
    SELECT * FROM first WHERE cohort BETWEEN %(first)s::date AND %(day)s::date
), ends AS (
    SELECT month::date AS month,
           least((month + interval '1 month - 1 day')::date, %(day)s::date) AS day
    FROM generate_series(%(first)s::date, %(day)s::date, interval '1 month') month
), here AS (
    SELECT chosen.cohort, ends.month, count(*) AS customers
    FROM chosen JOIN accounts_customerspell s USING (account_id)
    JOIN ends ON s.starts_on <= ends.day AND (s.ends_on IS NULL OR s.ends_on > ends.day)
    GROUP BY chosen.cohort, ends.month
), paid AS (
    SELECT chosen.cohort, ends.month, sum(p.mrr) AS mrr
    FROM chosen JOIN accounts_mrrphase p USING (account_id)
    JOIN ends ON p.starts_on <= ends.day AND (p.ends_on IS NULL OR p.ends_on > ends.day)
    GROUP BY chosen.cohort, ends.month
), sizes AS (
    SELECT cohort, count(*) AS size FROM chosen GROUP BY cohort
)
SELECT sizes.cohort, sizes.size, ends.month, coalesce(here.customers, 0), coalesce(paid.mrr, 0)
FROM sizes JOIN ends ON ends.month >= sizes.cohort
LEFT JOIN here ON here.cohort = sizes.cohort AND here.month = ends.month
LEFT JOIN paid ON paid.cohort = sizes.cohort AND paid.month = ends.month
ORDER BY sizes.cohort, ends.month
"""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cohort at the end of a month; shares are of all who began, and of the first month's MRR."""

    month: date
    customers: int
    mrr: Decimal
    share: Decimal
    mrr_share: Decimal | None

    @property
    def heat(self) -> int:
        """How deep its colour is, from 0 to 10."""
        return int(self.share // 10)


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Everybody who first paid in one month."""

    month: date
    size: int
    cells: list[Cell]


def cohorts(day: date, *, months: int) -> list[Cohort]:
    """The cohorts of so many months up to the one of `day`, the oldest first: one statement."""
    first = months_before(day=day.replace(day=1), months=months - 1)
    with connection.cursor() as cursor:
        cursor.execute(CELLS, {"first": first, "day": day})
        rows = cursor.fetchall()
    by_cohort: dict[date, list[tuple[int, date, int, Decimal]]] = defaultdict(list)
    for month, *rest in rows:
        by_cohort[month].append(tuple(rest))
    return [_cohort(month, lines) for month, lines in by_cohort.items()]


def _cohort(month: date, lines: list[tuple[int, date, int, Decimal]]) -> Cohort:
    size, first_mrr = lines[0][0], lines[0][3]
    cells = [
        Cell(
            month=at,
            customers=customers,
            mrr=mrr,
            share=Decimal(customers) * 100 / size,
            mrr_share=mrr * 100 / first_mrr if first_mrr else None,
        )
        for _size, at, customers, mrr in lines
    ]
    return Cohort(month=month, size=size, cells=cells)


def members(cohort: date, *, on: date) -> AnyRows:
    """The accounts of a cohort, each with what it pays at the end of a day: the rows of a cell.

    `here` says whether it is a customer then.
    """
    spells = CustomerSpell.objects.order_by().values("account_id")
    firsts = spells.annotate(month=Cast(TruncMonth(Min("starts_on")), DateField()))
    of_cohort = firsts.filter(month=Value(cohort, output_field=DateField()))
    found = Account.objects.counted().filter(pk__in=of_cohort.values("account_id"))
    there = Account.objects.customers_on(on).values("pk")
    holds = Q(phases__starts_on__lte=on) & (Q(phases__ends_on=None) | Q(phases__ends_on__gt=on))
    result = found.annotate(
        first_paid=Min("spells__starts_on"),
        here=Q(pk__in=there),
        mrr_then=summed("phases__mrr", filter=holds),
    )
    return result.order_by(F("here").desc(), "name", "pk")


def end_of(month: date, *, day: date) -> date:
    """The day at whose end a month is looked at: its last, or the day asked about."""
    return min(months_before(day=month, months=-1) - DAY, day)
