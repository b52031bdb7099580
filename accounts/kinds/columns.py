"""Columns and rules that several kinds share."""

from accounts.imports.records import Column, Rule, Type
from accounts.models import Account

IDS = (
    *("id", "key", "code", "record id", "external key", "reference", "ref"),
    *("identifier", "number", "no", "nr", "uuid", "guid", "crm id", "identyfikator", "kod"),
    *("numer", "شناسه", "کد", "شماره", "المعرف", "معرف", "رقم", "الرقم", "الرمز"),
    "internal id",
)
EXTERNAL_ID = Column(name="external_id", required=True, max_length=200, aliases=IDS)

IDS_OF_ACCOUNTS = (
    *("account id", "customer id", "company id", "client id", "organization id"),
    *("organisation id", "org id", "tenant id", "workspace id", "group id"),
    *("company external id", "customer external id", "account number", "customer number"),
    *("account no", "customer no", "company record id", "associated company id"),
    *("associated company ids", "primary associated company id", "id klienta"),
    *("numer klienta", "identyfikator klienta", "شناسه مشتری", "شناسه حساب", "شناسه شرکت"),
    *("معرف العميل", "معرف الحساب", "رقم العميل"),
)
OF_ACCOUNTS = (
    *IDS_OF_ACCOUNTS,
    *("account", "customer", "client", "company", "organization", "organisation", "klient"),
    *("firma", "مشتری", "العميل"),
)


def account(*, required: bool = False) -> Column:
    """The account that a row is of."""
    return Column(
        name="account_external_id",
        field="account",
        max_length=200,
        references=Account,
        aliases=OF_ACCOUNTS,
        required=required,
    )


CURRENCIES = ("currency code", "currency iso code", "ccy", "default currency")
LANGUAGES = ("locale", "lang", "language code", "preferred language", "język")
CURRENCY = Column(
    name="currency", type=Type.CURRENCY, when_empty="%(currency)s::text", aliases=CURRENCIES
)


def rate_known(*, by: str) -> Rule:
    """Money without a rate would be money of an unknown worth."""
    return Rule(
        column="currency",
        code="no_rate",
        violated_when="NOT EXISTS (SELECT FROM accounts_rate worth"
        f" WHERE worth.currency = {{currency}} AND worth.day <= {{{by}}})",
        detail=f"{{currency}} || ' ' || {{{by}}}",
    )


# What figures made of one row must stay below to be written down.
LIMIT = "100000000000000"


def worth_held(*, by: str, month: bool = False) -> Rule:
    """Money that is more, in the reporting currency, than a night can write down."""
    amount = "{amount}"
    if month:
        amount = (
            "accounts_monthly({amount} * {quantity}, {interval}, greatest({interval_count}, 1))"
        )
    return Rule(
        column="amount",
        code="too_much_a_month" if month else "too_much_in_all",
        violated_when=f"{amount} * (SELECT worth.rate FROM accounts_rate worth"
        f" WHERE worth.currency = {{currency}} AND worth.day <= {{{by}}}"
        f" ORDER BY worth.day DESC LIMIT 1) >= {LIMIT}",
        detail=f"'{LIMIT}'",
    )


# Where a fact names an account and one of its contacts.
CONTACT_OF_ACCOUNT = Rule(
    column="contact_external_id",
    code="other_account",
    violated_when="{contact} IS NOT NULL AND {account} <> (SELECT account_id"
    " FROM accounts_contact person WHERE person.id = {contact})",
)
