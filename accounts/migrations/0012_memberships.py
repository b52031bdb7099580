"""What each account belonged to at the end of a day: what it is now, or what was kept of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_membership_facts")]
