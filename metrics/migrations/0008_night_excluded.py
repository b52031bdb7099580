"""A night names the rows that it could not compute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0007_own_metrics_have_slots")]

    operations = [
        migrations.AddField(
            model_name="night",
            name="excluded",
            field=models.JSONField(default=list, verbose_name="excluded rows"),
        ),
    ]
