"""What the nights of a tenant wrote, as text that two runs can be compared by.

Natural keys and values only: no primary key, and no time at which anything was computed.
"""

from typing import Any

from django.db.models import Model, Q

from accounts.models import AccountNow, MrrMovement
from metrics.catalogue import ACCOUNT_METRICS
from metrics.models import AccountMetricValues, HealthScore, KpiSnapshot, Night, OwnMetric
from usage.models import DailyUsage, Session

ACCOUNT = "account__external_id"
COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Session: (ACCOUNT, "user_id", "day", "started_at", "ended_at", "events"),
    DailyUsage: (ACCOUNT, "user_id", "day", "event", "feature", "events", "seconds"),
    MrrMovement: (ACCOUNT, "day", "kind", "amount", "mrr_after"),
    AccountMetricValues: (ACCOUNT, "day", "values"),
    HealthScore: (ACCOUNT, "day", "model__version", "score", "coverage", "status", "marks"),
    AccountNow: (
        *(ACCOUNT, "day", "score", "status", "coverage", "mrr", "mrr_change", "tenure"),
        *("nps", "last_seen", "score_change", "weeks"),
    ),
    KpiSnapshot: (
        *("day", "period", "key", "variant", "compared", "dimension", "dimension_value"),
        *("start", "end"),
        *("value", "numerator", "denominator", "n", "low", "high"),
    ),
}


def dump(*, only: Q | None = None) -> dict[str, list[str]]:
    """Every derived row of the tenant we are in, in an order that depends on nothing else."""
    return {
        model.__name__: sorted(
            str(_figures(model, row))
            for row in model._default_manager.filter(only or Q()).values_list(*columns)
        )
        for model, columns in COLUMNS.items()
    }


def _figures(model: type[Model], row: tuple[Any, ...]) -> Any:
    """A row; an account's measures by their keys: a tenant's own have the slots they came to."""
    if model is not AccountMetricValues:
        return row
    slots = {measure.slot: key for key, measure in ACCOUNT_METRICS.items()}
    slots |= dict(OwnMetric.objects.values_list("slot", "key"))
    named = {slots.get(slot): one for slot, one in enumerate(row[-1]) if one is not None}
    return (*row[:-1], sorted((str(key), one) for key, one in named.items()))


def empty_derived_tables() -> None:
    written: list[type[Model]] = [*COLUMNS, Night]
    for model in written:
        model._default_manager.all().delete()
