from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0004_heartbeat"),
    ]

    operations = [
        migrations.AddField(
            model_name="due",
            name="attempts",
            field=models.PositiveIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AddField(
            model_name="due",
            name="failures",
            field=models.PositiveIntegerField(
                default=0, verbose_name="attempts in a row without an end"
            ),
        ),
        migrations.AddField(
            model_name="due",
            name="payload",
            field=models.JSONField(blank=True, default=dict, verbose_name="payload"),
        ),
    ]
