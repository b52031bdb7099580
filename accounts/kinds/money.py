"""What customers pay, what it costs, and what currencies are worth."""

from typing import Any

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
        name="discount_percent", holds=Type.AMOUNT, also=("discount percentage", "discount pct")
    ),
    Column(name="discount_amount", holds=Type.AMOUNT),
    Column(name="discount_ends_on", holds=Type.DATE),
)
OVER_100 = Rule(column="discount_percent", code="over_100", broken="{discount_percent} > 100")
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
            longest=200,
            also=("product", "price plan", "plan name", "product name", "package", "plan id"),
        ),
        CURRENCY,
        Column(
            name="amount",
            holds=Type.AMOUNT,
            required=True,
            also=(
                *("price", "fee", "unit price", "price per unit", "price per seat", "unit amount"),
                *("plan amount", "recurring amount", "cena", "opłata", "قیمت", "السعر"),
            ),
        ),
        Column(name="quantity", holds=Type.AMOUNT, when_empty="1", also=QUANTITIES),
        Column(
            name="interval",
            required=True,
            longest=10,
            choices=tuple(Subscription.Interval.values),
            also=(
                *("billing period", "period", "billing interval", "billing cycle", "frequency"),
                *("billing frequency", "billing period unit", "cykl"),
            ),
        ),
        Column(name="interval_count", holds=Type.COUNT, most=32767, when_empty="1"),
        Column(
            name="started_on",
            holds=Type.DATE,
            required=True,
            also=(
                *("start", "from", "starts", "contract start", "activated", "activation", "od"),
                "data rozpoczęcia",
            ),
        ),
        Column(
            name="trial_ends_on", holds=Type.DATE, also=("trial end", "trial until", "trial ended")
        ),
        Column(
            name="ended_on", holds=Type.DATE, also=("end", "until", "ends", "contract end", "do")
        ),
        Column(name="cancelled_on", holds=Type.DATE, also=CANCELLED),
        Column(name="paused_from", holds=Type.DATE),
        Column(name="paused_until", holds=Type.DATE),
        *DISCOUNT,
        Column(name="renews_on", holds=Type.DATE, also=RENEWS),
        Column(name="churn_reason", also=("cancellation reason", "cancel reason", "reason")),
    ),
    rules=(
        Rule(column="ended_on", code="before_start", broken="{ended_on} < {started_on}"),
        Rule(
            column="paused_until",
            code="before_pause",
            broken="{paused_until} IS NOT NULL AND ({paused_from} IS NULL"
            " OR {paused_until} < {paused_from})",
        ),
        OVER_100,
        Rule(column="interval_count", code="not_positive", broken="{interval_count} < 1"),
        rate_known(by="started_on"),
        worth_held(by="started_on", month=True),
    ),
)


def subscription(**options: Any) -> Column:
    return Column(
        name="subscription_external_id",
        field="subscription",
        required=True,
        longest=200,
        points_to=Subscription,
        also=("subscription", "subscription id"),
        **options,
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
        Column(name="effective_on", holds=Type.DATE, required=True, also=("date", "from")),
        Column(name="amount", holds=Type.AMOUNT, also=("price",)),
        Column(name="quantity", holds=Type.AMOUNT, also=("units",)),
        Column(name="plan", longest=200),
        *DISCOUNT,
    ),
    rules=(
        OVER_100,
        Rule(
            column="effective_on",
            code="before_start",
            broken="{effective_on} < (SELECT started_on FROM accounts_subscription changed"
            " WHERE changed.id = {subscription})",
        ),
        Rule(
            column="amount",
            code="too_much_a_month",
            broken=f"(SELECT {CHANGED_WORTH} FROM accounts_subscription sold"
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
        Column(name="due_on", holds=Type.DATE, required=True, also=("renewal date", "due")),
        Column(name="notice_by", holds=Type.DATE),
        Column(name="auto_renew", holds=Type.TRUTH),
        Column(name="forecast", longest=10, choices=tuple(Renewal.Forecast.values)),
        Column(name="renewed_on", holds=Type.DATE),
        Column(name="amount", holds=Type.AMOUNT),
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
            holds=Type.DATE,
            required=True,
            also=("date", "purchased on", "order date"),
        ),
        Column(name="amount", holds=Type.AMOUNT, required=True, also=("price", "total")),
        CURRENCY,
        Column(
            name="kind",
            longest=10,
            choices=tuple(Purchase.Kind.values),
            when_empty="'one_off'",
            also=("type",),
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
        Column(name="occurred_on", field="month", holds=Type.MONTH, required=True, also=("month",)),
        Column(name="category", required=True, longest=20, choices=tuple(Cost.Category.values)),
        Column(name="amount", holds=Type.AMOUNT, required=True, also=("cost",)),
        CURRENCY,
        Column(name="segment", longest=100, when_empty="''::text"),
    ),
    rules=(rate_known(by="month"), worth_held(by="month")),
)
RATES = Kind(
    name="rates",
    label=_("Exchange rates"),
    model=Rate,
    key=("currency", "day"),
    columns=(
        Column(name="currency", holds=Type.CURRENCY, required=True),
        Column(name="day", holds=Type.DATE, required=True, also=("date",)),
        Column(name="rate", holds=Type.RATE, required=True),
    ),
    rules=(
        Rule(
            column="currency",
            code="own_currency",
            broken="{currency} = %(currency)s AND {rate} <> 1",
        ),
    ),
)
