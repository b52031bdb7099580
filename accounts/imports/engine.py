"""One file into the tenant that we are in: read, staged, checked and written in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pghistory
from django.db import connection, transaction
from psycopg import sql

from accounts.imports import checking, staging, upserting
from accounts.imports.reading import Refused, Table
from accounts.imports.reasons import Reject
from accounts.imports.records import Kind
from tenants.context import as_owner
from tenants.models import Tenant

__all__ = ["ImportResult", "Refused", "run_import"]


MANY = 500  # rows after which a table is looked at anew for planning queries


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """How many rows went where. The four add up to the rows of the file."""

    created: int
    updated: int
    unchanged: int
    rejected: int


def run_import(
    *,
    kind: Kind,
    source: BinaryIO,
    tenant: Tenant,
    name: str,
    dry_run: bool = False,
    on_reject: Callable[[list[str], Reject], None] | None = None,
) -> ImportResult:
    """Import a file. Good rows are written, bad ones told to `on_reject`, by line.

    Raises `Refused` when the file as a whole cannot be used. With `dry_run` everything is done
    and taken back, so the counts are exact.
    """
    with pghistory.context(source="import", kind=kind.name, file=name), transaction.atomic():
        _one_at_a_time(tenant)
        table = Table(kind=kind, source=source)
        columns, settings = table.columns, {"currency": tenant.currency}
        staging.stage(kind=kind, table=table)
        checking.check_cells(kind=kind, columns=columns)
        checking.make_typed(kind=kind, columns=columns)
        checking.check_rows(kind=kind, columns=columns, settings=settings)
        created, updated, unchanged = upserting.upsert(
            kind=kind, columns=columns, settings=settings
        )
        if on_reject:
            for reject in rejects(width=len(columns)):
                on_reject(columns, reject)
        (rejected,) = staging.fetch("SELECT count(DISTINCT line) FROM {rejects}")
        if dry_run:
            transaction.set_rollback(True)
        elif created + updated >= MANY:
            _take_stock(kind=kind, tenant=tenant)
    return ImportResult(created=created, updated=updated, unchanged=unchanged, rejected=rejected)


def _take_stock(*, kind: Kind, tenant: Tenant) -> None:
    """Let the planner know what came in: until its own round it would plan for an empty table."""
    with as_owner(tenant.schema_name):
        staging.execute("ANALYZE {table}", table=sql.Identifier(kind.model._meta.db_table))


def _one_at_a_time(tenant: Tenant) -> None:
    """The same file sent twice at once is created by one import and found there by the other."""
    name = f"{tenant.schema_name} import"
    staging.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": name})


def rejects(*, width: int) -> Iterator[Reject]:
    """What was wrong, by line; several faults of one row follow each other.

    A row that could not be told into cells is filled up or cut to `width`: its value has it all.
    """
    query = (
        "SELECT line, column_name, coalesce(value, ''), code, coalesce(rejects.detail, ''), cells"
        " FROM {rejects} rejects JOIN {staged} staged USING (line) ORDER BY line, column_name"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(staging.composed(cursor, query))
        for line, column, value, code, detail, cells in cursor:
            cells = (*cells, *[""] * width)[:width]
            yield Reject(
                line=line, column=column, value=value, code=code, detail=detail, cells=cells
            )
