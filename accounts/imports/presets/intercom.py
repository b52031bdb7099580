"""Intercom: Contacts, Export. Their companies come along as accounts."""

from accounts.imports.presets.records import Preset

INTERCOM = Preset(
    name="intercom",
    label="Intercom",
    kind="contacts",
    columns={
        "user id": "external_id",
        "external id": "external_id",
        "id": "external_id",
        "contact id": "external_id",
        "email": "email",
        "name": "name",
        "company id": "account_external_id",
        "company name": "account.name",
        "companies": "account.name",
        "signed up (utc)": "created_on",
        "signed up": "created_on",
        "first seen (utc)": "attr.First seen (UTC)",
        "unsubscribed from emails": "unsubscribed",
        "language override": "language",
        "browser language": "language",
        "language": "language",
        "job title": "role",
    },
)
