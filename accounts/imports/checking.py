"""What is wrong with staged rows: each check is one statement, whatever the number of rows.

First each cell by itself (required, type, length), then rows among each other and against what is
there. Only rows without a fault are given types, so no cast can fail.
"""

from collections.abc import Iterator

from psycopg import sql

from accounts.imports.records import DECIMALS, INTERNAL_ID_PREFIX, Column, Kind, Rule, Type
from accounts.imports.sheets import LARGEST_CELL
from accounts.imports.staging import execute
from accounts.imports.typed import TYPED, cell_of, database_column
from tenants.typing import SqlParameters

# A cell that is wrong, by type, as SQL over `cell`; each with the code of its reason. Digits are
# spelled out: what \d takes for one depends on the locale, a cast takes ASCII only.
DATE_IS_WRONG = """
CASE WHEN cell !~ '^(19|20|21)[0-9][0-9]-[0-9][0-9]-[0-9][0-9]{rest}$' THEN true
     WHEN substr(cell, 6, 2)::int NOT BETWEEN 1 AND 12 THEN true
     ELSE substr(cell, 9, 2)::int NOT BETWEEN 1 AND extract(
         day FROM (substr(cell, 1, 7) || '-01')::date + interval '1 month - 1 day') END
"""
TIME_OF_DAY = (
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{{1,9}})?)?"
    r"( ?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9]))?)?"
)
WRONG = {
    Type.TEXT: [],
    Type.JSON: [],  # looked at while it was read
    Type.COUNTRY: [],
    Type.EMAIL: [("email", r"cell !~ '^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+$'")],
    Type.DATE: [("date", DATE_IS_WRONG.replace("{rest}", ""))],
    Type.MONTH: [("month", DATE_IS_WRONG.replace("{rest}", ""))],
    Type.MOMENT: [("moment", DATE_IS_WRONG.replace("{rest}", TIME_OF_DAY))],
    Type.AMOUNT: [
        ("negative", r"cell ~ '^-[0-9]{{1,14}}(\.[0-9]+)?$'"),
        ("comma", "cell ~ '[0-9],[0-9]'"),
        ("amount", r"cell !~ '^-?[0-9]{{1,14}}(\.[0-9]{{1,4}}0*)?$' AND cell !~ '[0-9],[0-9]'"),
    ],
    Type.NUMBER: [
        ("comma", "cell ~ '[0-9],[0-9]'"),
        ("number", r"cell !~ '^-?[0-9]{{1,14}}(\.[0-9]{{1,6}}0*)?$' AND cell !~ '[0-9],[0-9]'"),
    ],
    Type.RATE: [
        (
            "rate",
            r"CASE WHEN cell ~ '^[0-9]{{1,9}}(\.[0-9]{{1,10}}0*)?$'"
            " THEN cell::numeric = 0 ELSE true END",
        )
    ],
    Type.COUNT: [
        (
            "count",
            # 10.0 is the 10 of a program that knows no whole numbers.
            r"CASE WHEN cell ~ '^[0-9]{{1,10}}(\.0{{1,10}})?$'"
            " THEN cell::numeric NOT BETWEEN %(least)s AND %(most)s ELSE true END",
        )
    ],
    Type.TRUTH: [("truth", "lower(cell) NOT IN ('true', 'false', '1', '0', 'yes', 'no')")],
    Type.CURRENCY: [("currency", "upper(cell) !~ '^[A-Z]{{3}}$'")],
}


def check_cells(*, kind: Kind, columns: list[str]) -> None:
    """Reject cells that are empty, of the wrong type or too long."""
    for column in (kind.by_name[name] for name in columns if name in kind.by_name):
        for code, detail, wrong in _faults(column):
            execute(
                "INSERT INTO {rejects} SELECT line, %(column)s, sent, %(code)s, %(detail)s"
                " FROM (SELECT line, {cell} AS cell, (coalesce(raw, cells))[{place}] AS sent"
                " FROM {staged} WHERE problem = '') cells"
                f" WHERE {wrong}",
                {
                    "column": column.name,
                    "code": code,
                    "detail": detail,
                    "choices": list(column.choices),
                    "least": column.min_value,
                    "most": column.max_value,
                },
                cell=cell_of(columns, column),
                place=sql.Literal(columns.index(column.name) + 1),
            )
    execute("UPDATE {staged} SET bad = true WHERE line IN (SELECT line FROM {rejects}) AND NOT bad")


def _faults(column: Column) -> Iterator[tuple[str, str, str]]:
    if column.required:
        yield "required", "", "cell = ''"
    for code, wrong in WRONG[column.type]:
        detail = f"{column.min_value}–{column.max_value}" if column.type == Type.COUNT else ""
        yield code, detail, f"cell <> '' AND {wrong}"
    if column.choices:
        yield "choice", ", ".join(column.choices), "cell <> '' AND NOT cell = ANY(%(choices)s)"
    if column.type in (Type.TEXT, Type.EMAIL, Type.COUNTRY):
        yield "too_long", str(column.max_length), f"length(cell) > {column.max_length}"


def _check_limits(kind: Kind, columns: list[str]) -> None:
    """Reject numbers that do not fit, and attributes that are too much in all."""
    for column in kind.columns:
        if column.type in DECIMALS and column.name in columns:
            limit = kind.limit_of(column)
            execute(
                "INSERT INTO {rejects} SELECT line, %(column)s, {value}::text, 'too_much',"
                " %(limit)s::text FROM {typed} WHERE abs({value}) >= %(limit)s",
                {"column": column.name, "limit": limit},
                typed=TYPED,
                value=sql.Identifier(column.typed_name),
            )
    if kind.attributes:
        execute(
            "INSERT INTO {rejects} SELECT line, 'attributes', '', 'attributes', ''"
            " FROM {typed} rows LEFT JOIN {table} there ON there.id = rows.target_id"
            " WHERE rows.free_attributes <> '{{}}' AND octet_length("
            "(coalesce(there.{attributes}, '{{}}') || rows.free_attributes)::text) > %(most)s",
            {"most": LARGEST_CELL},
            typed=TYPED,
            table=sql.Identifier(kind.table),
            attributes=sql.Identifier(kind.attributes),
        )


def check_rows(*, kind: Kind, columns: list[str], sql_params: SqlParameters) -> None:
    """Reject rows that repeat another, refer to nothing, lack something or break a rule."""
    _check_limits(kind, columns)
    _check_repeated(kind)
    _check_names(kind)
    for column in kind.columns:
        if column.required:
            _check_required(column, columns)
        if column.references and column.references is not kind.model and column.name in columns:
            _reject_unknown(column, "{name} <> '' AND {target} IS NULL")
    _drop_rejected()
    for rule in kind.rules:
        _check_rule(kind, rule, sql_params)
    # Last, because a row may point to one that comes with it, and that one may be rejected.
    for column in kind.home:
        if column.name in columns:
            _check_circles(kind, column)
            _check_home(column)
    _drop_rejected()


def _check_repeated(kind: Kind) -> None:
    execute(
        "INSERT INTO {rejects} SELECT line, %(column)s, shown, 'repeated', first::text"
        " FROM (SELECT line, {shown}::text AS shown,"
        "  min(line) OVER (PARTITION BY {key}) AS first FROM {typed}) numbered WHERE line > first",
        {"column": kind.key[-1]},
        typed=TYPED,
        shown=sql.Identifier(kind.key[-1]),
        key=sql.SQL(", ").join(map(sql.Identifier, kind.key)),
    )
    _drop_rejected()


def _check_names(kind: Kind) -> None:
    """A new row must not be called what in an address is the inner id of another."""
    if kind.has_external_id:
        execute(
            "INSERT INTO {rejects} SELECT line, %(column)s, {name}, 'inner_id', ''"
            " FROM {typed} WHERE is_new AND starts_with({name}, %(inner)s)",
            {"column": kind.key[0], "inner": INTERNAL_ID_PREFIX},
            typed=TYPED,
            name=sql.Identifier(kind.key[0]),
        )


def _check_required(column: Column, columns: list[str]) -> None:
    """A new row must say what is required, be it a column that is missing or a cell."""
    result = cell_of(columns, column) if column.name in columns else sql.SQL("NULL")
    execute(
        "INSERT INTO {rejects} SELECT line, %(column)s, '', 'required', ''"
        " FROM {typed} rows JOIN {staged} staged USING (line)"
        " WHERE rows.is_new AND {said} IS NULL",
        {"column": column.name},
        typed=TYPED,
        said=result,
    )


def _reject_unknown(column: Column, wrong: str) -> None:
    assert column.references  # noqa: S101  (only such columns are passed)
    execute(
        "INSERT INTO {rejects} SELECT line, %(column)s, {name}, 'unknown', %(detail)s"
        f" FROM {{typed}} rows WHERE {wrong}",
        {"column": column.name, "detail": str(column.references._meta.verbose_name_plural)},
        typed=TYPED,
        name=sql.Identifier(column.name),
        target=sql.Identifier(column.typed_name),
    )


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
        ") SELECT line FROM lost) AND line NOT IN (SELECT line FROM {rejects})",
    )


def _check_circles(kind: Kind, column: Column) -> None:
    """Reject rows that would stand below themselves, over however many others."""
    execute(
        "WITH RECURSIVE parents AS MATERIALIZED ("
        " SELECT coming.external_id AS child, coalesce(coming.{name}, stays.external_id) AS parent"
        " FROM {typed} coming LEFT JOIN {table} stays ON stays.id = coming.{target}"
        " UNION ALL SELECT there.external_id, home.external_id FROM {table} there"
        " JOIN {table} home ON home.id = there.{key}"
        " WHERE NOT EXISTS (SELECT FROM {typed} one WHERE one.external_id = there.external_id)"
        "), above AS ("
        " SELECT external_id AS below, {name} AS one FROM {typed}"
        " WHERE {name} <> '' AND {name} <> external_id"
        " UNION SELECT above.below, parents.parent FROM above"
        " JOIN parents ON parents.child = above.one"
        " WHERE parents.parent <> '' AND above.one <> above.below"
        ") INSERT INTO {rejects} SELECT line, %(column)s, rows.{name}, 'circle', ''"
        " FROM {typed} rows JOIN above ON above.below = rows.external_id"
        " AND above.one = rows.external_id",
        {"column": column.name},
        typed=TYPED,
        name=sql.Identifier(column.name),
        target=sql.Identifier(column.typed_name),
        table=sql.Identifier(kind.table),
        key=sql.Identifier(database_column(kind, column)),
    )


def _check_rule(kind: Kind, rule: Rule, sql_params: SqlParameters) -> None:
    """A rule over the row as it would be: what was sent, and what is there already."""
    names = {
        name: sql.SQL("rows.{}").format(sql.Identifier(name))
        for column in kind.columns
        for name in (column.name, column.typed_name)
    }
    detail = sql.SQL(rule.detail).format(**names)
    execute(
        "INSERT INTO {rejects} SELECT rows.line, %(column)s, coalesce({shown}::text, ''),"
        " %(code)s, {detail} FROM {typed} rows WHERE {condition}",
        sql_params | {"column": rule.column, "code": rule.code},
        typed=TYPED,
        condition=sql.SQL(rule.violated_when).format(**names),
        shown=sql.SQL("rows.{}").format(sql.Identifier(rule.column)),
        detail=detail,
    )


def _drop_rejected() -> None:
    execute("DELETE FROM {typed} WHERE line IN (SELECT line FROM {rejects})", typed=TYPED)
