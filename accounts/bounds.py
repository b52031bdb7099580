"""Rows that no night can compute, though they are stored: found by the bounds of their kind.

What comes in by file, REST or form is held to these bounds. A row that got past them (written by
SQL) is shadowed: until the transaction ends, temporary tables without such rows stand for the
tables, so that everything else is computed.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import connection
from django.utils.translation import gettext
from psycopg import sql

from accounts import phases
from accounts.imports.kinds import KINDS
from accounts.imports.reasons import REASONS
from accounts.imports.records import DECIMALS, FIRST_DAY, LAST_DAY, Column, Kind, Type
from accounts.imports.typed import database_column
from accounts.kinds.columns import LIMIT
from accounts.models import DirtyDay
from tenants.typing import SqlRow

MOST_NAMED = 200
# Days and moments that Python can read as well; an infinite one is neither.
OUT_OF_BOUNDS = {
    Type.DATE: "{name} NOT BETWEEN {first} AND {last}",
    Type.MONTH: "{name} NOT BETWEEN {first} AND {last}",
    Type.MOMENT: "{name} NOT BETWEEN {first}::timestamptz - interval '1 day'"
    " AND {last}::timestamptz + interval '2 days'",
    Type.COUNT: "{name} NOT BETWEEN {least} AND {most}",
}
CODES = {Type.DATE: "date", Type.MONTH: "month", Type.MOMENT: "moment", Type.COUNT: "count"}
# The smallest that an account pays come first: those that no longer fit into its sum are named.
TOO_MUCH_A_MONTH = """
SELECT subscription_id FROM (
    SELECT subscription_id, sum(largest) OVER (
        PARTITION BY account_id ORDER BY largest, subscription_id) AS total
    FROM (SELECT account_id, subscription_id, max(listed) AS largest
          FROM ({terms}) terms GROUP BY account_id, subscription_id) sold
) summed WHERE total >= {limit}
"""


@dataclass(frozen=True, kw_only=True)
class ExcludedRow:
    """A stored row that is out of bounds: its kind, what it is called, and the reason."""

    kind: str
    row: str
    column: str
    value: str
    code: str
    detail: str = ""

    @property
    def reason(self) -> str:
        return gettext(REASONS[self.code]) % {"detail": self.detail}

    @property
    def label(self) -> str:
        """What people call the kind."""
        return str(KINDS[self.kind].label) if self.kind in KINDS else self.kind

    def __str__(self) -> str:
        return f"{self.kind} {self.row}: {self.column} {self.value}: {self.reason}"

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def exclude_rows() -> list[ExcludedRow]:
    """Shadow every row that is out of bounds until this transaction ends, and name them."""
    terms = _definition("accounts_termphase")
    found = [row for kind in KINDS.values() for row in _exclude(kind)]
    found += _exclude_sums(terms, any(row.kind in OF_TERMS for row in found))
    _clamp_marks()
    return found[:MOST_NAMED]


OF_TERMS = ("subscriptions", "subscription_changes", "rates")


def _definition(view: str) -> str:
    """The SELECT of a view; asked before its tables are shadowed, it names them as we do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_viewdef(%s::regclass)", [view])
        return str(cursor.fetchone()[0]).rstrip(";")


def _exclude(kind: Kind) -> list[ExcludedRow]:
    """Shadow the table of a kind without the rows that a column of them is out of bounds in."""
    checks = list(_checks(kind))
    if not checks:
        return []
    out = sql.SQL(" OR ").join(sql.SQL("({})").format(check.condition) for check in checks)
    found = [row for check in checks for row in _named(kind, check)]
    if found:
        _shadow(kind.table, keep=sql.SQL("({}) IS NOT TRUE").format(out))
    return found


@dataclass(frozen=True, kw_only=True)
class _Check:
    column: Column
    name: sql.Identifier
    condition: sql.Composable
    code: str
    detail: str


def _checks(kind: Kind) -> Iterator[_Check]:
    """What must not be of the rows of a kind, column by column."""
    bounds = {"first": FIRST_DAY, "last": LAST_DAY}
    for column in kind.columns:
        name = sql.Identifier(database_column(kind, column))
        if column.type in DECIMALS:
            limit = kind.limit_of(column)
            condition = sql.SQL("abs({}) >= {}").format(name, sql.Literal(limit))
            yield _Check(
                column=column, name=name, condition=condition, code="too_much", detail=f"{limit:f}"
            )
        elif column.type in OUT_OF_BOUNDS:
            values = bounds | {"least": column.min_value, "most": column.max_value}
            literals = {key: sql.Literal(value) for key, value in values.items()}
            yield _Check(
                column=column,
                name=name,
                condition=sql.SQL(OUT_OF_BOUNDS[column.type]).format(name=name, **literals),
                code=CODES[column.type],
                detail=f"{column.min_value}–{column.max_value}"
                if column.type == Type.COUNT
                else "",
            )


def _named(kind: Kind, check: _Check) -> list[ExcludedRow]:
    rows = _fetch(
        sql.SQL("SELECT {key}, {value}::text FROM {table} WHERE {condition} ORDER BY id LIMIT {n}"),
        key=_name_of(kind),
        value=check.name,
        table=sql.Identifier(kind.table),
        condition=check.condition,
        n=sql.Literal(MOST_NAMED),
    )
    return [
        ExcludedRow(
            kind=kind.name,
            row=row,
            column=check.column.name,
            value=value[:40],
            code=check.code,
            detail=check.detail,
        )
        for row, value in rows
    ]


def _name_of(kind: Kind) -> sql.Composable:
    """What a row is called: its key, as far as it stands in the table."""
    columns = [kind.by_name[name] for name in kind.key]
    names = [database_column(kind, column) for column in columns]
    return sql.SQL("concat_ws(' · ', {})").format(sql.SQL(", ").join(map(sql.Identifier, names)))


def _exclude_sums(terms: str, changed: bool) -> list[ExcludedRow]:
    """Shadow the subscriptions whose month does not fit, alone or with those of its account."""
    too_much = TOO_MUCH_A_MONTH.replace("{terms}", terms).replace("{limit}", LIMIT)
    found = _fetch(
        sql.SQL(
            "SELECT s.external_id, s.amount::text || ' × ' || s.quantity::text"
            " FROM accounts_subscription s WHERE s.id IN ({out}) ORDER BY s.id"
        ),
        out=sql.SQL(too_much.replace("{", "{{").replace("}", "}}")),
    )
    if found:
        names = sql.Literal([name for name, _value in found])
        keep = sql.SQL("external_id <> ALL ({})").format(names)
        _shadow("accounts_subscription", keep=keep)
    if found or changed:
        phases.work_out_from(terms)
    return [
        ExcludedRow(
            kind="subscriptions",
            row=name,
            column="amount",
            value=value,
            code="too_much_a_month",
            detail=LIMIT,
        )
        for name, value in found
    ]


def _shadow(table: str, *, keep: sql.Composable) -> None:
    """Let a temporary table stand for a table; of one that does already, delete rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"pg_temp.{table}"])
        text = (
            "DELETE FROM pg_temp.{table} WHERE NOT ({keep})"
            if cursor.fetchone()[0]
            else "CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS"
            " SELECT * FROM {table} WHERE {keep};"
            "ALTER TABLE pg_temp.{table} ADD PRIMARY KEY (id); ANALYZE pg_temp.{table}"
        )
        statement = sql.SQL(text).format(table=sql.Identifier(table), keep=keep)
        cursor.execute(statement.as_string(cursor.connection))


def _clamp_marks() -> None:
    """Days that no fact can have were marked as changed too: they become the nearest that can."""
    for name, kind in (("day", "date"), ("at", "timestamptz")):
        _execute(
            sql.SQL(
                "UPDATE {table} SET {name} = greatest({first}::{kind}, least({last}::{kind},"
                " {name})) WHERE {name} NOT BETWEEN {first}::{kind} AND {last}::{kind}"
            ),
            table=sql.Identifier(DirtyDay._meta.db_table),
            name=sql.Identifier(name),
            kind=sql.SQL(kind),
            first=sql.Literal(FIRST_DAY),
            last=sql.Literal(LAST_DAY),
        )


def _execute(statement: sql.SQL, **parts: sql.Composable) -> list[SqlRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**parts).as_string(cursor.connection))
        return cursor.fetchall() if cursor.description else []


def _fetch(statement: sql.SQL, **parts: sql.Composable) -> list[SqlRow]:
    return _execute(statement, **parts)
