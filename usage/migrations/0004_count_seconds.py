"""Days that were counted before there were seconds are counted again by the next night."""

from django.db import migrations

MARK = """
INSERT INTO accounts_dirtyday (account_id, day, facts)
SELECT DISTINCT account_id, day, 'usage' FROM usage_event
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usage", "0003_seconds_facts"),
        ("accounts", "0012_memberships"),
    ]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
