"""The view of promises is one of SLA timers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("support", "0004_history_ids")]

    operations = [
        migrations.RenameModel("Promise", "SlaTimer"),
        migrations.AlterModelTable("SlaTimer", "support_slatimer"),
    ]
