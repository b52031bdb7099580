"""Which variant of a metric a tenant is shown when it asks for none."""

from accounts.models import CountingRules
from accounts.models.rules import customers_known_by
from metrics.catalogue import METRICS
from metrics.catalogue.records import Metric

# What has a variant by subscriptions beside those by purchases.
OF_BUSINESS = ("clv", "clv_cac_ratio", "profit_per_customer")


def of_business(rules: CountingRules) -> dict[str, str]:
    """What fits the tenant's kind of business: whether it sells subscriptions or not."""
    sells = customers_known_by(rules) == CountingRules.CustomersBy.SUBSCRIPTIONS
    return dict.fromkeys(OF_BUSINESS, "subscription") if sells else {}


def preferred() -> dict[str, str]:
    """The tenant's choices, by metric, or what fits its business; of MRR what its rules say."""
    rules = CountingRules.objects.get()
    chosen = {
        key: variant
        for key, variant in rules.preferred_variants.items()
        if key in METRICS and variant in METRICS[key].variants
    }
    by_cancellation = rules.churn_at == CountingRules.ChurnAt.CANCELLATION
    chosen = {**of_business(rules), **chosen}
    return {**chosen, "mrr": "cancellation" if by_cancellation else str(rules.discounts)}


def variant_for(metric: Metric) -> str:
    """The variant of a metric that the tenant prefers."""
    return preferred().get(metric.key, metric.default_variant)
