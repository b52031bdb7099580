"""An account whose whole price is discounted may stay a customer: a rule of counting."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_holidays_facts'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='countingrules',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='countingrules',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='countingrules',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='countingrules',
            name='fully_discounted',
            field=models.CharField(choices=[('not_customer', 'no customer meanwhile'), ('customer', 'a customer who pays 0 meanwhile')], default='not_customer', help_text='By the discounts that are taken off MRR.', max_length=12, verbose_name='an account whose whole price is discounted is'),
        ),
        migrations.AddField(
            model_name='countingrulesevent',
            name='fully_discounted',
            field=models.CharField(choices=[('not_customer', 'no customer meanwhile'), ('customer', 'a customer who pays 0 meanwhile')], default='not_customer', help_text='By the discounts that are taken off MRR.', max_length=12, verbose_name='an account whose whole price is discounted is'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='countingrules',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_countingrulesevent" ("activity_events", "bought_within_days", "business_days", "business_from", "business_until", "churn_at", "customers_by", "discounts", "fcr_handover_is_contact", "fcr_most_replies", "fcr_reopen_days", "fcr_with_abandoned", "fcr_without_reply", "feature_base", "fully_discounted", "gross_margin", "holidays", "id", "key_features", "onboarding_days", "onboarding_steps", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_variants", "target_days_a_month", "target_days_a_week", "timezone", "week_starts_on") SELECT new_values."activity_events", new_values."bought_within_days", new_values."business_days", new_values."business_from", new_values."business_until", new_values."churn_at", new_values."customers_by", new_values."discounts", new_values."fcr_handover_is_contact", new_values."fcr_most_replies", new_values."fcr_reopen_days", new_values."fcr_with_abandoned", new_values."fcr_without_reply", new_values."feature_base", new_values."fully_discounted", new_values."gross_margin", new_values."holidays", new_values."id", new_values."key_features", new_values."onboarding_days", new_values."onboarding_steps", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."preferred_variants", new_values."target_days_a_month", new_values."target_days_a_week", new_values."timezone", new_values."week_starts_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8e937962f4a13e26791e1babd89100b17d4b3c9b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_47299', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_countingrules', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='countingrules',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_countingrulesevent" ("activity_events", "bought_within_days", "business_days", "business_from", "business_until", "churn_at", "customers_by", "discounts", "fcr_handover_is_contact", "fcr_most_replies", "fcr_reopen_days", "fcr_with_abandoned", "fcr_without_reply", "feature_base", "fully_discounted", "gross_margin", "holidays", "id", "key_features", "onboarding_days", "onboarding_steps", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_variants", "target_days_a_month", "target_days_a_week", "timezone", "week_starts_on") SELECT new_values."activity_events", new_values."bought_within_days", new_values."business_days", new_values."business_from", new_values."business_until", new_values."churn_at", new_values."customers_by", new_values."discounts", new_values."fcr_handover_is_contact", new_values."fcr_most_replies", new_values."fcr_reopen_days", new_values."fcr_with_abandoned", new_values."fcr_without_reply", new_values."feature_base", new_values."fully_discounted", new_values."gross_margin", new_values."holidays", new_values."id", new_values."key_features", new_values."onboarding_days", new_values."onboarding_steps", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."preferred_variants", new_values."target_days_a_month", new_values."target_days_a_week", new_values."timezone", new_values."week_starts_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a183f5aea9bb159dd940e5cb44b5a4f7b73b2031', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_744d8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='accounts_countingrules', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='countingrules',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "accounts_countingrulesevent" ("activity_events", "bought_within_days", "business_days", "business_from", "business_until", "churn_at", "customers_by", "discounts", "fcr_handover_is_contact", "fcr_most_replies", "fcr_reopen_days", "fcr_with_abandoned", "fcr_without_reply", "feature_base", "fully_discounted", "gross_margin", "holidays", "id", "key_features", "onboarding_days", "onboarding_steps", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preferred_variants", "target_days_a_month", "target_days_a_week", "timezone", "week_starts_on") SELECT old_values."activity_events", old_values."bought_within_days", old_values."business_days", old_values."business_from", old_values."business_until", old_values."churn_at", old_values."customers_by", old_values."discounts", old_values."fcr_handover_is_contact", old_values."fcr_most_replies", old_values."fcr_reopen_days", old_values."fcr_with_abandoned", old_values."fcr_without_reply", old_values."feature_base", old_values."fully_discounted", old_values."gross_margin", old_values."holidays", old_values."id", old_values."key_features", old_values."onboarding_days", old_values."onboarding_steps", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."preferred_variants", old_values."target_days_a_month", old_values."target_days_a_week", old_values."timezone", old_values."week_starts_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a867de679b165b85d81c7d0f66b27fda8168515e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7dc34', referencing='REFERENCING OLD TABLE AS old_values ', table='accounts_countingrules', when='AFTER')),
        ),
    ]
