"""Phases and movements follow the tenant's rules; money without a rate is unknown, not absent.

What is asked of phases are functions written as text: their names are looked up when they are
called, so that a transaction which has worked the phases out once (`accounts.phases`) has them
read its own tables. The views call the functions.
"""

from django.db import migrations


def write_the_rules(apps, schema_editor):
    apps.get_model("accounts", "CountingRules").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_rules_facts")]

    operations = [
        migrations.RunPython(write_the_rules, migrations.RunPython.noop),
    ]
