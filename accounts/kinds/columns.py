"""Columns and rules that several kinds share."""

from typing import Any

from accounts.imports.records import Column, Rule, Type
from accounts.models import Account

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
