"""A night names the rows that it could not compute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0008_standard_health_model")]

    operations = [
        migrations.AddField(
            model_name="night",
            name="excluded",
            field=models.JSONField(default=list, verbose_name="excluded rows"),
        ),
    ]
