"""Good rows into the table: new ones created, changed ones updated, equal ones left alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from accounts.imports.records import Kind
from accounts.imports.staging import execute, fetch, fetch_all
from accounts.imports.typed import TYPED, database_column, defaults_of
from tenants.typing import Json, SqlParameters

Values = dict[str, sql.Composable]


def upsert(*, kind: Kind, sql_params: SqlParameters) -> tuple[int, int, int]:
    """Write the typed rows; returns how many were created, updated and unchanged."""
    there, new = fetch(
        "SELECT count(*) FILTER (WHERE NOT is_new), count(*) FILTER (WHERE is_new) FROM {typed}",
        typed=TYPED,
    )
    _create(kind, sql_params)
    if kind.append_only:
        return new, 0, there
    updated = _update(kind, sql_params)
    return new, updated, there - updated


def changes(*, kind: Kind, sql_params: SqlParameters, most: int) -> list[Json]:
    """Of some rows that will be changed: what each column is, and what it will be.

    To be asked before they are written. Each has `row` (its key), and `columns`: name, old, new.
    """
    if kind.append_only:
        return []
    values, names = _values(kind), {database_column(kind, one): one for one in kind.columns}
    pairs = [
        sql.SQL("jsonb_build_array({}, {}, {})").format(
            sql.Literal(names[name].name if name in names else name), *_shown(kind, name, value)
        )
        for name, value in values.items()
    ]
    rows = fetch_all(
        "SELECT {key}, jsonb_build_array({pairs}) FROM {typed} rows"
        " JOIN {table} there ON there.id = rows.target_id"
        " WHERE ROW({there}) IS DISTINCT FROM ROW({values}) ORDER BY line LIMIT %(most)s",
        sql_params | {"most": most},
        key=sql.SQL("concat_ws(' · ', {})").format(
            sql.SQL(", ").join(sql.SQL("rows.{}").format(sql.Identifier(one)) for one in kind.key)
        ),
        pairs=sql.SQL(", ").join(pairs),
        **_parts(kind, values),
    )
    return [
        {"row": row, "columns": [one for one in json.loads(columns) if one[1] != one[2]]}
        for row, columns in rows
    ]


@dataclass(frozen=True)
class Outcome:
    """What became of a good row: where it is now, and what was done to it."""

    line: int
    id: int
    is_new: bool
    changed: bool

    @property
    def status(self) -> str:
        if self.is_new:
            return "created"
        return "updated" if self.changed else "unchanged"


def changed_lines(*, kind: Kind, sql_params: SqlParameters) -> set[int]:
    """The lines of rows that will be changed; to be asked before they are written."""
    if kind.append_only:
        return set()
    rows = fetch_all(
        "SELECT line FROM {typed} rows JOIN {table} there ON there.id = rows.target_id"
        " WHERE ROW({there}) IS DISTINCT FROM ROW({values})",
        sql_params,
        **_parts(kind, _values(kind)),
    )
    return {line for (line,) in rows}


def outcomes(*, kind: Kind, changed: set[int]) -> list[Outcome]:
    """What became of each good row, once they are written."""
    same = [
        sql.SQL("there.{} = rows.{}").format(
            sql.Identifier(database_column(kind, column)), sql.Identifier(column.typed_name)
        )
        for column in (kind.by_name[name] for name in kind.key)
    ]
    rows = fetch_all(
        "SELECT line, there.id, is_new FROM {typed} rows JOIN {table} there ON {same}"
        " ORDER BY line",
        typed=TYPED,
        table=sql.Identifier(kind.table),
        same=sql.SQL(" AND ").join(same),
    )
    return [Outcome(line, pk, is_new, line in changed) for line, pk, is_new in rows]


def _shown(kind: Kind, name: str, value: sql.Composable) -> tuple[sql.Composable, sql.Composable]:
    """The old and the new value; of a reference what people call the row."""
    there = sql.SQL("there.{}").format(sql.Identifier(name))
    column = next((one for one in kind.columns if database_column(kind, one) == name), None)
    if column is None or column.references is None:
        return there, value
    named = sql.SQL("(SELECT {by} FROM {table} named WHERE named.id = {key})")
    parts = {
        "by": sql.Identifier(column.by),
        "table": sql.Identifier(column.references._meta.db_table),
    }
    new = sql.SQL("coalesce({}, rows.{})").format(
        named.format(key=value, **parts), sql.Identifier(column.name)
    )
    return named.format(key=there, **parts), new


def _create(kind: Kind, sql_params: SqlParameters) -> None:
    home = {database_column(kind, column) for column in kind.home}
    values = _new_values(kind)
    assignments = {name: value for name, value in values.items() if name not in home}
    execute(
        "INSERT INTO {table} ({names}) SELECT {values} FROM {typed} rows WHERE is_new"
        " ORDER BY line",
        sql_params | {f"default_{name}": value for name, value in defaults_of(kind).items()},
        table=sql.Identifier(kind.table),
        typed=TYPED,
        names=sql.SQL(", ").join(map(sql.Identifier, assignments)),
        values=sql.SQL(", ").join(assignments.values()),
    )
    if home:
        execute(
            "UPDATE {typed} rows SET target_id = there.id FROM {table} there"
            " WHERE is_new AND there.external_id = rows.external_id",
            table=sql.Identifier(kind.table),
            typed=TYPED,
        )


def _update(kind: Kind, sql_params: SqlParameters) -> int:
    """Change what differs; returns how many of the rows that were there before did.

    New rows pass through here too: one that points to another of the same file gets it now.
    """
    values = _values(kind)
    (updated,) = fetch(
        "WITH changed AS (UPDATE {table} there SET ({names}) = ROW({values}) FROM {typed} rows"
        " WHERE there.id = rows.target_id"
        " AND ROW({there}) IS DISTINCT FROM ROW({values}) RETURNING rows.is_new)"
        " SELECT count(*) FILTER (WHERE NOT is_new) FROM changed",
        sql_params,
        names=sql.SQL(", ").join(map(sql.Identifier, values)),
        **_parts(kind, values),
    )
    return int(updated)


def _parts(kind: Kind, values: Values) -> dict[str, sql.Composable]:
    return {
        "table": sql.Identifier(kind.table),
        "typed": TYPED,
        "there": sql.SQL(", ").join(
            sql.SQL("there.{}").format(sql.Identifier(name)) for name in values
        ),
        "values": sql.SQL(", ").join(values.values()),
    }


def _values(kind: Kind) -> Values:
    """What each database column of a row that is there will be."""
    values = dict(_said(kind))
    if kind.attributes:
        merged = "jsonb_strip_nulls(there.{} || rows.free_attributes)"
        values[kind.attributes] = _unless_null(merged, sql.Identifier(kind.attributes))
    return values


def _new_values(kind: Kind) -> Values:
    values: Values = {name: sql.Placeholder(f"default_{name}") for name in defaults_of(kind)}
    values |= dict(_said(kind))
    if kind.attributes:
        values[kind.attributes] = _unless_null("jsonb_strip_nulls(rows.free_attributes)")
    if kind.append_only:
        values["imported_by"] = sql.SQL("%(import)s::bigint")
    return values


def _unless_null(attributes: str, *names: sql.Composable) -> sql.Composable:
    """Free attributes; where null was sent for all of them, none."""
    return sql.SQL(
        "CASE WHEN rows.free_attributes = 'null'::jsonb THEN '{{}}'::jsonb"
        f" ELSE {attributes} END"
    ).format(*names)


def _said(kind: Kind) -> Iterator[tuple[str, sql.Composable]]:
    for column in kind.columns:
        yield database_column(kind, column), _value(kind, column.name)


def _value(kind: Kind, name: str) -> sql.Composable:
    column = kind.by_name[name]
    given = sql.SQL("rows.{}").format(sql.Identifier(column.typed_name))
    if column not in kind.home:
        return given
    # The row pointed to may have been created by this very file, a moment ago.
    return sql.SQL(
        "coalesce({}, (SELECT id FROM {} home WHERE home.external_id = nullif(rows.{}, '')))"
    ).format(given, sql.Identifier(kind.table), sql.Identifier(name))
