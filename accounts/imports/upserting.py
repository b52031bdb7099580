"""Good rows into the table: new ones created, changed ones updated, equal ones left alone."""

from collections.abc import Iterator
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from accounts.imports.checking import TYPED, database_column, otherwise
from accounts.imports.records import Column, Kind
from accounts.imports.staging import execute, fetch

Assignment = tuple[str, sql.Composable]


def upsert(*, kind: Kind, columns: list[str], settings: dict[str, Any]) -> tuple[int, int, int]:
    """Write the typed rows; returns how many were created, updated and unchanged."""
    there, new = fetch(
        "SELECT count(target_id), count(*) - count(target_id) FROM {typed}", typed=TYPED
    )
    _create(kind, columns, settings)
    updated = _update(kind, columns, settings)
    return new, updated, there - updated


def _create(kind: Kind, columns: list[str], settings: dict[str, Any]) -> None:
    given = dict(_given(kind, columns, to_itself=False))
    defaults = {name: value for name, value in _defaults(kind) if name not in given}
    named = {name: sql.Placeholder(f"default_{name}") for name in defaults}
    assignments = {**named, **given, **_when_missing(kind, columns)}
    execute(
        "INSERT INTO {table} ({names}) SELECT {values} FROM {typed} rows"
        " WHERE target_id IS NULL ORDER BY line",
        settings | {f"default_{name}": value for name, value in defaults.items()},
        table=sql.Identifier(kind.model._meta.db_table),
        typed=TYPED,
        names=sql.SQL(", ").join(map(sql.Identifier, assignments)),
        values=sql.SQL(", ").join(assignments.values()),
    )


def _update(kind: Kind, columns: list[str], settings: dict[str, Any]) -> int:
    """Change what differs; returns how many of the rows that were there before did.

    New rows pass through here too: one that points to another of the same file gets it now.
    """
    assignments = dict(_given(kind, columns, to_itself=True))
    if not assignments:
        return 0
    names = [sql.Identifier(name) for name in assignments]
    there = [sql.SQL("there.{}").format(name) for name in names]
    (updated,) = fetch(
        "WITH changed AS (UPDATE {table} there SET ({names}) = ROW({values}) FROM {typed} rows"
        " WHERE there.external_id = rows.external_id"
        " AND ROW({there}) IS DISTINCT FROM ROW({values}) RETURNING rows.target_id)"
        " SELECT count(target_id) FROM changed",
        settings,
        table=sql.Identifier(kind.model._meta.db_table),
        typed=TYPED,
        names=sql.SQL(", ").join(names),
        there=sql.SQL(", ").join(there),
        values=sql.SQL(", ").join(assignments.values()),
    )
    return int(updated)


def _given(kind: Kind, columns: list[str], *, to_itself: bool) -> Iterator[Assignment]:
    """What the file says of each database column."""
    for column in kind.columns:
        points_home = column.points_to is kind.model
        if column.name in columns and (to_itself or not points_home):
            yield database_column(kind, column), _value(kind, column, points_home)
    if kind.attributes and to_itself:
        merged = sql.SQL("there.{} || rows.free_attributes")
        yield kind.attributes, merged.format(sql.Identifier(kind.attributes))
    elif kind.attributes:
        yield kind.attributes, sql.SQL("rows.free_attributes")


def _value(kind: Kind, column: Column, points_home: bool) -> sql.Composable:
    given = sql.SQL("rows.{}").format(sql.Identifier(column.target))
    if points_home:
        # The row pointed to may have been created by this very file, a moment ago.
        found = sql.SQL("(SELECT id FROM {} home WHERE home.external_id = rows.{})")
        table = sql.Identifier(kind.model._meta.db_table)
        return found.format(table, sql.Identifier(column.name))
    return otherwise(column, given)


def _when_missing(kind: Kind, columns: list[str]) -> dict[str, sql.Composable]:
    """What a new row gets where the file has no such column but the kind knows what that means."""
    return {
        database_column(kind, column): sql.SQL(column.when_empty)
        for column in kind.columns
        if column.when_empty and column.name not in columns
    }


def _defaults(kind: Kind) -> Iterator[tuple[str, Any]]:
    """What the model gives a new row by itself."""
    for one in kind.model._meta.concrete_fields:
        if not one.primary_key:
            value = one.get_default()
            yield str(one.column), Jsonb(value) if isinstance(value, dict) else value
