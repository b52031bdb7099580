"""What the events of a ticket come to, on any day: nothing in it looks ahead.

What a ticket says of itself (priority, kind, team, how it was closed, its status) counts from the
day on which it said so; a ticket may be solved any number of times; a promise falls due when its
clock, which stands still while the ticket waits for the customer, has used up its minutes.

As before, the functions are written as text: their names are looked up when they are called, so
that a transaction which has worked the clocks out once (`support.clocks`) reads its own tables.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support", "0002_clocks"), ("accounts", "0015_holidays_facts")]

    operations = [
        migrations.CreateModel(
            name="Downtime",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "incident_id",
                        "starts_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "share",
                    models.DecimalField(decimal_places=30, max_digits=60),
                ),
            ],
            options={
                "db_table": "support_downtime",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="TicketSolving",
            fields=[
                ("since", models.DateTimeField(verbose_name="from")),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "low"),
                            ("normal", "normal"),
                            ("high", "high"),
                            ("urgent", "urgent"),
                        ],
                        max_length=10,
                        verbose_name="priority",
                    ),
                ),
                ("team", models.CharField(max_length=100, verbose_name="team")),
                (
                    "closed_as",
                    models.CharField(
                        choices=[
                            ("solved", "solved"),
                            ("spam", "spam"),
                            ("abandoned", "abandoned"),
                            ("merged", "merged into another"),
                        ],
                        max_length=10,
                        verbose_name="closed as",
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "ticket_id",
                        "since",
                        "solved_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("solved_at", models.DateTimeField(verbose_name="solved at")),
                ("reopened_at", models.DateTimeField(null=True, verbose_name="opened again at")),
                (
                    "previous_solved_at",
                    models.DateTimeField(null=True, verbose_name="solved at"),
                ),
                ("next_solved_at", models.DateTimeField(null=True, verbose_name="solved at")),
                (
                    "soon_reopened_at",
                    models.DateTimeField(null=True, verbose_name="opened again at"),
                ),
                ("replies", models.IntegerField(verbose_name="replies")),
                ("handed_over", models.BooleanField(verbose_name="handed over")),
                (
                    "resolution_seconds",
                    models.DecimalField(decimal_places=6, max_digits=20, verbose_name="seconds"),
                ),
                (
                    "business_resolution_seconds",
                    models.DecimalField(decimal_places=6, max_digits=20, verbose_name="seconds"),
                ),
            ],
            options={
                "db_table": "support_ticketsolving",
                "managed": False,
            },
        ),
    ]
