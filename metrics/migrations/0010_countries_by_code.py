"""What nights wrote down of a country goes by its code, as the country of an account does.

Where a night knew one country by two spellings its figures cannot be added up: what it wrote of
countries is dropped, and the night is computed again.
"""

from django.db import migrations

from accounts.countries import code_of

TWICE = """
WITH known (text, code) AS (VALUES {values}),
twice AS (
    SELECT DISTINCT day FROM (
        SELECT DISTINCT day, cut_value FROM metrics_kpisnapshot WHERE cut = 'country'
    ) kpis JOIN known ON known.text = kpis.cut_value
    GROUP BY day, code HAVING count(*) > 1
),
stale AS (
    UPDATE metrics_night SET stale = true FROM twice WHERE metrics_night.day = twice.day
)
DELETE FROM metrics_kpisnapshot USING twice
WHERE metrics_kpisnapshot.day = twice.day AND cut = 'country'
"""
RENAME = """
WITH known (text, code) AS (VALUES {values})
UPDATE metrics_kpisnapshot SET cut_value = known.code FROM known
WHERE cut = 'country' AND cut_value = known.text AND known.text <> known.code
"""


def rename_countries(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT cut_value FROM metrics_kpisnapshot WHERE cut = 'country'")
        pairs = [(text, code_of(text)) for (text,) in cursor.fetchall()]
        if all(text == code for text, code in pairs):
            return
        values = ", ".join(["(%s, %s)"] * len(pairs))
        for statement in (TWICE, RENAME):
            cursor.execute(
                statement.format(values=values), [part for pair in pairs for part in pair]
            )


class Migration(migrations.Migration):
    dependencies = [("metrics", "0009_night_excluded"), ("accounts", "0020_countries_by_code")]

    operations = [migrations.RunPython(rename_countries, migrations.RunPython.noop)]
