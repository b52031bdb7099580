"""Words: tables of values, fixed words in any letter case, yes and no in our languages."""

import json
from collections.abc import Sequence

from psycopg import sql

from accounts.imports.mapped import MappedColumn
from accounts.imports.records import Column as KindColumn
from accounts.imports.records import Kind, Type
from accounts.imports.staging import execute, fetch_all
from accounts.imports.values.cells import Column

TRUTH = {
    "true": ("true", "t", "1", "yes", "y", "on", "tak", "prawda", "بله", "نعم", "صحیح", "صحيح"),
    "false": ("false", "f", "0", "no", "n", "off", "nie", "fałsz", "خیر", "لا", "غلط", "خطأ"),
}
MOST_UNKNOWN = 50  # values of a column that are offered to be mapped


def choices_of(column: KindColumn) -> tuple[str, ...]:
    """All values that a column may hold; none where it is free."""
    return tuple(TRUTH) if column.type == Type.TRUTH else column.choices


def unknown_values(*, kind: Kind, columns: Sequence[str]) -> dict[str, list[str]]:
    """The values of staged rows, as sent, that are none of their column's, by column."""
    found = {
        name: _unknown(place, choices_of(kind.by_name[name]))
        for place, name in enumerate(columns, start=1)
        if name in kind.by_name and choices_of(kind.by_name[name])
    }
    return {name: values for name, values in found.items() if values}


def _unknown(place: int, choices: Sequence[str]) -> list[str]:
    rows = fetch_all(
        "SELECT sent FROM (SELECT trim(coalesce(raw[{place}], cells[{place}])) AS sent"
        "  FROM {staged} WHERE problem = '' AND cells[{place}] <> ''"
        "  AND NOT cells[{place}] = ANY(%(choices)s)) cells"
        " GROUP BY sent ORDER BY count(*) DESC, sent LIMIT %(most)s",
        {"choices": list(choices), "most": MOST_UNKNOWN},
        place=sql.Literal(place),
    )
    return [sent[:300] for (sent,) in rows]


def replace(mapped: Sequence[MappedColumn]) -> None:
    """Put the values of the mapping's tables in."""
    for place, one in enumerate(mapped, start=1):
        if one.values:
            _replace(place, {word.strip().lower(): result for word, result in one.values.items()})


def normalize(known: Sequence[Column]) -> None:
    """Write the words of staged rows as the checks know them."""
    for column in known:
        if column.column.choices or column.column.words:
            _fold(column.place, [*column.column.choices, *column.column.words])
        if column.column.type == Type.TRUTH:
            table = {word: result for result, words in TRUTH.items() for word in words}
            _replace(column.place, table)
        for pattern, stored in PARTS.get(column.name, PARTS.get(column.column.type, ())):
            _cut(column.place, pattern, stored)


# What stands around what is meant: the address of a domain's site, the scheme of an e-mail's.
PARTS = {
    "domain": (
        (r"^([a-z][a-z0-9+.-]*:)?//([^/@]*@)?(www\.)?([^/:?#]+).*$", r"\4"),
        (r"^(www\.)([^/:?#]+)([/:?#].*)?$", r"\2"),
        (r"^([^/:?# ]+\.[^/:?# ]+)[/?#].*$", r"\1"),
    ),
    Type.EMAIL: ((r"^mailto:([^?]*).*$", r"\1"),),
}


def _cut(place: int, pattern: str, stored: str) -> None:
    """Cells that fit a pattern, down to the part of them that is meant."""
    execute(
        "UPDATE {staged} SET raw = coalesce(raw, cells),"
        " cells[{place}] = regexp_replace(cells[{place}], %(pattern)s, %(kept)s, 'i')"
        " WHERE problem = '' AND cells[{place}] ~* %(pattern)s",
        {"pattern": pattern, "kept": stored},
        place=sql.Literal(place),
    )


def _replace(place: int, table: dict[str, str]) -> None:
    """Values by a table, in any letter case."""
    execute(
        "UPDATE {staged} SET raw = coalesce(raw, cells),"
        " cells[{place}] = %(table)s::jsonb ->> lower(cells[{place}])"
        " WHERE problem = '' AND %(table)s::jsonb ? lower(cells[{place}])"
        " AND cells[{place}] <> %(table)s::jsonb ->> lower(cells[{place}])",
        {"table": json.dumps(table)},
        place=sql.Literal(place),
    )


FOLDED = "regexp_replace(lower(trim(cells[{place}])), '[- ]+', '_', 'g')"


def _fold(place: int, words: Sequence[str]) -> None:
    """Fixed words in any letter case, with spaces or hyphens in them."""
    execute(
        "UPDATE {staged} SET raw = coalesce(raw, cells),"
        f" cells[{{place}}] = {FOLDED} WHERE problem = ''"
        f" AND NOT cells[{{place}}] = ANY(%(words)s) AND {FOLDED} = ANY(%(words)s)",
        {"words": list(words)},
        place=sql.Literal(place),
    )
