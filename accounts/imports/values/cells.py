"""Staged cells that are written otherwise than the checks want them, set aside to be rewritten."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from accounts.imports import records
from accounts.imports.mapped import MappedColumn
from accounts.imports.staging import execute, fetch

DIGITS = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"
SPACES = "\u00a0\u2007\u2009\u202f"
# A cell with ASCII digits and plain spaces, as SQL over `sent`.
PLAIN = (
    "trim(translate(sent, %(digits)s || %(spaces)s || '−',"
    " '0123456789' || '0123456789' || '    ' || '-'))"
)
LETTERS = {"digits": DIGITS, "spaces": SPACES}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the staged rows: its place from 1, what it holds, where it comes from."""

    place: int
    column: records.Column
    mapped: MappedColumn

    @property
    def name(self) -> str:
        return self.column.name


def make_table(*, table: sql.Identifier, further: str) -> None:
    """A table for cells, with some columns that are filled in later."""
    execute(
        "DROP TABLE IF EXISTS pg_temp.{table};"
        "CREATE TEMP TABLE {table} (line bigint, place int, sent text, cell text, value text,"
        f" {further}) ON COMMIT DROP",
        table=table,
    )


def any_unlike(*, places: Sequence[int], pattern: str) -> bool:
    """Whether some cell of these columns does not fit a pattern: mostly none does not."""
    if not places:
        return False
    (found,) = fetch(
        "SELECT EXISTS (SELECT FROM {staged}, unnest(%(places)s::int[]) AS place"
        " WHERE problem = '' AND cells[place] <> '' AND cells[place] !~ %(pattern)s)",
        {"places": list(places), "pattern": pattern},
    )
    return bool(found)


def set_aside(*, table: sql.Identifier, places: Sequence[int], except_for: str) -> None:
    """Collect the cells of some columns that do not fit a pattern."""
    execute(
        "INSERT INTO {table} (line, place, sent, cell)"
        f" SELECT line, place, sent, {PLAIN} FROM ("
        "  SELECT line, place, cells[place] AS sent"
        "  FROM {staged}, unnest(%(places)s::int[]) AS place WHERE problem = ''"
        ") cells WHERE sent <> '' AND sent !~ %(pattern)s",
        {"places": list(places), "pattern": except_for, **LETTERS},
        table=table,
    )


def put_back(*, table: sql.Identifier, places: Sequence[int]) -> None:
    """Write the new values into the staged rows; what was sent is kept for the rejects."""
    for place in places:
        execute(
            "UPDATE {staged} staged SET raw = coalesce(raw, cells), cells[{place}] = changed.value"
            " FROM {table} changed WHERE changed.line = staged.line AND changed.place = {place}"
            " AND changed.value <> changed.sent",
            table=table,
            place=sql.Literal(place),
        )
