"""Stripe: Subscriptions, Export."""

from accounts.imports.presets.records import Preset

# What was cancelled does not renew on the day that its period ends.
NO_RENEWAL = """
UPDATE {staged} SET cells[{place:renews_on}] = '' WHERE problem = ''
AND coalesce({cancelled_on}, '') || coalesce({ended_on}, '') <> ''
"""

STRIPE = Preset(
    name="stripe",
    label="Stripe",
    kind="subscriptions",
    columns={
        "id": "external_id",
        "subscription id": "external_id",
        "customer id": "account_external_id",
        "customer": "account_external_id",
        "customer name": "account.name",
        "customer description": "account.description",
        "customer email": "account.email",
        "plan": "plan",
        "plan name": "plan",
        "product": "plan",
        "price nickname": "plan",
        "price id": "plan",
        "plan id": "plan",
        "quantity": "quantity",
        "currency": "currency",
        "interval": "interval",
        "interval count": "interval_count",
        "amount": "amount",
        "start (utc)": "started_on",
        "start date (utc)": "started_on",
        "start": "started_on",
        "created (utc)": "started_on",
        "current period end (utc)": "renews_on",
        "current period end": "renews_on",
        "trial end (utc)": "trial_ends_on",
        "trial end": "trial_ends_on",
        "canceled at (utc)": "cancelled_on",
        "cancelled at (utc)": "cancelled_on",
        "canceled at": "cancelled_on",
        "ended at (utc)": "ended_on",
        "ended at": "ended_on",
        "cancellation reason": "churn_reason",
    },
    patterns=((r"(.+) \(metadata\)", r"attr.\1"), (r"metadata: (.+)", r"attr.\1")),
    ignored=(
        *("status", "current period start (utc)", "current period start", "trial start (utc)"),
        *("trial start", "application fee percent", "coupon", "tax percent", "livemode", "object"),
        *("collection method", "days until due", "latest invoice", "default payment method"),
        *("cancel at period end", "cancel at (utc)", "discount", "billing cycle anchor (utc)"),
    ),
    prepare=(NO_RENEWAL,),
)
