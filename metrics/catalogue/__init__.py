"""The contents page: every metric there is, by family."""

from django.utils.translation import gettext_lazy as _

from metrics.catalogue import (
    adoption,
    earnings,
    feedback,
    relationship,
    retention,
    revenue,
    revenue_retention,
    uptake,
)
from metrics.catalogue.records import AccountMetric, Metric

FAMILY_NAMES = {
    revenue: _("Recurring revenue and how it moves"),
    earnings: _("Earnings of a period"),
    retention: _("Customers who stay and leave"),
    revenue_retention: _("Retention of revenue"),
    feedback: _("Feedback"),
    adoption: _("Adoption"),
    uptake: _("Uptake of what was sold"),
}
FAMILIES = tuple(FAMILY_NAMES)
OF_ACCOUNTS = (revenue, retention, revenue_retention, feedback, adoption, uptake, relationship)

METRICS: dict[str, Metric] = {
    metric.key: metric for family in FAMILIES for metric in family.METRICS
}
MEASURES: dict[str, AccountMetric] = {
    measure.key: measure for family in OF_ACCOUNTS for measure in family.OF_ACCOUNTS
}
