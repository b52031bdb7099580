"""What is wrong with staged rows: each check is one statement, whatever the number of rows.

First each cell by itself (required, type, length), then rows among each other and against what is
there. Only rows without a fault are given types, so no cast can fail.
"""

from collections.abc import Iterator
from typing import Any, cast

from django.db.models import Field
from psycopg import sql

from accounts.imports.records import Column, Kind, Type
from accounts.imports.staging import execute

# A cell that is wrong, by type, as SQL over `cell`; each with the code of its reason.
DATE_IS_WRONG = """
CASE WHEN cell !~ '^(19|20|21)\\d\\d-\\d\\d-\\d\\d$' THEN true
     WHEN substr(cell, 6, 2)::int NOT BETWEEN 1 AND 12 THEN true
     ELSE substr(cell, 9, 2)::int NOT BETWEEN 1 AND extract(
         day FROM (substr(cell, 1, 7) || '-01')::date + interval '1 month - 1 day') END
"""
WRONG = {
    Type.TEXT: [],
    Type.EMAIL: [("email", r"cell !~ '^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+$'")],
    Type.DATE: [("date", DATE_IS_WRONG)],
    Type.AMOUNT: [
        ("negative", r"cell ~ '^-\d{{1,14}}(\.\d+)?$'"),
        ("amount", r"cell !~ '^-?\d{{1,14}}(\.\d{{1,4}}0*)?$'"),
    ],
    Type.COUNT: [("count", r"CASE WHEN cell ~ '^\d{{1,9}}$' THEN cell::int > 32767 ELSE true END")],
    Type.TRUTH: [("truth", "lower(cell) NOT IN ('true', 'false', '1', '0', 'yes', 'no')")],
    Type.CURRENCY: [("currency", "upper(cell) !~ '^[A-Z]{{3}}$'")],
}
CASTS = {
    Type.TEXT: "cell",
    Type.EMAIL: "lower(cell)",
    Type.DATE: "nullif(cell, '')::date",
    Type.AMOUNT: "nullif(cell, '')::numeric",
    Type.COUNT: "nullif(cell, '')::int",
    Type.TRUTH: "lower(cell) IN ('true', '1', 'yes')",
    Type.CURRENCY: "upper(cell)",
}
TYPED = sql.Identifier("import_typed")


def check_cells(*, kind: Kind, columns: list[str]) -> None:
    """Reject cells that are empty, of the wrong type or too long."""
    for column in (kind.by_name[name] for name in columns if name in kind.by_name):
        cell = _cell(columns, column)
        for code, detail, wrong in _faults(column):
            execute(
                "INSERT INTO {rejects} SELECT line, %(column)s, cell, %(code)s, %(detail)s"
                " FROM (SELECT line, {cell} AS cell FROM {staged} WHERE problem = '') cells"
                f" WHERE {wrong}",
                {
                    "column": column.name,
                    "code": code,
                    "detail": detail,
                    "choices": list(column.choices),
                },
                cell=cell,
            )
    _mark_bad()


def _faults(column: Column) -> Iterator[tuple[str, str, str]]:
    if column.required:
        yield "required", "", "cell = ''"
    for code, wrong in WRONG[column.holds]:
        yield code, "", f"cell <> '' AND {wrong}"
    if column.choices:
        yield "choice", ", ".join(column.choices), "cell <> '' AND NOT cell = ANY(%(choices)s)"
    if column.holds in (Type.TEXT, Type.EMAIL):
        yield "too_long", str(column.longest), f"length(cell) > {column.longest}"


def make_typed(*, kind: Kind, columns: list[str]) -> None:
    """The rows so far good, with types, references resolved and what they meet in the table."""
    given = [kind.by_name[name] for name in columns if name in kind.by_name]
    selected = sql.SQL(", ").join(_selected(columns, column) for column in given)
    joins = sql.SQL(" ").join(_join(columns, column) for column in given if column.points_to)
    execute(
        "DROP TABLE IF EXISTS pg_temp.{typed};"
        "CREATE TEMP TABLE {typed} ON COMMIT DROP AS"
        " SELECT staged.line, staged.attributes AS free_attributes,"
        " there.id AS target_id, {selected}"
        " FROM {staged} staged LEFT JOIN {table} there ON there.external_id = {key} {joins}"
        " WHERE NOT staged.bad;"
        "CREATE UNIQUE INDEX ON {typed} (line); CREATE INDEX ON {typed} (external_id);"
        "ANALYZE {typed}",
        typed=TYPED,
        selected=selected,
        table=sql.Identifier(kind.model._meta.db_table),
        key=_cell(columns, kind.columns[0]),
        joins=joins,
    )


def _selected(columns: list[str], column: Column) -> sql.Composable:
    """The typed cell; of a reference its text, and beside it the key that it was resolved to."""
    cast = sql.SQL(CASTS[column.holds].replace("cell", "{cell}"))
    value = cast.format(cell=_cell(columns, column))
    if not column.points_to:
        return sql.SQL("{} AS {}").format(value, sql.Identifier(column.name))
    key = sql.SQL("{}.id").format(sql.Identifier(f"ref_{column.name}"))
    names = sql.Identifier(column.name), sql.Identifier(column.target)
    return sql.SQL("{} AS {}, {} AS {}").format(value, names[0], key, names[1])


def _join(columns: list[str], column: Column) -> sql.Composable:
    assert column.points_to  # noqa: S101  (only such columns are passed)
    return sql.SQL("LEFT JOIN {table} {alias} ON {alias}.external_id = {cell}").format(
        table=sql.Identifier(column.points_to._meta.db_table),
        alias=sql.Identifier(f"ref_{column.name}"),
        cell=_cell(columns, column),
    )


def check_rows(*, kind: Kind, columns: list[str], settings: dict[str, Any]) -> None:
    """Reject rows that repeat another, refer to nothing, lack something or break a rule."""
    _check_repeated()
    for column in (kind.by_name[name] for name in columns if name in kind.by_name):
        if column.points_to:
            _check_reference(kind, column)
    for column in kind.columns:
        if column.required and column.name not in columns:
            _reject(column.name, "required", "target_id IS NULL", value="''")
    for rule in kind.rules:
        _check_rule(kind, columns, rule.column, rule.code, rule.broken, settings)
    _drop_rejected()


def _check_repeated() -> None:
    execute(
        "INSERT INTO {rejects} SELECT line, 'external_id', external_id, 'repeated', first::text"
        " FROM (SELECT line, external_id, min(line) OVER (PARTITION BY external_id) AS first"
        " FROM {typed}) numbered WHERE line > first",
        typed=TYPED,
    )
    _drop_rejected()


def _check_reference(kind: Kind, column: Column) -> None:
    assert column.points_to  # noqa: S101  (only such columns are passed)
    wrong = "{name} <> '' AND {target} IS NULL"
    if column.points_to is kind.model:
        # The row may point to one that comes with the same file.
        wrong += (
            " AND NOT EXISTS (SELECT 1 FROM {typed} other WHERE other.external_id = rows.{name})"
        )
    detail = str(column.points_to._meta.verbose_name_plural)
    while _reject(column.name, "unknown", wrong, detail=detail, target=column.target):
        # A row that is rejected may have been the one that others point to.
        _drop_rejected()
        if column.points_to is not kind.model:
            return


def _check_rule(
    kind: Kind, columns: list[str], column: str, code: str, broken: str, settings: dict[str, Any]
) -> None:
    """A rule over the row as it would be: the file's cells, and what is there already."""
    names = {known.target: _would_be(kind, columns, known) for known in kind.columns}
    condition = sql.SQL(broken).format(id=sql.SQL("rows.target_id"), **names)
    shown = sql.SQL("rows.{}::text").format(sql.Identifier(column))
    execute(
        "INSERT INTO {rejects} SELECT rows.line, %(column)s, {shown}, %(code)s, ''"
        " FROM {typed} rows LEFT JOIN {table} there ON there.id = rows.target_id WHERE {condition}",
        settings | {"column": column, "code": code},
        typed=TYPED,
        table=sql.Identifier(kind.model._meta.db_table),
        condition=condition,
        shown=shown if column in columns else sql.SQL("''"),
    )


def _would_be(kind: Kind, columns: list[str], column: Column) -> sql.Composable:
    stored = sql.SQL("there.{}").format(sql.Identifier(database_column(kind, column)))
    if column.name not in columns:
        return stored
    given = sql.SQL("rows.{}").format(sql.Identifier(column.target))
    return otherwise(column, given)


def otherwise(column: Column, given: sql.Composable) -> sql.Composable:
    """A cell, or what an empty one means."""
    if not column.when_empty:
        return given
    empty = sql.SQL("nullif({}, '')") if column.holds == Type.CURRENCY else sql.SQL("{}")
    return sql.SQL("coalesce({}, {})").format(empty.format(given), sql.SQL(column.when_empty))


def _reject(
    column: str, code: str, wrong: str, *, value: str = "{name}", detail: str = "", target: str = ""
) -> int:
    return execute(
        f"INSERT INTO {{rejects}} SELECT line, %(column)s, {value}, %(code)s, %(detail)s"
        f" FROM {{typed}} rows WHERE {wrong}",
        {"column": column, "code": code, "detail": detail},
        typed=TYPED,
        name=sql.Identifier(column),
        target=sql.Identifier(target or column),
    )


def _mark_bad() -> None:
    execute("UPDATE {staged} SET bad = true WHERE line IN (SELECT line FROM {rejects}) AND NOT bad")


def _drop_rejected() -> None:
    execute("DELETE FROM {typed} WHERE line IN (SELECT line FROM {rejects})", typed=TYPED)


def _cell(columns: list[str], column: Column) -> sql.Composable:
    return sql.SQL("cells[{}]").format(sql.Literal(columns.index(column.name) + 1))


def database_column(kind: Kind, column: Column) -> str:
    """The name that a column of the file has in the table."""
    return str(cast("Field[Any, Any]", kind.model._meta.get_field(column.target)).column)
