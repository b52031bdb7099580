"""The history may have more images than an integer can count."""

from django.db import migrations, models

HISTORY = (
    "incidentevent",
    "slatargetevent",
    "ticketentryevent",
    "ticketevent",
)


class Migration(migrations.Migration):
    dependencies = [("support", "0003_solvings")]

    operations = [
        migrations.AlterField(
            name, "pgh_id", models.BigAutoField(primary_key=True, serialize=False)
        )
        for name in HISTORY
    ]
