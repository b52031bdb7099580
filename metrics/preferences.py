"""Which variant of a metric a tenant is shown when it asks for none."""

from accounts.models import CountingRules
from metrics.catalogue import METRICS
from metrics.catalogue.records import Metric


def preferred() -> dict[str, str]:
    """The tenant's choices, by metric; of MRR what its rules of counting say."""
    rules = CountingRules.objects.get()
    chosen = {
        key: variant
        for key, variant in rules.preferred_variants.items()
        if key in METRICS and variant in METRICS[key].variants
    }
    by_cancellation = rules.churn_at == CountingRules.ChurnAt.CANCELLATION
    return {**chosen, "mrr": "cancellation" if by_cancellation else str(rules.discounts)}


def variant_for(metric: Metric) -> str:
    """The variant of a metric that the tenant prefers."""
    return preferred().get(metric.key, metric.default_variant)
