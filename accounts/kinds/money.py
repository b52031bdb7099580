"""What customers pay, what it costs, and what currencies are worth."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import CURRENCY, EXTERNAL_ID, LIMIT, account, rate_known, worth_held
from accounts.models import (
    Cost,
    Purchase,
    Rate,
    Renewal,
    Subscription,
    SubscriptionChange,
)

QUANTITIES = ("units", "seats", "qty", "licenses", "licences", "number of seats", "ilość")
CANCELLED = ("canceled", "cancelled", "cancellation", "cancel", "canceled at")
RENEWS = ("renewal", "next renewal", "next billing", "next invoice", "renews", "next payment")
DISCOUNT = (
    Column(
        name="discount_percent", type=Type.AMOUNT, aliases=("discount percentage", "discount pct")
    ),
    Column(name="discount_amount", type=Type.AMOUNT),
    Column(name="discount_ends_on", type=Type.DATE),
)
OVER_100 = Rule(
    column="discount_percent", code="over_100", violated_when="{discount_percent} > 100"
)
SUBSCRIPTIONS = Kind(
    name="subscriptions",
    label=_("Subscriptions"),
    model=Subscription,
    attributes="attributes",
    columns=(
        EXTERNAL_ID,
        account(required=True),
        Column(
            name="plan",
            required=True,
            max_length=200,
            aliases=("product", "price plan", "plan name", "product name", "package", "plan id"),
        ),
        CURRENCY,
        Column(
            name="amount",
            type=Type.AMOUNT,
            required=True,
            aliases=(
                *("price", "fee", "unit price", "price per unit", "price per seat", "unit amount"),
                *("plan amount", "recurring amount", "cena", "opłata", "قیمت", "السعر"),
            ),
        ),
        Column(name="quantity", type=Type.AMOUNT, when_empty="1", aliases=QUANTITIES),
        Column(
            name="interval",
            required=True,
            max_length=10,
            choices=tuple(Subscription.Interval.values),
            aliases=(
                *("billing period", "period", "billing interval", "billing cycle", "frequency"),
                *("billing frequency", "billing period unit", "cykl"),
            ),
        ),
        Column(name="interval_count", type=Type.COUNT, max_value=32767, when_empty="1"),
        Column(
            name="started_on",
            type=Type.DATE,
            required=True,
            aliases=(
                *("start", "from", "starts", "contract start", "activated", "activation", "od"),
                "data rozpoczęcia",
            ),
        ),
        Column(
            name="trial_ends_on",
            type=Type.DATE,
            aliases=("trial end", "trial until", "trial ended"),
        ),
        Column(
            name="ended_on", type=Type.DATE, aliases=("end", "until", "ends", "contract end", "do")
        ),
        Column(name="cancelled_on", type=Type.DATE, aliases=CANCELLED),
        Column(name="paused_from", type=Type.DATE),
        Column(name="paused_until", type=Type.DATE),
        *DISCOUNT,
        Column(name="renews_on", type=Type.DATE, aliases=RENEWS),
        Column(name="churn_reason", aliases=("cancellation reason", "cancel reason", "reason")),
    ),
    rules=(
        Rule(column="ended_on", code="before_start", violated_when="{ended_on} < {started_on}"),
        Rule(
            column="paused_until",
            code="before_pause",
            violated_when="{paused_until} IS NOT NULL AND ({paused_from} IS NULL"
            " OR {paused_until} < {paused_from})",
        ),
        OVER_100,
        Rule(column="interval_count", code="not_positive", violated_when="{interval_count} < 1"),
        rate_known(by="started_on"),
        worth_held(by="started_on", month=True),
    ),
)


def subscription() -> Column:
    return Column(
        name="subscription_external_id",
        field="subscription",
        required=True,
        max_length=200,
        references=Subscription,
        aliases=("subscription", "subscription id"),
    )


# What changed terms come to in a month; where the change says nothing, what was sold goes on.
CHANGED_WORTH = """
accounts_monthly(coalesce({amount}, sold.amount) * coalesce({quantity}, sold.quantity),
    sold.interval, sold.interval_count)
* (SELECT worth.rate FROM accounts_rate worth WHERE worth.currency = sold.currency
   AND worth.day <= greatest(sold.started_on, {effective_on}) ORDER BY worth.day DESC LIMIT 1)
"""
SUBSCRIPTION_CHANGES = Kind(
    name="subscription_changes",
    label=_("Changes of subscriptions"),
    model=SubscriptionChange,
    key=("subscription_external_id", "effective_on"),
    columns=(
        subscription(),
        Column(name="effective_on", type=Type.DATE, required=True, aliases=("date", "from")),
        Column(name="amount", type=Type.AMOUNT, aliases=("price",)),
        Column(name="quantity", type=Type.AMOUNT, aliases=("units",)),
        Column(name="plan", max_length=200),
        *DISCOUNT,
    ),
    rules=(
        OVER_100,
        Rule(
            column="effective_on",
            code="before_start",
            violated_when="{effective_on} < (SELECT started_on FROM accounts_subscription changed"
            " WHERE changed.id = {subscription})",
        ),
        Rule(
            column="amount",
            code="too_much_a_month",
            violated_when=f"(SELECT {CHANGED_WORTH} FROM accounts_subscription sold"
            f" WHERE sold.id = {{subscription}}) >= {LIMIT}",
            detail=f"'{LIMIT}'",
        ),
    ),
)
RENEWALS = Kind(
    name="renewals",
    label=_("Renewals"),
    model=Renewal,
    key=("subscription_external_id", "due_on"),
    columns=(
        subscription(),
        Column(name="due_on", type=Type.DATE, required=True, aliases=("renewal date", "due")),
        Column(name="notice_by", type=Type.DATE),
        Column(name="auto_renew", type=Type.TRUTH),
        Column(name="forecast", max_length=10, choices=tuple(Renewal.Forecast.values)),
        Column(name="renewed_on", type=Type.DATE),
        Column(name="amount", type=Type.AMOUNT),
    ),
)
PURCHASES = Kind(
    name="purchases",
    label=_("Purchases"),
    model=Purchase,
    columns=(
        EXTERNAL_ID,
        account(required=True),
        Column(
            name="occurred_on",
            type=Type.DATE,
            required=True,
            aliases=("date", "purchased on", "order date"),
        ),
        Column(name="amount", type=Type.AMOUNT, required=True, aliases=("price", "total")),
        CURRENCY,
        Column(
            name="kind",
            max_length=10,
            choices=tuple(Purchase.Kind.values),
            when_empty="'one_off'",
            aliases=("type",),
        ),
        Column(name="description"),
    ),
    rules=(rate_known(by="occurred_on"), worth_held(by="occurred_on")),
)
COSTS = Kind(
    name="costs",
    label=_("Costs"),
    model=Cost,
    key=("occurred_on", "category", "segment", "currency"),
    columns=(
        Column(
            name="occurred_on", field="month", type=Type.MONTH, required=True, aliases=("month",)
        ),
        Column(name="category", required=True, max_length=20, choices=tuple(Cost.Category.values)),
        Column(name="amount", type=Type.AMOUNT, required=True, aliases=("cost",)),
        CURRENCY,
        Column(name="segment", max_length=100, when_empty="''::text"),
    ),
    rules=(rate_known(by="month"), worth_held(by="month")),
)
RATES = Kind(
    name="rates",
    label=_("Exchange rates"),
    model=Rate,
    key=("currency", "day"),
    columns=(
        Column(name="currency", type=Type.CURRENCY, required=True),
        Column(name="day", type=Type.DATE, required=True, aliases=("date",)),
        Column(name="rate", type=Type.RATE, required=True),
    ),
    rules=(
        Rule(
            column="currency",
            code="own_currency",
            violated_when="{currency} = %(currency)s AND {rate} <> 1",
        ),
    ),
)
