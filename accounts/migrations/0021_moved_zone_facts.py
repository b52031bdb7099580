"""Another time zone puts events on other days: all that was counted of them is marked."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', "0020_countries_by_code"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='countingrules',
            trigger=pgtrigger.compiler.Trigger(name='dirty_update_zone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nINSERT INTO accounts_dirtyday (account_id, day, facts)\nSELECT account_id, min(day), 'usage' FROM (\nSELECT NULL::bigint AS account_id, NULL::date AS day\nFROM old_rows o JOIN new_rows n USING (id) WHERE o.timezone <> n.timezone\n) changed\nGROUP BY account_id;\nRETURN NULL;\n", hash='cdb5508b3a31dec1bde1c0c7b1c3e96a825ba85c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_dirty_update_zone_789d8', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='accounts_countingrules', when='AFTER')),
        ),
    ]
