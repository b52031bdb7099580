"""What is wrong with staged rows: each check is one statement, whatever the number of rows.

First each cell by itself (required, type, length), then rows among each other and against what is
there. Only rows without a fault are given types, so no cast can fail.
"""

from collections.abc import Iterator
from typing import Any, cast

from django.db.models import Field
from psycopg import sql

from accounts.imports.records import Column, Kind, Rule, Type
from accounts.imports.staging import execute

# A cell that is wrong, by type, as SQL over `cell`; each with the code of its reason. Digits are
# spelled out: what \d takes for one depends on the locale, a cast takes ASCII only.
DATE_IS_WRONG = """
CASE WHEN cell !~ '^(19|20|21)[0-9][0-9]-[0-9][0-9]-[0-9][0-9]$' THEN true
     WHEN substr(cell, 6, 2)::int NOT BETWEEN 1 AND 12 THEN true
     ELSE substr(cell, 9, 2)::int NOT BETWEEN 1 AND extract(
         day FROM (substr(cell, 1, 7) || '-01')::date + interval '1 month - 1 day') END
"""
WRONG = {
    Type.TEXT: [],
    Type.EMAIL: [("email", r"cell !~ '^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+$'")],
    Type.DATE: [("date", DATE_IS_WRONG)],
    Type.AMOUNT: [
        ("negative", r"cell ~ '^-[0-9]{{1,14}}(\.[0-9]+)?$'"),
        ("amount", r"cell !~ '^-?[0-9]{{1,14}}(\.[0-9]{{1,4}}0*)?$'"),
    ],
    Type.COUNT: [
        ("count", "CASE WHEN cell ~ '^[0-9]{{1,10}}$' THEN cell::bigint > %(most)s ELSE true END")
    ],
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
                    "most": column.most,
                },
                cell=cell,
            )
    _mark_bad()


def _faults(column: Column) -> Iterator[tuple[str, str, str]]:
    if column.required:
        yield "required", "", "cell = ''"
    for code, wrong in WRONG[column.holds]:
        detail = str(column.most) if column.holds == Type.COUNT else ""
        yield code, detail, f"cell <> '' AND {wrong}"
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
    for column in kind.columns:
        if column.required and column.name not in columns:
            _reject(column.name, "required", "target_id IS NULL", value="''")
    for rule in kind.rules:
        _check_rule(kind, columns, rule, settings)
    for column in kind.columns:
        if column.points_to and column.points_to is not kind.model and column.name in columns:
            _reject_unknown(column, "{name} <> '' AND {target} IS NULL")
    # Last, because a row may point to one that comes with it, and that one may be rejected.
    for column in kind.columns:
        if column.points_to is kind.model and column.name in columns:
            _check_home(column)
    _drop_rejected()


def _check_repeated() -> None:
    execute(
        "INSERT INTO {rejects} SELECT line, 'external_id', external_id, 'repeated', first::text"
        " FROM (SELECT line, external_id, min(line) OVER (PARTITION BY external_id) AS first"
        " FROM {typed}) numbered WHERE line > first",
        typed=TYPED,
    )
    _drop_rejected()


def _reject_unknown(column: Column, wrong: str) -> None:
    assert column.points_to  # noqa: S101  (only such columns are passed)
    detail = str(column.points_to._meta.verbose_name_plural)
    _reject(column.name, "unknown", wrong, detail=detail, target=column.target)


def _check_home(column: Column) -> None:
    """Reject rows that point to a row of their own kind which is neither there nor coming.

    A new row that is rejected takes along those that point to it, and so on.
    """
    execute("CREATE INDEX ON {typed} ({name})", typed=TYPED, name=sql.Identifier(column.name))
    _reject_unknown(
        column,
        "line IN (WITH RECURSIVE lost AS ("
        " SELECT pointing.line, pointing.external_id FROM {typed} pointing"
        " WHERE {name} <> '' AND {target} IS NULL AND NOT EXISTS ("
        "  SELECT FROM {typed} coming WHERE coming.external_id = pointing.{name}"
        "  AND (coming.line = pointing.line"
        "   OR coming.line NOT IN (SELECT line FROM {rejects})))"
        " UNION SELECT pointing.line, pointing.external_id FROM {typed} pointing"
        " JOIN lost ON pointing.{name} = lost.external_id WHERE {target} IS NULL"
        ") SELECT line FROM lost)",
    )


def _check_rule(kind: Kind, columns: list[str], rule: Rule, settings: dict[str, Any]) -> None:
    """A rule over the row as it would be: the file's cells, and what is there already."""
    names = {known.target: _would_be(kind, columns, known) for known in kind.columns}
    names |= {known.name: _pointer(columns, known) for known in kind.columns if known.points_to}
    shown = sql.SQL("rows.{}::text").format(sql.Identifier(rule.column))
    execute(
        "INSERT INTO {rejects} SELECT rows.line, %(column)s, {shown}, %(code)s, ''"
        " FROM {typed} rows LEFT JOIN {table} there ON there.id = rows.target_id WHERE {condition}",
        settings | {"column": rule.column, "code": rule.code},
        typed=TYPED,
        table=sql.Identifier(kind.model._meta.db_table),
        condition=sql.SQL(rule.broken).format(**names),
        shown=shown if rule.column in columns else sql.SQL("''"),
    )


def _pointer(columns: list[str], column: Column) -> sql.Composable:
    """The external id in a cell that points elsewhere."""
    if column.name not in columns:
        return sql.SQL("NULL::text")
    return sql.SQL("rows.{}").format(sql.Identifier(column.name))


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
) -> None:
    execute(
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
