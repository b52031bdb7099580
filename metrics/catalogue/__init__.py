"""The contents page: every metric there is, by family."""

from django.utils.translation import gettext_lazy as _

from metrics.catalogue import (
    adoption,
    conversion,
    economics,
    engagement,
    feedback,
    health,
    lifetime,
    period_revenue,
    relationship,
    renewal,
    retention,
    revenue,
    revenue_retention,
    support,
    utilisation,
)
from metrics.catalogue.records import AccountMetric, Metric

FAMILY_NAMES = {
    revenue: _("Recurring revenue and how it moves"),
    period_revenue: _("Earnings of a period"),
    retention: _("Customers who stay and leave"),
    revenue_retention: _("Retention of revenue"),
    renewal: _("Renewals"),
    lifetime: _("Lifetime and its value"),
    economics: _("Cost of winning and keeping customers"),
    conversion: _("Conversion and onboarding"),
    feedback: _("Feedback"),
    support: _("Support"),
    adoption: _("Adoption"),
    engagement: _("Habits"),
    utilisation: _("Uptake of what was sold"),
    health: _("Health of the book"),
}
FAMILIES = tuple(FAMILY_NAMES)
ACCOUNT_FAMILIES = (
    revenue,
    retention,
    revenue_retention,
    lifetime,
    conversion,
    feedback,
    support,
    adoption,
    engagement,
    utilisation,
    relationship,
)

METRICS: dict[str, Metric] = {
    metric.key: metric for family in FAMILIES for metric in family.METRICS
}
ACCOUNT_METRICS: dict[str, AccountMetric] = {
    measure.key: measure for family in ACCOUNT_FAMILIES for measure in family.ACCOUNT_METRICS
}
