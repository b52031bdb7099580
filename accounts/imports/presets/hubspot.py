"""HubSpot: Companies, Export view."""

from accounts.imports.presets.records import Preset

# Before a company is a customer it is a lead, whatever sales calls it.
STAGES = dict.fromkeys(
    (
        *("subscriber", "lead", "marketing qualified lead", "sales qualified lead", "opportunity"),
        *("marketingqualifiedlead", "salesqualifiedlead"),
    ),
    "lead",
)

HUBSPOT = Preset(
    name="hubspot",
    label="HubSpot",
    kind="accounts",
    columns={
        "record id": "external_id",
        "company id": "external_id",
        "hs_object_id": "external_id",
        "company name": "name",
        "name": "name",
        "company owner": "owner_name",
        "hubspot owner": "owner_name",
        "create date": "created_on",
        "createdate": "created_on",
        "country/region": "country",
        "country": "country",
        "state/region": "region",
        "industry": "industry",
        "lifecycle stage": "stage",
        "company domain name": "domain",
        "domain": "domain",
        "website url": "domain",
        "company currency": "currency",
        "parent company id": "parent_external_id",
        "associated parent company ids": "parent_external_id",
    },
    values={"stage": STAGES},
)
