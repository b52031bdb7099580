"""What a subscription costs with and without its discounts, and the spells of customers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_late_facts")]

    operations = []
