"""The history may have more images than an integer can count."""

from django.db import migrations, models

HISTORY = (
    "goalevent",
    "ownmetricevent",
)


class Migration(migrations.Migration):
    dependencies = [("metrics", "0010_countries_by_code")]

    operations = [
        migrations.AlterField(
            name, "pgh_id", models.BigAutoField(primary_key=True, serialize=False)
        )
        for name in HISTORY
    ]
