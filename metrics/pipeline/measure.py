"""Every account-grain metric at the end of a day, in one wide row per account.

One INSERT ... SELECT: each measure is a subquery by account, joined to the accounts known on the
day. The statement is as long as the catalogue and the tenant's own metrics, whatever the number of
accounts.
"""

from datetime import date
from fractions import Fraction

from django.db import connection

from accounts.models import Account
from metrics.catalogue.own import account_metrics as known_measures
from metrics.catalogue.records import AccountMetric, Variant
from metrics.catalogue.sql import Sql, compiled
from metrics.figures.totals import by_account
from metrics.models import AccountMetricValues
from metrics.windows.periods import Period, Window, window
from tenants.typing import SqlValues


def measure(*, day: date) -> None:
    """Replace the measures of `day`."""
    AccountMetricValues.objects.filter(day=day).delete()
    text, parameters = _statement(day=day)
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def _statement(*, day: date) -> tuple[str, SqlValues]:
    at_end = window(period=Period.DAY, day=day).with_stored_movements()
    measures = sorted(known_measures().values(), key=lambda measure: measure.slot)
    known = Account.objects.known_on(day).order_by().values("pk").query.sql_with_params()
    parts, parameters = [f"known (account_id) AS ({known[0]})"], [*known[1]]
    for measure in measures:
        values = values_of(measure, at_end)
        parts.append(f"{_name(measure)} (account_id, value) AS MATERIALIZED ({values.text})")
        parameters += values.parameters
    joins = " ".join(f"LEFT JOIN {_name(measure)} USING (account_id)" for measure in measures)
    text = (
        f"WITH {', '.join(parts)} "
        "INSERT INTO metrics_accountmetricvalues (account_id, day, values) "
        f"SELECT account_id, %s, ARRAY[{_slots(measures)}]::numeric(24, 10)[] FROM known {joins}"
    )
    return text, [*parameters, day]


def values_of(measure: AccountMetric, at_end: Window) -> Sql:
    """A SELECT of (account_id, value): what `measure` says of the accounts that have one."""
    if measure.variant is None:
        if measure.values is None:
            raise ValueError(f"{measure.key} has neither rows of a metric nor values of its own")
        return compiled(measure.values(at_end))
    return _where_given(measure.variant, measure.over(at_end))


def _where_given(variant: Variant, days: Window) -> Sql:
    """The metric, of nobody where the tenant has no rows of what it rests on."""
    found = _of_variant(variant, days)
    if variant.requires is None:
        return found
    given = compiled(variant.requires.rows(days))
    text = f"SELECT account_id, value FROM ({found.text}) found WHERE EXISTS ({given.text})"
    return Sql(text, (*found.parameters, *given.parameters))


def _of_variant(variant: Variant, days: Window) -> Sql:
    """The metric itself, its rows totalled account by account."""
    scale = Fraction(variant.scale)
    top = by_account(variant.numerator, days)
    if variant.denominator is None:
        return Sql.around(top, f"SELECT account_id, total * {scale} AS value FROM ({{rows}}) top")
    below = by_account(variant.denominator, days)
    text = (
        f"SELECT account_id, coalesce(top.total, 0) * {scale.numerator} "
        f"/ (below.total * {scale.denominator}) - {variant.subtract} AS value "
        f"FROM ({below.text}) below LEFT JOIN ({top.text}) top USING (account_id) "
        "WHERE below.total <> 0"
    )
    return Sql(text, (*below.parameters, *top.parameters))


def _slots(measures: list[AccountMetric]) -> str:
    """The array's elements, NULL in the slots that no metric has (any more)."""
    values = {measure.slot: _value(measure) for measure in measures}
    return ", ".join(values.get(slot, "NULL") for slot in range(max(values) + 1))


def _value(measure: AccountMetric) -> str:
    name = _name(measure)
    # A ratio of absurd prices, or a sum of them, may have more digits than the column: it is then
    # unknown, and does not keep the night of every other account from ending.
    known = f"CASE WHEN abs({name}.value) < 1e14 THEN {name}.value END"
    if measure.value_when_missing is None:
        return known
    return (
        f"CASE WHEN {name}.account_id IS NULL THEN {measure.value_when_missing:d} ELSE {known} END"
    )


def _name(measure: AccountMetric) -> str:
    return f"m{measure.slot}"
