"""One country is one value: what was stored by a name, in any language, is stored by its code.

So are the values of the past, in the history and among what accounts belonged to: a past day is
cut as today is. That is another spelling and no change, so no trigger may write it down as one.
"""

from django.db import migrations

from accounts.countries import code_of

TABLES = ("accounts_account", "accounts_accountevent", "accounts_pastmembership")


def store_codes(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        # Checks that wait for the end of the transaction would hold the table against ALTER.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"SELECT DISTINCT country FROM {table} WHERE country <> ''")
            stored = [country for (country,) in cursor.fetchall()]
            pairs = [(text, code_of(text)) for text in stored if code_of(text) != text]
            if pairs:
                _replace(cursor, table, pairs)


def _replace(cursor, table, pairs):
    values = ", ".join(["(%s, %s)"] * len(pairs))
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(
        f"UPDATE {table} SET country = known.code FROM (VALUES {values}) known (text, code)"
        " WHERE country = known.text",
        [part for pair in pairs for part in pair],
    )
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_preset_facts")]

    operations = [migrations.RunPython(store_codes, migrations.RunPython.noop)]
