"""Chargebee: Subscriptions, Export."""

from accounts.imports.presets.records import Preset

NO_RENEWAL = """
UPDATE {staged} SET cells[{place:renews_on}] = '' WHERE problem = ''
AND coalesce({cancelled_on}, '') <> ''
"""
# A subscription that is cancelled is served until then.
ENDED = """
UPDATE {staged} SET cells[{place:ended_on}] = {cancelled_on} WHERE problem = ''
AND coalesce({ended_on}, '') = '' AND coalesce({cancelled_on}, '') <> ''
AND lower({attr.Subscription Status}) = 'cancelled'
"""

CHARGEBEE = Preset(
    name="chargebee",
    label="Chargebee",
    kind="subscriptions",
    columns={
        "subscription id": "external_id",
        "subscriptions.id": "external_id",
        "id": "external_id",
        "customer id": "account_external_id",
        "customers.id": "account_external_id",
        "customer company": "account.name",
        "company": "account.name",
        "customers.company": "account.name",
        "customer name": "account.description",
        "customer email": "account.email",
        "customers.email": "account.email",
        "plan name": "plan",
        "item name": "plan",
        "plan id": "plan",
        "item price id": "plan",
        "item price name": "plan",
        "plan quantity": "quantity",
        "quantity": "quantity",
        "plan unit price": "amount",
        "plan unit amount": "amount",
        "unit price": "amount",
        "plan amount": "amount",
        "currency": "currency",
        "currency code": "currency",
        "billing period": "interval_count",
        "billing period unit": "interval",
        "started at": "started_on",
        "start date": "started_on",
        "activated at": "started_on",
        "created at": "started_on",
        "trial end": "trial_ends_on",
        "cancelled at": "cancelled_on",
        "canceled at": "cancelled_on",
        "next billing at": "renews_on",
        "cancel reason": "churn_reason",
        "cancel reason code": "churn_reason",
        "subscription status": "attr.Subscription Status",
        "status": "attr.Subscription Status",
    },
    values={"interval": {"days": "day", "weeks": "week", "months": "month", "years": "year"}},
    further=("ended_on",),
    prepare=(NO_RENEWAL, ENDED),
)
