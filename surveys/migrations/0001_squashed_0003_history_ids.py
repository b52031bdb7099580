"""The tables of surveys and their answers."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('surveys', '0001_initial'), ('surveys', '0002_late_facts'), ('surveys', '0003_history_ids')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0021_history_ids'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('kind', models.CharField(choices=[('nps', 'NPS (0 to 10)'), ('csat', 'CSAT (1 to 5)'), ('ces', 'CES (1 to 7)'), ('css', 'CSS (1 to 10)')], max_length=5, verbose_name='kind')),
                ('imported', models.BooleanField(default=False, verbose_name='came with imported answers')),
            ],
            options={
                'verbose_name': 'survey',
                'verbose_name_plural': 'surveys',
                'ordering': ['key'],
                'constraints': [models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='survey_has_key'), models.UniqueConstraint(fields=('id', 'kind'), name='survey_kind')],
            },
        ),
        migrations.CreateModel(
            name='SurveyEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='surveys.survey')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('key', models.CharField(max_length=100, verbose_name='key')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('kind', models.CharField(choices=[('nps', 'NPS (0 to 10)'), ('csat', 'CSAT (1 to 5)'), ('ces', 'CES (1 to 7)'), ('css', 'CSS (1 to 10)')], max_length=5, verbose_name='kind')),
                ('imported', models.BooleanField(default=False, verbose_name='came with imported answers')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200, unique=True, verbose_name='external id')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.survey', verbose_name='survey')),
                ('kind', models.CharField(choices=[('nps', 'NPS (0 to 10)'), ('csat', 'CSAT (1 to 5)'), ('ces', 'CES (1 to 7)'), ('css', 'CSS (1 to 10)')], max_length=5, verbose_name='kind')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='score')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='accounts.account', verbose_name='account')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to='accounts.contact', verbose_name='contact')),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('language', models.CharField(blank=True, max_length=35, verbose_name='language')),
                ('answered_at', models.DateTimeField(verbose_name='answered at')),
                ('invited_at', models.DateTimeField(blank=True, null=True, verbose_name='invited at')),
                ('channel', models.CharField(blank=True, max_length=40, verbose_name='channel')),
                ('touchpoint', models.CharField(blank=True, max_length=100, verbose_name='touchpoint')),
            ],
            options={
                'verbose_name': 'response',
                'verbose_name_plural': 'responses',
                'ordering': ['-answered_at', 'pk'],
                'indexes': [models.Index(fields=['kind', 'answered_at'], name='response_kind_at'), models.Index(fields=['account', 'answered_at'], name='response_account_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='response_has_external_id'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'nps'), _negated=True), ('score', None), ('score__range', (0, 10)), _connector='OR'), name='response_scale_nps'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'csat'), _negated=True), ('score', None), ('score__range', (1, 5)), _connector='OR'), name='response_scale_csat'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'ces'), _negated=True), ('score', None), ('score__range', (1, 7)), _connector='OR'), name='response_scale_ces'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'css'), _negated=True), ('score', None), ('score__range', (1, 10)), _connector='OR'), name='response_scale_css')],
            },
        ),
        migrations.CreateModel(
            name='ResponseEvent',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='surveys.response')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('external_id', models.CharField(max_length=200, verbose_name='external id')),
                ('survey', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='surveys.survey', verbose_name='survey')),
                ('kind', models.CharField(choices=[('nps', 'NPS (0 to 10)'), ('csat', 'CSAT (1 to 5)'), ('ces', 'CES (1 to 7)'), ('css', 'CSS (1 to 10)')], max_length=5, verbose_name='kind')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='score')),
                ('account', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.account', verbose_name='account')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.contact', verbose_name='contact')),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('language', models.CharField(blank=True, max_length=35, verbose_name='language')),
                ('answered_at', models.DateTimeField(verbose_name='answered at')),
                ('invited_at', models.DateTimeField(blank=True, null=True, verbose_name='invited at')),
                ('channel', models.CharField(blank=True, max_length=40, verbose_name='channel')),
                ('touchpoint', models.CharField(blank=True, max_length=100, verbose_name='touchpoint')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
