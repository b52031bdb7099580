"""The good rows with types: each as it would be, references resolved, and what it meets there."""

from typing import cast

from psycopg import sql
from psycopg.types.json import Jsonb

from accounts.imports.records import Column, Kind, Type
from accounts.imports.staging import execute
from tenants.typing import AnyField, SqlParameters

TYPED = sql.Identifier("import_typed")
CASTS = {
    Type.TEXT: "cell",
    Type.COUNTRY: "cell",
    Type.EMAIL: "lower(cell)",
    Type.DATE: "nullif(cell, '')::date",
    Type.MONTH: "date_trunc('month', nullif(cell, '')::date)::date",
    Type.MOMENT: (
        "CASE WHEN cell ~ '(Z|[+-][0-9][0-9]:?[0-9][0-9])$' AND cell ~ ':' THEN cell::timestamptz"
        " ELSE nullif(cell, '')::timestamp AT TIME ZONE %(timezone)s END"
    ),
    Type.AMOUNT: "nullif(cell, '')::numeric",
    Type.NUMBER: "nullif(cell, '')::numeric",
    Type.RATE: "nullif(cell, '')::numeric",
    Type.COUNT: "nullif(cell, '')::numeric::int",
    Type.TRUTH: "lower(cell) IN ('true', '1', 'yes')",
    Type.CURRENCY: "upper(cell)",
    Type.JSON: "coalesce(nullif(cell, '')::jsonb, '{{}}')",
}
Parts = list[sql.Composable]


def make_typed(*, kind: Kind, columns: list[str], sql_params: SqlParameters) -> None:
    """Type the rows that are good so far.

    Where a row says nothing of a column it has what is there, or what a new row gets.
    """
    defaults = defaults_of(kind)
    selected = sql.SQL(", ").join(
        part for column in kind.columns for part in _selected(kind, columns, column)
    )
    pointing = [one for one in kind.columns if one.references and one.name in columns]
    execute(
        "DROP TABLE IF EXISTS pg_temp.{typed};"
        "CREATE TEMP TABLE {typed} ON COMMIT DROP AS"
        " SELECT staged.line, staged.attributes AS free_attributes,"
        " there.id AS target_id, there.id IS NULL AS is_new, {selected}"
        " FROM {staged} staged {joins} LEFT JOIN {table} there ON {same} WHERE NOT staged.bad;"
        "CREATE UNIQUE INDEX ON {typed} (line); CREATE INDEX ON {typed} ({key});"
        "ANALYZE {typed}",
        sql_params | {f"default_{name}": value for name, value in defaults.items()},
        typed=TYPED,
        selected=selected,
        joins=sql.SQL(" ").join(_join(columns, column) for column in pointing),
        table=sql.Identifier(kind.table),
        same=sql.SQL(" AND ").join(_same(kind, columns, name) for name in kind.key),
        key=sql.SQL(", ").join(map(sql.Identifier, kind.key)),
    )


def _same(kind: Kind, columns: list[str], name: str) -> sql.Composable:
    """What a key column of a row that is there must be, to be the row that is meant."""
    column = kind.by_name[name]
    there = sql.SQL("there.{}").format(sql.Identifier(database_column(kind, column)))
    if column.references:
        return sql.SQL("{} = {}.id").format(there, _alias(column))
    return sql.SQL("{} = {}").format(there, _said(columns, column))


def _selected(kind: Kind, columns: list[str], column: Column) -> Parts:
    """The typed cell; of a reference what it says, and beside it the key that it is resolved to."""
    names = sql.Identifier(column.name), sql.Identifier(column.typed_name)
    stored = _stored(kind, column)
    if column.name not in columns and column.references:
        parts = [sql.SQL("NULL::text AS {}").format(names[0])]
        return [*parts, sql.SQL("{} AS {}").format(stored, names[1])]
    if column.name not in columns and column.name not in kind.key:
        return [sql.SQL("{} AS {}").format(stored, names[1]), *_twice(column, stored)]
    result = _said(columns, column)
    if column.references:
        key = sql.SQL("{}.id").format(_alias(column))
        cell = cell_of(columns, column)
        resolved = sql.SQL("CASE WHEN {} IS NULL THEN {} ELSE {} END").format(cell, stored, key)
        return [
            sql.SQL("{} AS {}").format(result, names[0]),
            sql.SQL("{} AS {}").format(resolved, names[1]),
        ]
    if column.name in columns:
        result = sql.SQL("CASE WHEN {} IS NULL THEN {} ELSE {} END").format(
            cell_of(columns, column), stored, result
        )
    return [sql.SQL("{} AS {}").format(result, names[1]), *_twice(column, result)]


def _twice(column: Column, value: sql.Composable) -> Parts:
    """Where the field has another name than the column, both stand for it."""
    if column.name == column.typed_name:
        return []
    return [sql.SQL("{} AS {}").format(value, sql.Identifier(column.name))]


def _said(columns: list[str], column: Column) -> sql.Composable:
    """The typed cell, or what an empty one means."""
    if column.name not in columns:
        return sql.SQL(column.when_empty)
    cast = sql.SQL(CASTS[column.type].replace("cell", "{cell}"))
    value = cast.format(cell=cell_of(columns, column))
    if not column.when_empty:
        return value
    return sql.SQL("CASE WHEN coalesce({}, '') = '' THEN {} ELSE {} END").format(
        cell_of(columns, column), sql.SQL(column.when_empty), value
    )


def _stored(kind: Kind, column: Column) -> sql.Composable:
    """What is there, or what a new row gets that says nothing."""
    name = database_column(kind, column)
    new: sql.Composable = sql.Placeholder(f"default_{name}")
    if column.when_empty:
        new = sql.SQL(column.when_empty)
    there = sql.SQL("there.{}").format(sql.Identifier(name))
    return sql.SQL("CASE WHEN there.id IS NULL THEN {} ELSE {} END").format(new, there)


def _join(columns: list[str], column: Column) -> sql.Composable:
    assert column.references  # noqa: S101  (only such columns are passed)
    return sql.SQL("LEFT JOIN {table} {alias} ON {alias}.{by} = {cell}").format(
        table=sql.Identifier(column.references._meta.db_table),
        alias=_alias(column),
        by=sql.Identifier(column.by),
        cell=cell_of(columns, column),
    )


def _alias(column: Column) -> sql.Identifier:
    return sql.Identifier(f"ref_{column.name}")


def defaults_of(kind: Kind) -> dict[str, object]:
    """What the model gives a new row by itself, by database column."""
    found: dict[str, object] = {}
    for one in kind.model._meta.concrete_fields:
        if not one.primary_key:
            value = one.get_default()
            found[str(one.column)] = Jsonb(value) if isinstance(value, dict) else value
    return found


def cell_of(columns: list[str], column: Column) -> sql.Composable:
    return sql.SQL("cells[{}]").format(sql.Literal(columns.index(column.name) + 1))


def database_column(kind: Kind, column: Column) -> str:
    """The name that a column of the file has in the table."""
    return str(cast(AnyField, kind.model._meta.get_field(column.target)).column)
