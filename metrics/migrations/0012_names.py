"""Models and columns are called by the words of the trade."""

import django.db.models.deletion
from django.db import migrations, models

STATUSES = [("red", "red"), ("amber", "amber"), ("green", "green")]
ONCE = ("day", "period", "key", "variant", "dimension", "dimension_value", "compared")


class Migration(migrations.Migration):
    dependencies = [("metrics", "0011_history_ids"), ("accounts", "0022_status")]

    operations = [
        migrations.RenameModel("AccountMeasures", "AccountMetricValues"),
        migrations.RenameModel("HealthMeasure", "HealthFactor"),
        migrations.AlterField(
            "healthfactor",
            "model",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="factors",
                to="metrics.healthmodel",
            ),
        ),
        migrations.RemoveIndex("healthscore", "health_day_band"),
        migrations.RenameField("healthscore", "band", "status"),
        migrations.AlterField(
            "healthscore",
            "status",
            models.CharField(blank=True, choices=STATUSES, max_length=10, verbose_name="status"),
        ),
        migrations.AddIndex(
            "healthscore", models.Index(fields=["day", "status"], name="health_day_status")
        ),
        migrations.RemoveConstraint("kpisnapshot", "kpi_once"),
        migrations.RenameField("kpisnapshot", "cut", "dimension"),
        migrations.RenameField("kpisnapshot", "cut_value", "dimension_value"),
        migrations.AddConstraint(
            "kpisnapshot", models.UniqueConstraint(fields=ONCE, name="kpi_once")
        ),
    ]
