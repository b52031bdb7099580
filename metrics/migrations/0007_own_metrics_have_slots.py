"""A slot for each of a tenant's own metrics that were there before there were slots."""

from django.db import migrations

FILL = """
UPDATE metrics_ownmetric own SET slot = 63 + numbered.place
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM metrics_ownmetric) numbered
WHERE numbered.id = own.id AND own.slot = 0
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0006_own_measures_facts")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
