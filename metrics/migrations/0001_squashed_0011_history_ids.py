"""The tables of figures and scores, and the health model that every tenant begins with."""

from datetime import date

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

HOURS = 3600
FACTORS = [
    # key, group, weight, worst, best
    ("usage_trend", "Usage", 10, -50, 10),
    ("seat_utilisation", "Usage", 8, 20, 80),
    ("stickiness", "Usage", 6, 5, 30),
    ("feature_adoption", "Usage", 6, 10, 60),
    ("sla_breach_rate", "Support", 8, 50, 0),
    ("reopen_rate", "Support", 6, 30, 0),
    ("first_response_time", "Support", 6, 48 * HOURS, 4 * HOURS),
    ("last_nps", "Voice", 8, 0, 10),
    ("last_csat", "Voice", 6, 1, 5),
    ("last_ces", "Voice", 6, 1, 7),
    ("days_since_last_touch", "Relationship", 8, 90, 14),
    ("sentiment", "Relationship", 7, 1, 5),
    ("overdue_renewals", "Commercial", 8, 1, 0),
    ("mrr_change_90d", "Commercial", 7, -25, 0),
]


def publish_standard(apps, schema_editor):
    """Neither tenure nor spend is health, and what is not known has no vote."""
    models = apps.get_model("metrics", "HealthModel").objects
    model = models.create(version=1, name="Standard", starts_on=date(2000, 1, 1))
    for position, (key, group, weight, worst, best) in enumerate(FACTORS, start=1):
        model.measures.create(
            position=position, key=key, group=group, weight=weight, worst=worst, best=best
        )


class Migration(migrations.Migration):

    replaces = [('metrics', '0001_initial'), ('metrics', '0002_first_health_model'), ('metrics', '0003_segments_and_revisions'), ('metrics', '0004_drafts_and_versions'), ('metrics', '0005_goals_facts'), ('metrics', '0006_own_measures_facts'), ('metrics', '0007_own_metrics_have_slots'), ('metrics', '0008_standard_health_model'), ('metrics', '0009_night_excluded'), ('metrics', '0010_countries_by_code'), ('metrics', '0011_history_ids')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0021_history_ids'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Night',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('computed_at', models.DateTimeField(verbose_name='computed at')),
                ('stale', models.BooleanField(default=False, verbose_name='to be computed again')),
                ('excluded', models.JSONField(default=list, verbose_name='excluded rows')),
            ],
            options={
                'verbose_name': 'night',
                'verbose_name_plural': 'nights',
                'ordering': ['-day'],
            },
        ),
        migrations.CreateModel(
            name='AccountMeasures',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='measures', to='accounts.account')),
                ('day', models.DateField(verbose_name='day')),
                ('values', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=10, max_digits=24, null=True), size=None)),
            ],
            options={
                'verbose_name': 'measures',
                'verbose_name_plural': 'measures',
                'indexes': [models.Index(fields=['day'], name='measures_day')],
            },
        ),
        migrations.CreateModel(
            name='HealthModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(editable=False, null=True, unique=True, verbose_name='version')),
                ('based_on', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='drafts', to='metrics.healthmodel', verbose_name='based on')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('note', models.TextField(blank=True, help_text='What was changed, and why.', verbose_name='note')),
                ('author', models.EmailField(blank=True, editable=False, max_length=254, verbose_name='published by')),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published at')),
                ('starts_on', models.DateField(verbose_name='in force from')),
                ('least_coverage', models.DecimalField(decimal_places=2, default=40, max_digits=5, verbose_name='least coverage')),
                ('amber_from', models.DecimalField(decimal_places=2, default=50, max_digits=5, verbose_name='amber from')),
                ('green_from', models.DecimalField(decimal_places=2, default=75, max_digits=5, verbose_name='green from')),
            ],
            options={
                'verbose_name': 'health model',
                'verbose_name_plural': 'health models',
                'ordering': [models.OrderBy(models.F('version'), descending=True, nulls_first=True), 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amber_from__gte', 0), ('green_from__lte', 100), ('amber_from__lte', models.F('green_from'))), name='healthmodel_bands'), models.CheckConstraint(condition=models.Q(('least_coverage__range', (0, 100))), name='healthmodel_least_coverage')],
            },
        ),
        migrations.CreateModel(
            name='HealthMeasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='measures', to='metrics.healthmodel')),
                ('position', models.PositiveSmallIntegerField(editable=False, verbose_name='position')),
                ('key', models.CharField(max_length=60, verbose_name='metric')),
                ('group', models.CharField(blank=True, max_length=60, verbose_name='group')),
                ('weight', models.DecimalField(decimal_places=4, max_digits=9, verbose_name='weight')),
                ('worst', models.DecimalField(decimal_places=10, max_digits=24, verbose_name='worst')),
                ('best', models.DecimalField(decimal_places=10, max_digits=24, verbose_name='best')),
            ],
            options={
                'verbose_name': 'health measure',
                'verbose_name_plural': 'health measures',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('model', 'position'), name='healthmeasure_position'), models.UniqueConstraint(fields=('model', 'key'), name='healthmeasure_key'), models.CheckConstraint(condition=models.Q(('weight__gte', 0)), name='healthmeasure_weight'), models.CheckConstraint(condition=models.Q(('worst', models.F('best')), _negated=True), name='healthmeasure_worst_is_not_best', violation_error_message='The worst and the best value must differ.')],
            },
        ),
        migrations.CreateModel(
            name='HealthScore',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='accounts.account')),
                ('day', models.DateField(verbose_name='day')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='metrics.healthmodel')),
                ('score', models.DecimalField(decimal_places=4, max_digits=7, null=True, verbose_name='score')),
                ('coverage', models.DecimalField(decimal_places=4, max_digits=7, verbose_name='coverage')),
                ('band', models.CharField(blank=True, choices=[('red', 'red'), ('amber', 'amber'), ('green', 'green')], max_length=10, verbose_name='band')),
                ('marks', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=4, max_digits=7, null=True), size=None)),
            ],
            options={
                'verbose_name': 'health score',
                'verbose_name_plural': 'health scores',
                'indexes': [models.Index(fields=['day', 'band'], name='health_day_band')],
            },
        ),
        migrations.CreateModel(
            name='KpiSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('period', models.CharField(max_length=12, verbose_name='period')),
                ('key', models.CharField(max_length=60, verbose_name='metric')),
                ('variant', models.CharField(max_length=40, verbose_name='variant')),
                ('compared', models.CharField(blank=True, choices=[('', 'this period'), ('previous', 'previous period'), ('year_before', 'a year before')], max_length=12)),
                ('cut', models.CharField(blank=True, max_length=20, verbose_name='segment by')),
                ('cut_value', models.CharField(blank=True, max_length=320, verbose_name='segment')),
                ('start', models.DateField(verbose_name='from')),
                ('end', models.DateField(verbose_name='until')),
                ('value', models.DecimalField(decimal_places=10, max_digits=34, null=True, verbose_name='value')),
                ('numerator', models.DecimalField(decimal_places=10, max_digits=34, null=True)),
                ('denominator', models.DecimalField(decimal_places=10, max_digits=34, null=True)),
                ('n', models.BigIntegerField(verbose_name='n')),
                ('low', models.DecimalField(decimal_places=10, max_digits=34, null=True)),
                ('high', models.DecimalField(decimal_places=10, max_digits=34, null=True)),
            ],
            options={
                'verbose_name': 'KPI',
                'verbose_name_plural': 'KPIs',
                'indexes': [models.Index(fields=['key', 'variant', 'period', 'day'], name='kpi_series')],
                'constraints': [models.UniqueConstraint(fields=('day', 'period', 'key', 'variant', 'cut', 'cut_value', 'compared'), name='kpi_once')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('period', models.CharField(max_length=12, verbose_name='period')),
                ('key', models.CharField(max_length=60, verbose_name='metric')),
                ('variant', models.CharField(max_length=40, verbose_name='variant')),
                ('was', models.DecimalField(decimal_places=10, max_digits=34, null=True, verbose_name='was')),
                ('became', models.DecimalField(decimal_places=10, max_digits=34, null=True, verbose_name='became')),
                ('since', models.DateTimeField(verbose_name='computed first')),
                ('at', models.DateTimeField(verbose_name='computed again')),
            ],
            options={
                'verbose_name': 'revision',
                'verbose_name_plural': 'revisions',
                'ordering': ['-at', 'key'],
                'indexes': [models.Index(fields=['key', 'day'], name='revision_key_day')],
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200, unique=True, verbose_name='external id')),
                ('metric', models.CharField(max_length=60, verbose_name='metric')),
                ('variant', models.CharField(blank=True, max_length=40, verbose_name='variant')),
                ('segment', models.CharField(blank=True, help_text='As segment:Retail; empty: all.', max_length=340, verbose_name='segment')),
                ('target', models.DecimalField(decimal_places=6, max_digits=24, verbose_name='target')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('owner_email', models.EmailField(blank=True, max_length=254, verbose_name='owner')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals',
                'ordering': ['due_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='goal_has_external_id'), models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('starts_on'))), name='goal_ends_after_start', violation_error_message='The end is before the start.')],
            },
        ),
        migrations.CreateModel(
            name='GoalEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='metrics.goal')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('external_id', models.CharField(max_length=200, verbose_name='external id')),
                ('metric', models.CharField(max_length=60, verbose_name='metric')),
                ('variant', models.CharField(blank=True, max_length=40, verbose_name='variant')),
                ('segment', models.CharField(blank=True, help_text='As segment:Retail; empty: all.', max_length=340, verbose_name='segment')),
                ('target', models.DecimalField(decimal_places=6, max_digits=24, verbose_name='target')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('owner_email', models.EmailField(blank=True, max_length=254, verbose_name='owner')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OwnMetric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='As customers_of_customer.', max_length=60, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_ar', models.CharField(blank=True, max_length=200, verbose_name='name in Arabic')),
                ('name_fa', models.CharField(blank=True, max_length=200, verbose_name='name in Persian')),
                ('name_pl', models.CharField(blank=True, max_length=200, verbose_name='name in Polish')),
                ('unit', models.CharField(choices=[('count', 'number'), ('money', 'money'), ('percent', 'percent'), ('ratio', 'ratio'), ('score', 'score')], default='count', max_length=10, verbose_name='unit')),
                ('direction', models.CharField(choices=[('higher', 'higher is better'), ('lower', 'lower is better'), ('neither', 'neither')], default='higher', max_length=10, verbose_name='direction')),
                ('of', models.CharField(choices=[('measurements', 'measurements'), ('events', 'events')], default='measurements', max_length=12, verbose_name='made of')),
                ('named', models.CharField(help_text='The key of the measurements, or the name of the events.', max_length=200, verbose_name='named')),
                ('feature', models.CharField(blank=True, help_text='Of events.', max_length=200, verbose_name='only with the feature')),
                ('property', models.CharField(blank=True, help_text='Of events, as plan=pro.', max_length=200, verbose_name='only with the property')),
                ('total', models.CharField(choices=[('sum', 'sum; of events their number'), ('mean', 'mean'), ('last', 'the latest of each account, summed'), ('distinct', 'different accounts; of events different people')], default='sum', max_length=10, verbose_name='total')),
                ('slot', models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'own metric',
                'verbose_name_plural': 'own metrics',
                'ordering': ['key'],
                'constraints': [models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]+$')), name='ownmetric_key', violation_error_message='A key is of small letters, digits and _.'), models.CheckConstraint(condition=models.Q(models.Q(('of', 'events'), _negated=True), models.Q(('total__in', ('mean', 'last')), _negated=True), _connector='OR'), name='ownmetric_total', violation_error_message='Of events there is a number and different people.')],
            },
        ),
        migrations.CreateModel(
            name='OwnMetricEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='metrics.ownmetric')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(help_text='As customers_of_customer.', max_length=60, verbose_name='key')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_ar', models.CharField(blank=True, max_length=200, verbose_name='name in Arabic')),
                ('name_fa', models.CharField(blank=True, max_length=200, verbose_name='name in Persian')),
                ('name_pl', models.CharField(blank=True, max_length=200, verbose_name='name in Polish')),
                ('unit', models.CharField(choices=[('count', 'number'), ('money', 'money'), ('percent', 'percent'), ('ratio', 'ratio'), ('score', 'score')], default='count', max_length=10, verbose_name='unit')),
                ('direction', models.CharField(choices=[('higher', 'higher is better'), ('lower', 'lower is better'), ('neither', 'neither')], default='higher', max_length=10, verbose_name='direction')),
                ('of', models.CharField(choices=[('measurements', 'measurements'), ('events', 'events')], default='measurements', max_length=12, verbose_name='made of')),
                ('named', models.CharField(help_text='The key of the measurements, or the name of the events.', max_length=200, verbose_name='named')),
                ('feature', models.CharField(blank=True, help_text='Of events.', max_length=200, verbose_name='only with the feature')),
                ('property', models.CharField(blank=True, help_text='Of events, as plan=pro.', max_length=200, verbose_name='only with the property')),
                ('total', models.CharField(choices=[('sum', 'sum; of events their number'), ('mean', 'mean'), ('last', 'the latest of each account, summed'), ('distinct', 'different accounts; of events different people')], default='sum', max_length=10, verbose_name='total')),
                ('slot', models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RunPython(publish_standard, migrations.RunPython.noop),
    ]
