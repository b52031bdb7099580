"""Every account-grain metric at the end of a day, in one wide row per account.

One INSERT ... SELECT: each metric is a subquery by account, joined to the accounts known on the
day. The statement is as long as the catalogue and the tenant's own metrics, whatever the number of
accounts.
"""

from datetime import date
from fractions import Fraction

from django.db import connection

from accounts.models import Account
from metrics.catalogue.own import account_metrics
from metrics.catalogue.records import AccountMetric, Variant
from metrics.catalogue.sql import Sql, compiled
from metrics.figures.totals import by_account
from metrics.models import AccountMetricValues
from metrics.windows.periods import Period, Window, window_for
from tenants.typing import SqlValues


def compute_account_metrics(*, day: date) -> None:
    """Replace the account metrics of `day`."""
    AccountMetricValues.objects.filter(day=day).delete()
    text, parameters = _statement(day=day)
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def _statement(*, day: date) -> tuple[str, SqlValues]:
    at_end = window_for(period=Period.DAY, day=day).with_stored_movements()
    metrics_by_slot = sorted(account_metrics().values(), key=lambda metric: metric.slot)
    known = Account.objects.known_on(day).order_by().values("pk").query.sql_with_params()
    parts, parameters = [f"known (account_id) AS ({known[0]})"], [*known[1]]
    for metric in metrics_by_slot:
        values = values_of(metric, at_end)
        parts.append(f"{_name(metric)} (account_id, value) AS MATERIALIZED ({values.text})")
        parameters += values.parameters
    joins = " ".join(f"LEFT JOIN {_name(metric)} USING (account_id)" for metric in metrics_by_slot)
    text = (
        f"WITH {', '.join(parts)} "
        "INSERT INTO metrics_accountmetricvalues (account_id, day, values) "
        f"SELECT account_id, %s, ARRAY[{_slots(metrics_by_slot)}]::numeric(24, 10)[] "
        f"FROM known {joins}"
    )
    return text, [*parameters, day]


def values_of(metric: AccountMetric, at_end: Window) -> Sql:
    """A SELECT of (account_id, value): what `metric` says of the accounts that have one."""
    if metric.variant is None:
        if metric.values is None:
            raise ValueError(f"{metric.key} has neither rows of a metric nor values of its own")
        return compiled(metric.values(at_end))
    return _where_given(metric.variant, metric.over(at_end))


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
    numerator = by_account(variant.numerator, days)
    if variant.denominator is None:
        return Sql.around(
            numerator, f"SELECT account_id, total * {scale} AS value FROM ({{rows}}) numerator"
        )
    denominator = by_account(variant.denominator, days)
    text = (
        f"SELECT account_id, coalesce(numerator.total, 0) * {scale.numerator} "
        f"/ (denominator.total * {scale.denominator}) - {variant.subtract} AS value "
        f"FROM ({denominator.text}) denominator "
        f"LEFT JOIN ({numerator.text}) numerator USING (account_id) "
        "WHERE denominator.total <> 0"
    )
    return Sql(text, (*denominator.parameters, *numerator.parameters))


def _slots(metrics_by_slot: list[AccountMetric]) -> str:
    """The array's elements, NULL in the slots that no metric has (any more)."""
    values = {metric.slot: _value(metric) for metric in metrics_by_slot}
    return ", ".join(values.get(slot, "NULL") for slot in range(max(values) + 1))


def _value(metric: AccountMetric) -> str:
    name = _name(metric)
    # A ratio of absurd prices, or a sum of them, may have more digits than the column: it is then
    # unknown, and does not keep the night of every other account from ending.
    known = f"CASE WHEN abs({name}.value) < 1e14 THEN {name}.value END"
    if metric.value_when_missing is None:
        return known
    return (
        f"CASE WHEN {name}.account_id IS NULL THEN {metric.value_when_missing:d} ELSE {known} END"
    )


def _name(metric: AccountMetric) -> str:
    return f"m{metric.slot}"
