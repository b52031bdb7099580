"""What the events of a ticket come to.

The functions are written as text: their names are looked up when they are called, so that a
transaction which has worked the clocks out once (`support.clocks`) reads its own tables.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("support", "0001_facts"), ("accounts", "0010_lifetimes")]

    operations = []
