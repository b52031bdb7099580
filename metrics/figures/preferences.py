"""What a tenant has chosen: the rules it can set, and the variant shown when none is named."""

from django.utils.translation import gettext_lazy

from accounts.models import CountingRules
from accounts.models.rules import customers_known_by
from metrics.catalogue import METRICS
from metrics.catalogue.records import Metric

# The rules that a tenant chooses, as its page and the API group them.
SECTIONS = {
    gettext_lazy("Calendar"): ("week_starts_on",),
    gettext_lazy("Customers and money"): (
        *("customers_by", "bought_within_days", "churn_at"),
        *("discounts", "fully_discounted", "gross_margin"),
    ),
    gettext_lazy("Onboarding"): ("onboarding_days", "onboarding_steps"),
    gettext_lazy("Usage"): (
        *("activity_events", "key_features", "feature_base"),
        *("target_days_a_week", "target_days_a_month"),
    ),
    gettext_lazy("Support"): (
        *("fcr_most_replies", "fcr_reopen_days", "fcr_without_reply"),
        *("fcr_handover_is_contact", "fcr_with_abandoned"),
        *("business_days", "business_from", "business_until", "holidays"),
    ),
}
# MRR follows its own rules.
WITH_VARIANTS = {
    key: metric for key, metric in METRICS.items() if len(metric.variants) > 1 and key != "mrr"
}
# What has a variant by subscriptions beside those by purchases.
OF_BUSINESS = ("clv", "clv_cac_ratio", "profit_per_customer")


def of_business(rules: CountingRules) -> dict[str, str]:
    """What fits the tenant's kind of business: whether it sells subscriptions or not."""
    sells = customers_known_by(rules) == CountingRules.CustomersBy.SUBSCRIPTIONS
    return dict.fromkeys(OF_BUSINESS, "subscription") if sells else {}


def effective_variants() -> dict[str, str]:
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
    return effective_variants().get(metric.key, metric.default_variant)
