"""How long customers stay: what each has lived, and what the others' lives let one expect."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_phases_by_the_rules")]

    operations = []
