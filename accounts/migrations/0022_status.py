"""The colour of a score is its status."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0021_history_ids")]

    operations = [
        migrations.RemoveIndex("accountnow", "now_band"),
        migrations.RenameField("accountnow", "band", "status"),
        migrations.AlterField(
            "accountnow",
            "status",
            models.CharField(blank=True, max_length=10, verbose_name="status"),
        ),
        migrations.AddIndex(
            "accountnow", models.Index(fields=["status", "score"], name="now_status")
        ),
    ]
