"""The kinds of files: a new one is a declaration here, and nothing else."""

from accounts.imports.records import Column, Kind, Rule, Type
from accounts.models import Account, Contact, Subscription

EXTERNAL_ID = Column(name="external_id", required=True, longest=200)
ACCOUNT = Column(
    name="account_external_id", field="account", required=True, longest=200, points_to=Account
)

ACCOUNTS = Kind(
    name="accounts",
    model=Account,
    attributes="attributes",
    columns=(
        EXTERNAL_ID,
        Column(name="name", required=True),
        Column(name="parent_external_id", field="parent", longest=200, points_to=Account),
        Column(name="stage", longest=40),
        Column(name="segment", longest=100),
        Column(name="industry", longest=100),
        Column(name="country", longest=100),
        Column(name="region", longest=100),
        Column(name="owner_email", holds=Type.EMAIL, longest=254),
        Column(name="seats", holds=Type.COUNT),
        Column(name="created_on", holds=Type.DATE),
        Column(name="domain", longest=253),
        Column(name="currency", holds=Type.CURRENCY),
        Column(name="language", longest=35),
        Column(name="is_test", holds=Type.TRUTH),
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
    model=Contact,
    attributes="attributes",
    columns=(
        EXTERNAL_ID,
        ACCOUNT,
        Column(name="email", holds=Type.EMAIL, longest=254),
        Column(name="name"),
        Column(name="language", longest=35),
        Column(name="role", longest=40),
        Column(name="created_on", holds=Type.DATE),
        Column(name="left_on", holds=Type.DATE),
        Column(name="unsubscribed", holds=Type.TRUTH),
    ),
)
SUBSCRIPTIONS = Kind(
    name="subscriptions",
    model=Subscription,
    columns=(
        EXTERNAL_ID,
        ACCOUNT,
        Column(name="plan", required=True, longest=200),
        Column(name="currency", holds=Type.CURRENCY, when_empty="%(currency)s"),
        Column(name="amount", holds=Type.AMOUNT, required=True),
        Column(name="quantity", holds=Type.AMOUNT, when_empty="1"),
        Column(
            name="interval", required=True, longest=10, choices=tuple(Subscription.Interval.values)
        ),
        Column(name="interval_count", holds=Type.COUNT, most=32767, when_empty="1"),
        Column(name="started_on", holds=Type.DATE, required=True),
        Column(name="trial_ends_on", holds=Type.DATE),
        Column(name="ended_on", holds=Type.DATE),
        Column(name="cancelled_on", holds=Type.DATE),
        Column(name="paused_from", holds=Type.DATE),
        Column(name="paused_until", holds=Type.DATE),
        Column(name="discount_percent", holds=Type.AMOUNT),
        Column(name="discount_amount", holds=Type.AMOUNT),
        Column(name="discount_ends_on", holds=Type.DATE),
        Column(name="renews_on", holds=Type.DATE),
        Column(name="churn_reason"),
    ),
    rules=(
        Rule(column="ended_on", code="before_start", broken="{ended_on} < {started_on}"),
        Rule(
            column="paused_until",
            code="before_pause",
            broken="{paused_until} IS NOT NULL AND ({paused_from} IS NULL"
            " OR {paused_until} < {paused_from})",
        ),
        Rule(column="discount_percent", code="over_100", broken="{discount_percent} > 100"),
        Rule(column="interval_count", code="not_positive", broken="{interval_count} < 1"),
        Rule(column="currency", code="no_rate", broken="{currency} <> %(currency)s"),
    ),
)

KINDS = {kind.name: kind for kind in (ACCOUNTS, CONTACTS, SUBSCRIPTIONS)}
