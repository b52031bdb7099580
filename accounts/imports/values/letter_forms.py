"""Ye and kaf have an Arabic and a Persian form: كليدي and کلیدی are one word from two keyboards."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from psycopg import sql

from accounts.imports.records import Kind, Type
from accounts.imports.staging import execute, fetch, fetch_all
from accounts.imports.values.cells import Column

# Columns whose values group rows: two spellings would be two groups.
GROUPING = (
    *("segment", "industry", "country", "region", "stage", "plan", "role", "team"),
    *("channel", "category", "goal", "step", "touchpoint", "feature", "event", "source"),
)
# Where the values of a column are at home, if not in the kind's own table.
HOMES = {"segment": "accounts_account", "plan": "accounts_subscription"}
FORMS, FOLDED = "يىكیک", "ییکیک"
TABLE = sql.Identifier("import_letter_forms")
SHOWN = 5


def normalize(*, kind: Kind, columns: Sequence[Column]) -> list[str]:
    """Write values that differ in these letters alone as they are there already, or came first.

    Returns which they were, in a sentence.
    """
    changed: list[tuple[str, str]] = []
    for one in columns:
        grouping = one.name in GROUPING and one.column.type in (Type.TEXT, Type.COUNTRY)
        if grouping and not one.column.references and not one.column.choices:
            changed += _of_column(kind, one)
    if not changed:
        return []
    pairs = ", ".join(
        _("“%(sent)s” as “%(value)s”") % {"sent": sent, "value": value}
        for sent, value in changed[:SHOWN]
    )
    return [_("Values that differ in the form of ye or kaf alone are taken as one: %s.") % pairs]


def _of_column(kind: Kind, column: Column) -> list[tuple[str, str]]:
    """Rewrite one column; returns what was sent and what it is taken as."""
    place = sql.Literal(column.place)
    (found,) = fetch(
        "SELECT EXISTS (SELECT FROM {staged} WHERE problem = '' AND cells[{place}] ~ %(forms)s)",
        {"forms": f"[{FORMS}]"},
        place=place,
    )
    if not found:
        return []
    execute(
        "DROP TABLE IF EXISTS pg_temp.{table};"
        "CREATE TEMP TABLE {table} ON COMMIT DROP AS"
        " WITH spelt AS (SELECT {name} AS value, 0 AS rank, -count(*) AS place FROM {home}"
        "  WHERE {name} ~ %(forms)s GROUP BY 1 UNION ALL"
        "  SELECT cells[{place}], 1, min(line) FROM {staged}"
        "  WHERE problem = '' AND cells[{place}] ~ %(forms)s GROUP BY 1)"
        " SELECT DISTINCT value AS sent, first_value(value) OVER (PARTITION BY"
        "  translate(value, %(letters)s, %(folded)s) ORDER BY rank, place, value) AS value"
        " FROM spelt;"
        "DELETE FROM {table} WHERE sent = value OR sent NOT IN"
        " (SELECT cells[{place}] FROM {staged} WHERE problem = '')",
        {"forms": f"[{FORMS}]", "letters": FORMS, "folded": FOLDED},
        table=TABLE,
        name=sql.Identifier(column.column.target),
        home=sql.Identifier(HOMES.get(column.name, kind.table)),
        place=place,
    )
    execute(
        "UPDATE {staged} SET raw = coalesce(raw, cells), cells[{place}] = forms.value"
        " FROM {table} forms WHERE problem = '' AND cells[{place}] = forms.sent",
        table=TABLE,
        place=place,
    )
    return [(sent, value) for sent, value in fetch_all("SELECT * FROM {table}", table=TABLE)]
