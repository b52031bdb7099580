"""The local day of an event is derived; whatever an older zone has left is counted again."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


COUNT_AGAIN = """
INSERT INTO accounts_dirtyday (facts) SELECT 'usage' WHERE EXISTS (SELECT FROM usage_event)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0021_moved_zone_facts'),
        ('usage', '0004_count_seconds'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='event',
            name='dirty_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='event',
            name='dirty_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='event',
            name='dirty_update',
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_account_day',
        ),
        migrations.RemoveField(
            model_name='event',
            name='day',
        ),
        migrations.AlterField(
            model_name='event',
            name='account',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='usage_events', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['account', 'occurred_at'], name='event_account_at'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['occurred_at'], name='event_at'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='dirty_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO accounts_dirtyday (account_id, day, facts)\nSELECT account_id, min(day), 'usage' FROM (\nSELECT account_id, (occurred_at AT TIME ZONE timezone)::date AS day\nFROM new_rows, accounts_countingrules GROUP BY 1, 2\n) changed\nGROUP BY account_id, day;\nRETURN NULL;\n", hash='12aa3d90688649f3b64a7ba2425a4b8663d9e920', level='STATEMENT', operation='INSERT', pgid='pgtrigger_dirty_insert_ca79e', referencing='REFERENCING NEW TABLE AS new_rows ', table='usage_event', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='dirty_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO accounts_dirtyday (account_id, day, facts)\nSELECT account_id, min(day), 'usage' FROM (\nSELECT account_id, (occurred_at AT TIME ZONE timezone)::date AS day\nFROM old_rows, accounts_countingrules GROUP BY 1, 2\n) changed\nGROUP BY account_id, day;\nRETURN NULL;\n", hash='7538e7bb47a35f23e32adde84798f3995ba5426c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_dirty_delete_fcf79', referencing='REFERENCING OLD TABLE AS old_rows ', table='usage_event', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='dirty_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO accounts_dirtyday (account_id, day, facts)\nSELECT account_id, min(day), 'usage' FROM (\nSELECT account_id, (occurred_at AT TIME ZONE timezone)::date AS day\nFROM (TABLE old_rows UNION ALL TABLE new_rows) rows, accounts_countingrules GROUP BY 1, 2\n) changed\nGROUP BY account_id, day;\nRETURN NULL;\n", hash='f9ef28f62777d6b2942a614f652cd9271c351ca1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_dirty_update_74266', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='usage_event', when='AFTER')),
        ),
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
    ]
