"""The rate of the reporting currency begins with the first day that a fact may have.

It began with the year 1, which no file may say: what the API had given could not be sent back.
The rate holds for the same facts as before, so no trigger may write it down as a change.
"""

from django.db import migrations

BEFORE, NOW = "0001-01-01", "1900-01-01"


def begin_with_the_first_day(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        # Checks that wait for the end of the transaction would hold the table against ALTER.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_rate DISABLE TRIGGER USER")
        cursor.execute(
            "DELETE FROM accounts_rate WHERE day = %s AND currency IN"
            " (SELECT currency FROM accounts_rate WHERE day = %s)",
            [BEFORE, NOW],
        )
        for table in ("accounts_rate", "accounts_rateevent"):
            cursor.execute(f"UPDATE {table} SET day = %s WHERE day = %s", [NOW, BEFORE])
        cursor.execute("ALTER TABLE accounts_rate ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0023_labels")]

    operations = [migrations.RunPython(begin_with_the_first_day, migrations.RunPython.noop)]
