"""The history may have more images than an integer can count."""

from django.db import migrations, models

HISTORY = (
    "responseevent",
    "surveyevent",
)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_late_facts")]

    operations = [
        migrations.AlterField(
            name, "pgh_id", models.BigAutoField(primary_key=True, serialize=False)
        )
        for name in HISTORY
    ]
