"""Phases say what they are priced by; wholly discounted ones may be a customer's; renewal terms.

The view of the terms has further columns at its end. What is renewed of a term is priced by the
same function as what was due, so that both are discounted and converted alike.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_whole_discounts_facts")]

    operations = []
