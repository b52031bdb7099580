"""The health model that every tenant begins with: neither tenure nor spend is health.

A tenant that has not shaped the earlier first model gets this one as its next version, from the
first day that is not scored yet; whoever shaped theirs keeps it.
"""

from datetime import date, timedelta
from importlib import import_module

from django.db import migrations
from django.utils import timezone

EARLIER = {("tenure", 35, 0, 24), ("mrr_vs_segment", 30, 0, 1), ("mrr_change_90d", 35, -50, 0)}
FACTORS = import_module("metrics.migrations.0001_squashed_0011_history_ids").FACTORS
NOTE = (
    "The new standard: use, support, voice, relationship and money. It replaces the first one, "
    "which took tenure and price for health. What is not known has no vote."
)


def publish_standard(apps, schema_editor):
    models, nights = apps.get_model("metrics", "HealthModel"), apps.get_model("metrics", "Night")
    first = models.objects.filter(version=1).first()
    if first is None or models.objects.count() > 1 or not _is_earlier(first):
        return
    last = nights.objects.order_by("-day").first()
    if last is None:
        number = first.pk
        first.delete()
        _create(apps, id=number, version=1, starts_on=date(2000, 1, 1))
    else:
        _create(
            apps,
            version=2,
            based_on=first,
            note=NOTE,
            starts_on=last.day + timedelta(days=1),
            published_at=timezone.now(),
        )


def _is_earlier(model):
    found = model.measures.values_list("key", "weight", "worst", "best")
    levels = (model.least_coverage, model.amber_from, model.green_from)
    return set(found) == EARLIER and levels == (40, 50, 75)


def _create(apps, **options):
    model = apps.get_model("metrics", "HealthModel").objects.create(name="Standard", **options)
    for position, (key, group, weight, worst, best) in enumerate(FACTORS, start=1):
        model.measures.create(
            position=position, key=key, group=group, weight=weight, worst=worst, best=best
        )


class Migration(migrations.Migration):
    dependencies = [("metrics", "0007_own_metrics_have_slots")]

    operations = [migrations.RunPython(publish_standard, migrations.RunPython.noop)]
