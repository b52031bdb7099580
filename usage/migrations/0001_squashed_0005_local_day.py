"""The tables of events and what they come to."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('usage', '0001_initial'), ('usage', '0002_marks'), ('usage', '0003_seconds_facts'), ('usage', '0004_count_seconds'), ('usage', '0005_local_day')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0021_history_ids'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=200, unique=True, verbose_name='message id')),
                ('occurred_at', models.DateTimeField(verbose_name='occurred at')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='usage_events', to='accounts.account', verbose_name='account')),
                ('user_id', models.CharField(max_length=200, verbose_name='person')),
                ('event', models.CharField(max_length=200, verbose_name='event')),
                ('feature', models.CharField(blank=True, max_length=200, verbose_name='feature')),
                ('session_id', models.CharField(blank=True, max_length=200, verbose_name='session')),
                ('properties', models.JSONField(blank=True, default=dict, verbose_name='properties')),
                ('imported_by', models.BigIntegerField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['-occurred_at', 'pk'],
                'indexes': [models.Index(fields=['account', 'occurred_at'], name='event_account_at'), models.Index(fields=['occurred_at'], name='event_at'), models.Index(condition=models.Q(('imported_by__isnull', False)), fields=['imported_by'], name='event_imported_by')],
                'constraints': [models.CheckConstraint(condition=models.Q(('message_id', ''), _negated=True), name='event_has_message_id'), models.CheckConstraint(condition=models.Q(('user_id', ''), _negated=True), name='event_has_person'), models.CheckConstraint(condition=models.Q(('event', ''), _negated=True), name='event_has_name')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='accounts.account')),
                ('user_id', models.CharField(max_length=200, verbose_name='person')),
                ('day', models.DateField(verbose_name='day')),
                ('started_at', models.DateTimeField(verbose_name='from')),
                ('ended_at', models.DateTimeField(verbose_name='until')),
                ('events', models.PositiveIntegerField(verbose_name='events')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'indexes': [models.Index(fields=['day', 'account'], name='session_day')],
                'constraints': [models.UniqueConstraint(fields=('account', 'user_id', 'started_at'), name='session_once')],
            },
        ),
        migrations.CreateModel(
            name='DailyUsage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='daily_usage', to='accounts.account')),
                ('user_id', models.CharField(max_length=200, verbose_name='person')),
                ('day', models.DateField(verbose_name='day')),
                ('event', models.CharField(max_length=200, verbose_name='event')),
                ('feature', models.CharField(max_length=200, verbose_name='feature')),
                ('events', models.PositiveIntegerField(verbose_name='events')),
                ('seconds', models.DecimalField(decimal_places=6, default=0, max_digits=18, verbose_name='seconds')),
            ],
            options={
                'verbose_name': 'daily usage',
                'verbose_name_plural': 'daily usage',
                'indexes': [models.Index(fields=['day'], name='dailyusage_day')],
                'constraints': [models.UniqueConstraint(fields=('account', 'day', 'user_id', 'event', 'feature'), name='dailyusage_once')],
            },
        ),
    ]
