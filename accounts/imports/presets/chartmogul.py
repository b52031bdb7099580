"""ChartMogul: Customers, Export. Without an external id a customer is known by the e-mail."""

from accounts.imports.presets.records import Preset

NAMED = """
UPDATE {staged} SET cells[{place:name}] = coalesce(
 nullif({attr.Company}, ''), nullif({name}, ''), {attr.Email}) WHERE problem = ''
"""

CHARTMOGUL = Preset(
    name="chartmogul",
    label="ChartMogul",
    kind="accounts",
    columns={
        "external id": "external_id",
        "external ids": "external_id",
        "customer external id": "external_id",
        "uuid": "external_id",
        "name": "name",
        "customer name": "name",
        "company": "attr.Company",
        "email": "attr.Email",
        "country": "country",
        "state": "region",
        "currency": "currency",
        "owner": "owner_name",
        "lead created at": "created_on",
        "customer since": "created_on",
        "free trial started at": "attr.Free trial started at",
    },
    further=("name",),
    prepare=(NAMED,),
)
