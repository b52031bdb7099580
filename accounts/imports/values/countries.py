"""Countries by any name or code: the code is stored, and what is none stays as it was sent."""

import json
from collections.abc import Iterator, Sequence

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from accounts.countries import code_of, codes
from accounts.imports.records import Type
from accounts.imports.staging import execute, render_sql
from accounts.imports.values.cells import Column

SHOWN, LONGEST = 5, 60  # texts of a sentence, letters of a text
SENT = (
    "SELECT cells[{place}] FROM {staged} WHERE problem = '' AND cells[{place}] <> ''"
    " AND NOT cells[{place}] = ANY(%(codes)s) GROUP BY 1 ORDER BY min(line)"
)


def normalize(columns: Sequence[Column]) -> list[str]:
    """Write the codes of countries into the staged rows; returns what is not known, in words."""
    known = [one for one in columns if one.column.type == Type.COUNTRY]
    return [sentence for one in known for sentence in _of_column(sql.Literal(one.place))]


def _of_column(place: sql.Literal) -> list[str]:
    """Rewrite one column; returns a sentence of the texts that are no countries, if any."""
    table: dict[str, str] = {}
    unknown: list[str] = []
    number = 0
    for text in _sent(place):
        code = code_of(text)
        if code != text:
            table[text] = code
            continue
        number += 1
        unknown += [text[:LONGEST]] if number <= SHOWN else []
    if table:
        execute(
            "UPDATE {staged} SET raw = coalesce(raw, cells),"
            " cells[{place}] = %(table)s::jsonb ->> cells[{place}]"
            " WHERE problem = '' AND %(table)s::jsonb ? cells[{place}]",
            {"table": json.dumps(table)},
            place=place,
        )
    return [_sentence(unknown, number)] if unknown else []


def _sentence(unknown: Sequence[str], number: int) -> str:
    """The first of the texts that are no countries, and how many they are."""
    names = ", ".join(f"“{text}”" for text in unknown)
    result = {"number": number, "names": names}
    if number > len(unknown):
        return (
            _("Texts not known as countries are stored as sent (%(number)s): %(names)s ...")
            % result
        )
    return _("Texts not known as countries are stored as sent: %(names)s.") % result


def _sent(place: sql.Literal) -> Iterator[str]:
    """Each text of a column once, but for the codes, read as it is wanted."""
    with connection.chunked_cursor() as cursor:
        known = sorted(set(codes().values()))
        cursor.execute(render_sql(cursor, SENT, place=place), {"codes": known})
        for (text,) in cursor:
            yield text
