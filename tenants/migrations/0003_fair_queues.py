"""Jobs of all tenants in queues that are served in turn: a row for each job."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone
from psycopg import sql

QUEUES = [
    ("interactive", "what a person waits for"),
    ("jobs", "long work"),
    ("nights", "nights"),
]
OPEN_JOBS = """
INSERT INTO tenants_due (tenant_id, kind, due_at, queue, job, created_at)
SELECT %s, 'job', now(), 'jobs', id, now() FROM {}.accounts_job
WHERE state IN ('queued', 'running')
"""


def enter_open_jobs(apps, schema_editor):
    """Jobs that are open in the tenants that had been marked for that."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tenant_id, schema_name FROM tenants_due"
            " JOIN tenants_tenant tenant ON tenant.id = tenant_id WHERE kind = 'jobs'"
        )
        for tenant_id, schema in cursor.fetchall():
            cursor.execute(sql.SQL(OPEN_JOBS).format(sql.Identifier(schema)), [tenant_id])
        cursor.execute("DELETE FROM tenants_due WHERE job IS NULL")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_last_day"),
    ]

    operations = [
        migrations.AddField(
            "due",
            "queue",
            models.CharField("queue", max_length=20, choices=QUEUES, default="jobs"),
            preserve_default=False,
        ),
        migrations.AddField("due", "job", models.BigIntegerField(null=True)),
        migrations.AddField(
            "due",
            "heartbeat",
            models.DateTimeField("last sign of life", null=True, blank=True),
        ),
        migrations.AddField(
            "due",
            "created_at",
            models.DateTimeField("asked for at", auto_now_add=True, default=timezone.now),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("due", "due_once"),
        migrations.RemoveIndex("due", "due_at"),
        migrations.RunPython(enter_open_jobs, migrations.RunPython.noop),
        migrations.RemoveField("due", "kind"),
        migrations.AlterField(
            "due", "job", models.BigIntegerField("number of the job in its tenant")
        ),
        migrations.AddIndex("due", models.Index(fields=["queue", "due_at"], name="due_queue")),
        migrations.AddConstraint(
            "due", models.UniqueConstraint(fields=["tenant", "job"], name="due_once")
        ),
        migrations.CreateModel(
            "QueueTurn",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("queue", models.CharField("queue", max_length=20, choices=QUEUES)),
                ("served_at", models.DateTimeField("served at")),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="turns",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "turn of a tenant",
                "verbose_name_plural": "turns of the tenants",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "queue"), name="queueturn_once")
                ],
            },
        ),
    ]
