"""The contents page: every metric there is, by family."""

from metrics.catalogue import adoption, feedback, retention, revenue, revenue_retention
from metrics.catalogue.records import AccountMetric, Metric

METRICS: dict[str, Metric] = {
    metric.key: metric
    for family in (revenue, retention, revenue_retention, feedback, adoption)
    for metric in family.METRICS
}
MEASURES: dict[str, AccountMetric] = {
    measure.key: measure for family in (revenue, retention) for measure in family.OF_ACCOUNTS
}
