"""What the nights write, and what shapes it: health models, goals, metrics of a tenant's own.

Derived tables are replaced by a night, never adjusted. No row carries the time at which it was
computed: computing a day again gives the same rows. When that was is in `Night`.
"""

from metrics.models.account_metrics import AccountMetricValues
from metrics.models.goals import Goal
from metrics.models.health import HealthFactor, HealthModel, HealthScore, HealthStatus
from metrics.models.kpis import KpiSnapshot
from metrics.models.nights import Night, Revision
from metrics.models.own_metrics import OwnMetric

__all__ = [
    "AccountMetricValues",
    "Goal",
    "HealthFactor",
    "HealthModel",
    "HealthScore",
    "HealthStatus",
    "KpiSnapshot",
    "Night",
    "OwnMetric",
    "Revision",
]
