"""A subscription that is called off, or no longer, changes figures from that day on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_renewal_terms")]

    operations = [
        migrations.CreateModel(
            name="RenewalTerm",
            fields=[
                (
                    "renewal",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.renewal",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due on")),
                ("renewed_on", models.DateField(null=True, verbose_name="renewed on")),
                ("auto_renew", models.BooleanField(verbose_name="renews by itself")),
                ("renewed", models.BooleanField(verbose_name="renewed")),
                (
                    "mrr_due",
                    models.DecimalField(
                        decimal_places=10, max_digits=24, null=True, verbose_name="MRR due"
                    ),
                ),
                (
                    "mrr_renewed",
                    models.DecimalField(
                        decimal_places=10, max_digits=24, null=True, verbose_name="MRR renewed"
                    ),
                ),
            ],
            options={
                "db_table": "accounts_renewalterms",
                "managed": False,
            },
        ),
    ]
