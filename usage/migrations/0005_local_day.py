"""The local day of an event is derived; whatever an older zone has left is counted again."""

import django.db.models.deletion
from django.db import migrations, models

COUNT_AGAIN = """
INSERT INTO accounts_dirtyday (facts) SELECT 'usage' WHERE EXISTS (SELECT FROM usage_event)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_late_facts"),
        ("usage", "0004_count_seconds"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="event",
            name="event_account_day",
        ),
        migrations.RemoveField(
            model_name="event",
            name="day",
        ),
        migrations.AlterField(
            model_name="event",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="usage_events",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["account", "occurred_at"], name="event_account_at"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["occurred_at"], name="event_at"),
        ),
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
    ]
