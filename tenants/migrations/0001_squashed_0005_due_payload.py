"""The tables of the public schema."""

import uuid

import django.db.models.deletion
import django_tenants.postgresql_backend.base
from django.db import migrations, models

import tenants.calendar


class Migration(migrations.Migration):

    replaces = [('tenants', '0001_initial'), ('tenants', '0002_last_day'), ('tenants', '0003_fair_queues'), ('tenants', '0004_heartbeat'), ('tenants', '0005_due_payload')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('schema_name', models.CharField(db_index=True, max_length=63, unique=True, validators=[django_tenants.postgresql_backend.base._check_schema_name])),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identifier')),
                ('slug', models.SlugField(max_length=31, unique=True, verbose_name='name in addresses')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('state', models.CharField(choices=[('creating', 'being created'), ('ready', 'ready'), ('suspended', 'suspended')], default='creating', max_length=10, verbose_name='state')),
                ('timezone', models.CharField(default='UTC', max_length=64, validators=[tenants.calendar.check_zone], verbose_name='time zone')),
                ('currency', models.CharField(default='EUR', max_length=3, verbose_name='reporting currency')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('first_weekday', models.PositiveSmallIntegerField(default=1, help_text='1 is Monday, 7 is Sunday.', verbose_name='first day of the week')),
                ('last_day', models.DateField(blank=True, help_text='No night is run by itself after it: for demonstrations and archives.', null=True, verbose_name='last day of its data')),
                ('shard', models.CharField(default='main', max_length=40, verbose_name='database cluster')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'tenant',
                'verbose_name_plural': 'tenants',
                'ordering': ['slug'],
                'constraints': [models.CheckConstraint(condition=models.Q(('schema_name__regex', '^[a-z][a-z0-9_]{2,30}$')), name='tenant_schema_name'), models.CheckConstraint(condition=models.Q(('first_weekday__range', (1, 7))), name='tenant_first_weekday'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='tenant_currency')],
            },
        ),
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(db_index=True, max_length=253, unique=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='domains', to='tenants.tenant')),
                ('is_primary', models.BooleanField(db_index=True, default=True)),
            ],
            options={
                'verbose_name': 'host name',
                'verbose_name_plural': 'host names',
            },
        ),
        migrations.CreateModel(
            name='SchemaTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64)),
                ('statements', models.TextField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='schematemplate_one_row')],
            },
        ),
        migrations.CreateModel(
            name='NightRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='nights', to='tenants.tenant')),
                ('local_date', models.DateField(verbose_name='local day')),
                ('state', models.CharField(choices=[('pending', 'waiting'), ('running', 'running'), ('done', 'done'), ('parked', 'given up')], default='pending', max_length=10, verbose_name='state')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='attempts in a row without an end')),
                ('stage', models.CharField(blank=True, max_length=40, verbose_name='stage')),
                ('queued_at', models.DateTimeField(blank=True, null=True, verbose_name='last put on the queue')),
                ('heartbeat', models.DateTimeField(blank=True, null=True, verbose_name='last sign of life')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('error', models.TextField(blank=True, verbose_name='error')),
            ],
            options={
                'verbose_name': 'night run',
                'verbose_name_plural': 'night runs',
                'ordering': ['-local_date'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'running'])), fields=['state'], name='nightrun_open')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'local_date'), name='nightrun_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Due',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='due', to='tenants.tenant')),
                ('queue', models.CharField(choices=[('interactive', 'what a person waits for'), ('jobs', 'long work'), ('nights', 'nights')], max_length=20, verbose_name='queue')),
                ('job', models.BigIntegerField(verbose_name='number of the job in its tenant')),
                ('payload', models.JSONField(blank=True, default=dict, verbose_name='payload')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='attempts in a row without an end')),
                ('heartbeat', models.DateTimeField(blank=True, null=True, verbose_name='last sign of life')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='asked for at')),
            ],
            options={
                'verbose_name': 'due work',
                'verbose_name_plural': 'due work',
                'indexes': [models.Index(fields=['queue', 'due_at'], name='due_queue')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'job'), name='due_once')],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='name')),
                ('at', models.DateTimeField(verbose_name='done at')),
            ],
            options={
                'verbose_name': 'heartbeat',
                'verbose_name_plural': 'heartbeats',
            },
        ),
        migrations.CreateModel(
            name='QueueTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='tenants.tenant')),
                ('queue', models.CharField(choices=[('interactive', 'what a person waits for'), ('jobs', 'long work'), ('nights', 'nights')], max_length=20, verbose_name='queue')),
                ('served_at', models.DateTimeField(verbose_name='served at')),
            ],
            options={
                'verbose_name': 'turn of a tenant',
                'verbose_name_plural': 'turns of the tenants',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'queue'), name='queueturn_once')],
            },
        ),
    ]
