"""An account whose whole price is discounted may stay a customer: a rule of counting."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_holidays_facts'),
    ]

    operations = [
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
    ]
