"""Who the customers are, what is done for them, and what is measured of them."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import EXTERNAL_ID, OF_ACCOUNTS, account
from accounts.models import Account, Activity, Contact, Measurement

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
        Column(
            name="stage",
            longest=40,
            words=("lead", "trial", "onboarding", "adopting", "renewing", "churned"),
            also=("lifecycle stage", "status", "phase"),
        ),
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
        Column(name="owner_name", longest=200, also=("account owner", "company owner")),
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
        Column(
            name="role",
            longest=40,
            words=("champion", "sponsor", "decision_maker", "user"),
            also=("title", "position"),
        ),
        Column(name="created_on", holds=Type.DATE, also=("created", "created at")),
        Column(name="left_on", holds=Type.DATE, also=("left",)),
        Column(name="unsubscribed", holds=Type.TRUTH, also=("opted out", "opt out")),
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
