"""The phases of MRR know of changed terms, and are in the reporting currency."""

from django.db import migrations

# The tenant's own currency is worth one of itself. New tenants get this row when they are opened.
OWN_CURRENCY = """
INSERT INTO accounts_rate (currency, day, rate)
SELECT currency, '0001-01-01', 1 FROM public.tenants_tenant WHERE schema_name = current_schema()
"""


# What the undoing of an import looks for.
CONTEXTS = """
CREATE INDEX accounts_context_import ON pghistory_context ((metadata ->> 'import'))
WHERE metadata ->> 'import' IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_facts"), ("pghistory", "0001_initial")]

    operations = [
        migrations.RunSQL(OWN_CURRENCY, migrations.RunSQL.noop),
        migrations.RunSQL(CONTEXTS, "DROP INDEX accounts_context_import"),
    ]
