"""The staging table: a file's rows as text, copied in, gone at the end of the transaction."""

from typing import Protocol

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from accounts.imports.sheets import Sheet
from tenants.typing import SqlParameters, SqlRow

STAGED = sql.Identifier("import_staged")
REJECTS = sql.Identifier("import_rejects")
SOME = 2000  # rows between two words on how far it is


class Progress(Protocol):
    """Is told what is being done, how far, and of how many; may raise to stop it."""

    def __call__(self, stage: str, *, done: int = 0, total: int | None = None) -> None: ...


def no_progress(stage: str, *, done: int = 0, total: int | None = None) -> None:
    """For work that nobody waits for."""


def load_sheet(*, sheet: Sheet, on_progress: Progress) -> None:
    """Copy the rows in. Memory does not grow with them."""
    execute(
        "DROP TABLE IF EXISTS pg_temp.{staged}, pg_temp.{rejects};"
        "CREATE TEMP TABLE {staged} (line bigint, cells text[], attributes jsonb,"
        " problem text, problem_column text, detail text, value text,"
        " bad boolean NOT NULL DEFAULT false,"
        # The cells as they were sent, where they have been rewritten.
        " raw text[])"
        " ON COMMIT DROP;"
        "CREATE TEMP TABLE {rejects} (line bigint, column_name text, value text, code text,"
        " detail text) ON COMMIT DROP"
    )
    _copy(sheet, on_progress)
    execute(
        "CREATE UNIQUE INDEX ON {staged} (line); ANALYZE {staged};"
        "INSERT INTO {rejects} SELECT line, problem_column,"
        " coalesce(value, cells[array_position(%(columns)s::text[], problem_column)]),"
        " problem, detail FROM {staged} WHERE problem <> '';"
        "UPDATE {staged} SET bad = true WHERE problem <> ''",
        {"columns": sheet.columns},
    )


def _copy(sheet: Sheet, on_progress: Progress) -> None:
    statement = sql.SQL(
        "COPY {staged} (line, cells, attributes, problem, problem_column, detail, value) FROM STDIN"
    ).format(staged=STAGED)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, row in enumerate(sheet.rows(), start=1):
            copy.write_row(
                (
                    *(row.line, row.cells, row.attributes),
                    *(row.problem, row.column, row.detail, row.value),
                )
            )
            if number % SOME == 0:
                share = sheet.share_read
                on_progress("reading", done=number, total=round(number / share) if share else None)


def clear() -> None:
    """Leave no temporary table to whoever uses this connection next."""
    execute(
        "DROP TABLE IF EXISTS pg_temp.{staged}, pg_temp.{rejects}, pg_temp.import_typed,"
        " pg_temp.import_dates, pg_temp.import_numbers, pg_temp.import_accounts,"
        " pg_temp.import_letter_forms"
    )


def execute(text: str, parameters: SqlParameters | None = None, **parts: sql.Composable) -> int:
    """Run statements over the temporary tables; returns the rows that the last one touched."""
    with connection.cursor() as cursor:
        cursor.execute(render_sql(cursor, text, **parts), parameters)
        while cursor.nextset():
            pass
        return int(cursor.rowcount)


def fetch(text: str, parameters: SqlParameters | None = None, **parts: sql.Composable) -> SqlRow:
    """The first row of a query over the temporary tables; an empty one where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(render_sql(cursor, text, **parts), parameters)
        return cursor.fetchone() or ()


def fetch_all(
    text: str, parameters: SqlParameters | None = None, **parts: sql.Composable
) -> list[SqlRow]:
    """The rows of a query over the temporary tables: for a few."""
    with connection.cursor() as cursor:
        cursor.execute(render_sql(cursor, text, **parts), parameters)
        return list(cursor.fetchall())


def render_sql(cursor: CursorWrapper, text: str, **parts: sql.Composable) -> str:
    """As text: what records who made a change reads the statements that pass."""
    statement = sql.SQL(text).format(staged=STAGED, rejects=REJECTS, **parts)
    return statement.as_string(cursor.connection)
