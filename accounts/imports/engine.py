"""Rows into the tenant that we are in: read, staged, checked and written in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pghistory
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from accounts.figures_jobs import request_after_commit
from accounts.imports import checking, missing_accounts, owners, staging, typed, upserting, values
from accounts.imports.mapped import MappedColumn
from accounts.imports.presets import preparing
from accounts.imports.reasons import Reject
from accounts.imports.records import Kind
from accounts.imports.refusals import ImportFileError
from accounts.imports.sheets import Sheet
from accounts.imports.staging import Progress, no_progress
from accounts.imports.upserting import Outcome
from accounts.imports.values import numbers, words
from tenants import locks
from tenants.models import Tenant
from tenants.planner_statistics import analyze_after_commit
from tenants.typing import Json, SqlParameters

__all__ = ["ImportFileError", "ImportResult", "Progress", "run_import"]


OnReject = Callable[[list[str], Reject], None]


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """How many rows went where: the four add up.

    Asked for, `changes` shows some of what was updated, `outcomes` what became of each good row.
    `assumptions` are sentences on how the file was read, `unknown_values` of a trial those that
    are none of a column's words.
    """

    created: int
    updated: int
    unchanged: int
    rejected: int
    changes: list[Json] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    accounts_created: int = 0
    unknown_values: dict[str, list[str]] = field(default_factory=dict)


def run_import(
    *,
    kind: Kind,
    sheet: Sheet,
    tenant: Tenant,
    context: Json,
    dry_run: bool = False,
    show_changes: int = 0,
    outcomes: bool = False,
    on_reject: OnReject | None = None,
    on_progress: Progress = no_progress,
) -> ImportResult:
    """Import a sheet. Good rows are written, bad ones told to `on_reject`, by line.

    `context` goes into the history beside each change; its `import` is the number of the import.
    With `dry_run` everything is done and taken back, so the counts are exact.
    """
    with pghistory.context(kind=kind.name, **context), transaction.atomic():
        one_at_a_time(tenant, kind)
        staging.load_sheet(sheet=sheet, on_progress=on_progress)
        checked = _check(sheet, _sql_params(tenant, context), on_progress)
        unknown = words.unknown_values(kind=kind, columns=sheet.columns) if dry_run else {}
        on_progress("writing")
        result = replace(
            _write(kind, _sql_params(tenant, context), show_changes, outcomes),
            assumptions=[*sheet.assumptions.sentences(), *checked.assumptions],
            accounts_created=checked.accounts_created,
            unknown_values=unknown,
        )
        if on_reject:
            for reject in rejects(width=len(sheet.columns)):
                on_reject(sheet.columns, reject)
        staging.clear()
        if dry_run:
            transaction.set_rollback(True)
        elif result.created + result.updated:
            request_after_commit(tenant=tenant)
            analyze_after_commit(schema_name=tenant.schema_name)
    return result


def _sql_params(tenant: Tenant, context: Json) -> SqlParameters:
    """What the SQL of the kinds may ask for."""
    return {
        "currency": tenant.currency,
        "timezone": tenant.timezone,
        "import": context.get("import"),
    }


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found while rows were checked: how they were read, which accounts came along."""

    assumptions: list[str]
    accounts_created: int = 0


def _check(sheet: Sheet, sql_params: SqlParameters, on_progress: Progress) -> Checked:
    """Find what is wrong with the staged rows."""
    kind = sheet.kind
    on_progress("checking")
    columns, mapped, footer = _prepare(sheet)
    read = values.normalize(
        kind=kind,
        columns=columns,
        mapped=mapped,
        options=sheet.options,
        delimiter=sheet.delimiter,
        sql_params=sql_params,
    )
    if owners.NAME in columns:
        owners.match(columns)
    checking.check_cells(kind=kind, columns=columns)
    if kind.before:
        staging.execute(kind.before, sql_params, **_cells(kind, columns))
    brings_accounts = bool(sheet.preset) and missing_accounts.create(columns=columns)
    typed.make_typed(kind=kind, columns=columns, sql_params=sql_params)
    if "currency" in kind.by_name:
        numbers.reject_other_currencies(columns=columns, typed=typed.TYPED)
    checking.check_rows(kind=kind, columns=columns, sql_params=sql_params)
    created = missing_accounts.drop_unused() if brings_accounts else []
    unmatched = owners.unmatched() if owners.NAME in columns else []
    return Checked(
        assumptions=[*footer, *read, *missing_accounts.sentence(created), *unmatched],
        accounts_created=len(created),
    )


def _prepare(sheet: Sheet) -> tuple[list[str], list[MappedColumn], list[str]]:
    """The columns of the staged rows with those that are filled in; and what was left out."""
    preset, columns = sheet.preset, list(sheet.columns)
    further = [*(preset.further if preset else ())]
    if owners.NAME in columns and sheet.kind.by_name.get(owners.EMAIL):
        further.append(owners.EMAIL)
    further = [name for name in further if name not in columns]
    footer = preparing.leave_out_footer(preset) if preset else []
    mapped = [*sheet.mapped, *(MappedColumn(header="", column=name) for name in further)]
    if further:
        preparing.add_columns(further)
    words.replace(mapped)
    if preset:
        preparing.prepare(preset=preset, columns=[*columns, *further], mapped=mapped)
    return [*columns, *further], mapped, footer


def _write(
    kind: Kind, sql_params: SqlParameters, show_changes: int, outcomes: bool
) -> ImportResult:
    (bad,) = staging.fetch("SELECT count(DISTINCT line) FROM {rejects}")
    changed = upserting.changed_lines(kind=kind, sql_params=sql_params) if outcomes else set()
    shown = upserting.changes(kind=kind, sql_params=sql_params, most=show_changes)
    created, updated, unchanged = upserting.upsert(kind=kind, sql_params=sql_params)
    if kind.after:
        staging.execute(kind.after, sql_params)
    return ImportResult(
        created=created,
        updated=updated,
        unchanged=unchanged,
        rejected=bad,
        changes=shown,
        outcomes=upserting.outcomes(kind=kind, changed=changed) if outcomes else [],
    )


def _cells(kind: Kind, columns: list[str]) -> dict[str, sql.Composable]:
    """The cells of staged rows under the names of their columns."""
    return {
        column.name: typed.cell_of(columns, column)
        if column.name in columns
        else sql.SQL("NULL::text")
        for column in kind.columns
    }


def one_at_a_time(tenant: Tenant, kind: Kind) -> None:
    """The same file sent twice at once is created by one import and found there by the other."""
    locks.lock_in_transaction(schema_name=tenant.schema_name, purpose=f"import of {kind.name}")


def rejects(*, width: int) -> Iterator[Reject]:
    """What was wrong, by line; several faults of one row follow each other."""
    query = (
        "SELECT line, column_name, coalesce(rejects.value, ''), code,"
        " coalesce(rejects.detail, ''), coalesce(raw, cells)"
        " FROM {rejects} rejects JOIN {staged} staged USING (line)"
        " GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY line, column_name"
    )
    with _reading(query) as cursor:
        for line, column, value, code, detail, cells in cursor:
            cells = (*[cell or "" for cell in cells], *[""] * width)[:width]
            yield Reject(
                line=line, column=column, value=value, code=code, detail=detail, cells=cells
            )


@contextmanager
def _reading(query: str) -> Iterator[CursorWrapper]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(staging.render_sql(cursor, query))
        yield cursor
