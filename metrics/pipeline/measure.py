"""Every account-grain metric at the end of a day, in one wide row per account.

One INSERT ... SELECT: each measure is a subquery by account, joined to the accounts known on the
day. The statement is as long as the catalogue, whatever the number of accounts.
"""

from datetime import date
from typing import Any

from django.db import connection

from accounts.models import Account
from metrics.catalogue import MEASURES
from metrics.catalogue.records import AccountMetric
from metrics.catalogue.sql import compiled
from metrics.models import AccountMeasures
from metrics.periods import Period, window


def measure(*, day: date) -> None:
    """Replace the measures of `day`."""
    AccountMeasures.objects.filter(day=day).delete()
    text, parameters = _statement(day=day)
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def _statement(*, day: date) -> tuple[str, list[Any]]:
    at_end = window(period=Period.DAY, day=day)
    measures = sorted(MEASURES.values(), key=lambda measure: measure.slot)
    known = Account.objects.known_on(day).order_by().values("pk").query.sql_with_params()
    parts, parameters = [f"known (account_id) AS ({known[0]})"], [*known[1]]
    for measure in measures:
        values = compiled(measure.values(at_end))
        parts.append(f"{_name(measure)} (account_id, value) AS MATERIALIZED ({values.text})")
        parameters += values.parameters
    joins = " ".join(f"LEFT JOIN {_name(measure)} USING (account_id)" for measure in measures)
    text = (
        f"WITH {', '.join(parts)} "
        "INSERT INTO metrics_accountmeasures (account_id, day, values) "
        f"SELECT account_id, %s, ARRAY[{_slots(measures)}]::numeric(24, 10)[] FROM known {joins}"
    )
    return text, [*parameters, day]


def _slots(measures: list[AccountMetric]) -> str:
    """The array's elements, NULL in the slots that no metric has (any more)."""
    values = {measure.slot: _value(measure) for measure in measures}
    return ", ".join(values.get(slot, "NULL") for slot in range(max(values) + 1))


def _value(measure: AccountMetric) -> str:
    value = f"{_name(measure)}.value"
    if measure.when_silent is None:
        # A ratio of absurd prices may have more digits than the column: it is then unknown, and
        # does not keep the night of every other account from ending.
        return f"CASE WHEN abs({value}) < 1e14 THEN {value} END"
    return f"coalesce({value}, {measure.when_silent:d})"


def _name(measure: AccountMetric) -> str:
    return f"m{measure.slot}"
