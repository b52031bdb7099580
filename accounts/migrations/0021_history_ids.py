"""The history may have more images than an integer can count."""

from django.db import migrations, models

HISTORY = (
    "accountevent",
    "activityevent",
    "contactevent",
    "costevent",
    "countingrulesevent",
    "funnelstepevent",
    "measurementevent",
    "onboardingstepevent",
    "purchaseevent",
    "rateevent",
    "renewalevent",
    "subscriptionchangeevent",
    "subscriptionevent",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_countries_by_code")]

    operations = [
        migrations.AlterField(
            name, "pgh_id", models.BigAutoField(primary_key=True, serialize=False)
        )
        for name in HISTORY
    ]
