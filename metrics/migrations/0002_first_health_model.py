"""Every tenant begins with a health model that its subscriptions alone can feed."""

from datetime import date

from django.db import migrations

MEASURES = [
    # key, group, weight, worst, best
    ("tenure", "Relationship", 35, 0, 24),
    ("mrr_vs_segment", "Commercial", 30, 0, 1),
    ("mrr_change_90d", "Commercial", 35, -50, 0),
]


def add_first_model(apps, schema_editor):
    model = apps.get_model("metrics", "HealthModel").objects.create(
        version=1, name="Standard", starts_on=date(2000, 1, 1)
    )
    measure = apps.get_model("metrics", "HealthMeasure")
    for position, (key, group, weight, worst, best) in enumerate(MEASURES, start=1):
        measure.objects.create(
            model=model,
            position=position,
            key=key,
            group=group,
            weight=weight,
            worst=worst,
            best=best,
        )


def remove_first_model(apps, schema_editor):
    apps.get_model("metrics", "HealthModel").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial")]

    operations = [migrations.RunPython(add_first_model, remove_first_model)]
