"""The facts of this floor: customers, what they pay, what is done for them."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.imports.kinds import register
from accounts.imports.records import Column, Kind, Rule, Type
from accounts.models import (
    Account,
    Activity,
    Contact,
    Cost,
    Measurement,
    Purchase,
    Rate,
    Renewal,
    Subscription,
    SubscriptionChange,
)

EXTERNAL_ID = Column(name="external_id", required=True, longest=200, also=("id", "key", "code"))


OF_ACCOUNTS = ("account id", "customer id", "company id", "account", "customer", "client id")


def account(**options: Any) -> Column:
    """The account that a row is of."""
    return Column(
        name="account_external_id",
        field="account",
        longest=200,
        points_to=Account,
        also=OF_ACCOUNTS,
        **options,
    )


CURRENCY = Column(name="currency", holds=Type.CURRENCY, when_empty="%(currency)s::text")


def rate_known(*, by: str) -> Rule:
    """Money without a rate would be money of an unknown worth."""
    return Rule(
        column="currency",
        code="no_rate",
        broken="NOT EXISTS (SELECT FROM accounts_rate worth"
        f" WHERE worth.currency = {{currency}} AND worth.day <= {{{by}}})",
        detail=f"{{currency}} || ' ' || {{{by}}}",
    )


ACCOUNTS = Kind(
    name="accounts",
    label=_("Accounts"),
    model=Account,
    attributes="attributes",
    columns=(
        replace(EXTERNAL_ID, also=(*EXTERNAL_ID.also, *OF_ACCOUNTS)),
        Column(name="name", required=True, also=("company", "company name", "account name")),
        Column(
            name="parent_external_id",
            field="parent",
            longest=200,
            points_to=Account,
            also=("parent", "parent id", "parent account"),
        ),
        Column(name="stage", longest=40, also=("lifecycle stage", "status", "phase")),
        Column(name="segment", longest=100, also=("tier", "size")),
        Column(name="industry", longest=100, also=("sector", "branch")),
        Column(name="country", longest=100),
        Column(name="region", longest=100, also=("state", "province")),
        Column(
            name="owner_email",
            holds=Type.EMAIL,
            longest=254,
            also=("owner", "csm", "csm email", "manager", "account manager"),
        ),
        Column(name="seats", holds=Type.COUNT, also=("licences", "licenses", "users")),
        Column(
            name="created_on", holds=Type.DATE, also=("created", "created at", "customer since")
        ),
        Column(name="domain", longest=253, also=("website", "web site", "url")),
        Column(name="currency", holds=Type.CURRENCY),
        Column(name="language", longest=35, also=("locale",)),
        Column(name="is_test", holds=Type.TRUTH, also=("test", "internal")),
    ),
    rules=(
        Rule(
            column="parent_external_id",
            code="own_parent",
            broken="{parent_external_id} = {external_id}",
        ),
    ),
)
CONTACTS = Kind(
    name="contacts",
    label=_("Contacts"),
    model=Contact,
    attributes="attributes",
    columns=(
        EXTERNAL_ID,
        account(required=True),
        Column(name="email", holds=Type.EMAIL, longest=254, also=("e-mail", "mail")),
        Column(name="name", also=("full name", "person", "contact")),
        Column(name="language", longest=35, also=("locale",)),
        Column(name="role", longest=40, also=("title", "position")),
        Column(name="created_on", holds=Type.DATE, also=("created", "created at")),
        Column(name="left_on", holds=Type.DATE, also=("left",)),
        Column(name="unsubscribed", holds=Type.TRUTH, also=("opted out", "opt out")),
    ),
)
DISCOUNT = (
    Column(name="discount_percent", holds=Type.AMOUNT, also=("discount",)),
    Column(name="discount_amount", holds=Type.AMOUNT),
    Column(name="discount_ends_on", holds=Type.DATE),
)
OVER_100 = Rule(column="discount_percent", code="over_100", broken="{discount_percent} > 100")
SUBSCRIPTIONS = Kind(
    name="subscriptions",
    label=_("Subscriptions"),
    model=Subscription,
    columns=(
        EXTERNAL_ID,
        account(required=True),
        Column(name="plan", required=True, longest=200, also=("product", "price plan")),
        CURRENCY,
        Column(name="amount", holds=Type.AMOUNT, required=True, also=("price", "fee")),
        Column(name="quantity", holds=Type.AMOUNT, when_empty="1", also=("units", "seats")),
        Column(
            name="interval",
            required=True,
            longest=10,
            choices=tuple(Subscription.Interval.values),
            also=("billing period", "period", "billing interval"),
        ),
        Column(name="interval_count", holds=Type.COUNT, most=32767, when_empty="1"),
        Column(
            name="started_on", holds=Type.DATE, required=True, also=("start", "start date", "from")
        ),
        Column(name="trial_ends_on", holds=Type.DATE, also=("trial end",)),
        Column(name="ended_on", holds=Type.DATE, also=("end", "end date", "until")),
        Column(name="cancelled_on", holds=Type.DATE, also=("canceled at", "cancelled at")),
        Column(name="paused_from", holds=Type.DATE),
        Column(name="paused_until", holds=Type.DATE),
        *DISCOUNT,
        Column(name="renews_on", holds=Type.DATE, also=("renewal date", "next renewal")),
        Column(name="churn_reason", also=("cancellation reason", "reason")),
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
    rules=(rate_known(by="occurred_on"),),
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
    rules=(rate_known(by="month"),),
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
ACTIVITIES = Kind(
    name="activities",
    label=_("Activities"),
    model=Activity,
    columns=(
        EXTERNAL_ID,
        account(required=True),
        Column(
            name="kind",
            required=True,
            longest=10,
            choices=tuple(Activity.Kind.values),
            also=("type",),
        ),
        Column(name="at", holds=Type.MOMENT, required=True, also=("date", "time", "when")),
        Column(name="author_email", holds=Type.EMAIL, longest=254, also=("author", "by")),
        Column(
            name="contact_external_id",
            field="contact",
            longest=200,
            points_to=Contact,
            also=("contact", "contact id"),
        ),
        Column(name="text", longest=20000, also=("note", "notes", "body")),
        Column(name="sentiment", holds=Type.COUNT, least=1, most=5),
    ),
    rules=(
        Rule(
            column="contact_external_id",
            code="other_account",
            broken="{contact} IS NOT NULL AND {account} <> (SELECT account_id"
            " FROM accounts_contact person WHERE person.id = {contact})",
        ),
    ),
)
MEASUREMENTS = Kind(
    name="measurements",
    label=_("Measurements"),
    model=Measurement,
    key=("account_external_id", "key", "day"),
    columns=(
        account(required=True),
        Column(name="key", required=True, longest=100, also=("measure", "metric")),
        Column(name="day", holds=Type.DATE, required=True, also=("date",)),
        Column(name="value", holds=Type.NUMBER, required=True),
    ),
)

register(
    ACCOUNTS,
    CONTACTS,
    RATES,
    SUBSCRIPTIONS,
    SUBSCRIPTION_CHANGES,
    RENEWALS,
    PURCHASES,
    COSTS,
    ACTIVITIES,
    MEASUREMENTS,
)
