"""The two views in which MRR is worked out: what `accounts.models.money` says of them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = []
