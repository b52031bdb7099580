"""A subscription that is called off, or no longer, changes figures from that day on."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
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
        pgtrigger.migrations.RemoveTrigger(
            model_name="subscription",
            name="dirty_update",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="dirty_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO accounts_dirtyday (account_id, day, facts)\nSELECT account_id, min(day), 'money' FROM (\nSELECT n.account_id, CASE\n    WHEN (to_jsonb(o) - '{ended_on,cancelled_on,renews_on,churn_reason}'::text[])\n       = (to_jsonb(n) - '{ended_on,cancelled_on,renews_on,churn_reason}'::text[])\n    THEN least(\n        CASE WHEN o.ended_on IS DISTINCT FROM n.ended_on\n             THEN least(o.ended_on, n.ended_on) END,\n        CASE WHEN o.cancelled_on IS DISTINCT FROM n.cancelled_on\n             THEN least(o.cancelled_on, n.cancelled_on) END)\n    ELSE least(o.started_on, n.started_on) END AS day\nFROM old_rows o JOIN new_rows n USING (id)\nWHERE to_jsonb(o) - '{renews_on,churn_reason}'::text[]\n   <> to_jsonb(n) - '{renews_on,churn_reason}'::text[]\nUNION ALL\nSELECT o.account_id, least(o.started_on, n.started_on)\nFROM old_rows o JOIN new_rows n USING (id) WHERE o.account_id <> n.account_id\n) changed\nGROUP BY account_id;\nRETURN NULL;\n",
                    hash="2c6f9f7d9c3c178e9a38b539f8332c4df157fb76",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_dirty_update_2b4fc",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="accounts_subscription",
                    when="AFTER",
                ),
            ),
        ),
    ]
