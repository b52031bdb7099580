"""The measures and figures of a night as a loop over accounts: how it would be without sets.

The same rows of the catalogue, fetched account by account and added up in Python.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from accounts.models import Account
from metrics.catalogue import METRICS
from metrics.catalogue.records import Measure
from metrics.figures.readings import at_end, comparison_windows
from metrics.figures.segments import value_expression
from metrics.windows.periods import Period, Window, window_for


def total_of(accounts: Iterable[Account], day: date) -> Decimal:
    """Add up every number of the night of `day` for these accounts, one by one."""
    questions = _questions(day)
    return sum((_of(account, *query) for account in accounts for query in questions), Decimal(0))


def _questions(day: date) -> list[tuple[Measure, Window]]:
    """Every measure over every window of the night, each once."""
    query: dict[tuple[int, Window], tuple[Measure, Window]] = {}
    for period in Period:
        for _name, days in comparison_windows(
            window_for(period=period, day=day).with_stored_movements()
        ):
            for metric in METRICS.values():
                for variant in metric.variants.values():
                    for measure in (variant.numerator, variant.denominator):
                        if measure:
                            when = at_end(days) if metric.point_in_time else days
                            query[id(measure), when] = (measure, when)
    return list(query.values())


def _of(account: Account, measure: Measure, days: Window) -> Decimal:
    total = Decimal(0)
    for kind in measure.union_members():
        rows = kind.rows(days).filter(**{kind.account_path or "pk": account.pk})
        values = rows.order_by().values_list(value_expression(kind, days, None))
        total += sum((Decimal(value or 0) for (value,) in values), Decimal(0))
    return total
