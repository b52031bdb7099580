"""Salesforce: a report of accounts, exported with details only or formatted."""

from accounts.imports.presets.records import Preset

SALESFORCE = Preset(
    name="salesforce",
    label="Salesforce",
    kind="accounts",
    columns={
        "account id": "external_id",
        "account id (18)": "external_id",
        "id": "external_id",
        "account name": "name",
        "name": "name",
        "parent account id": "parent_external_id",
        "parent account: account id": "parent_external_id",
        "industry": "industry",
        "billing country": "country",
        "billing country (text only)": "country",
        "billing country/territory": "country",
        "shipping country": "country",
        "billing state/province": "region",
        "billing state/province (text only)": "region",
        "account owner": "owner_name",
        "account owner: full name": "owner_name",
        "owner name": "owner_name",
        "created date": "created_on",
        "website": "domain",
        "account currency": "currency",
        "currency": "currency",
        "segment": "segment",
    },
    footer=True,
)
