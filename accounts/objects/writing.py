"""Rows in, by the engine that takes in files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from accounts.imports.engine import ImportResult, one_at_a_time, run_import
from accounts.imports.intake import import_sheet
from accounts.imports.reasons import Reject
from accounts.imports.records import Kind
from accounts.models import Import
from accounts.objects.body import BodySheet
from tenants.models import Tenant
from tenants.typing import Json

Objects = Sequence[Mapping[str, object]]
PATIENCE = "5s"


class Rejected(Exception):
    """A row that cannot be taken, with what is wrong in it."""

    def __init__(self, faults: Sequence[Reject]) -> None:
        super().__init__(" ".join(fault.reason for fault in faults))
        self.faults = faults


class Exists(Exception):
    """A row that should be new is there already; the message says so."""


class Busy(Exception):
    """A file of the kind is coming in, for longer than a person waits; the message says so."""


@dataclass
class Written:
    """What became of the objects: counts, rows that are there now, and faults by place."""

    result: ImportResult
    faults: dict[int, list[Reject]] = field(default_factory=dict)


def write_one(
    *, kind: Kind, body: Mapping[str, object], tenant: Tenant, context: Json, new: bool
) -> int:
    """Create a row (`new`), or change the one that the body names. Returns its id.

    Raises Rejected with what is wrong, Exists when it should be new and is not, Busy.
    """
    with transaction.atomic(), _patience():
        faults: list[Reject] = []
        result = run_import(
            kind=kind,
            sheet=BodySheet(kind=kind, objects=[body]),
            tenant=tenant,
            context=context,
            on_reject=lambda _columns, reject: faults.append(reject),
            outcomes=True,
        )
        if faults:
            raise Rejected(faults)
        (outcome,) = result.outcomes
        if new and not outcome.is_new:
            raise Exists(_("There is such a row already."))
    return outcome.id


def write_many(*, entry: Import, objects: Objects, tenant: Tenant) -> Written:
    """Create or change many rows; the good ones are in, and the whole can be undone."""
    faults: dict[int, list[Reject]] = {}
    with transaction.atomic(), _patience():
        result = import_sheet(
            entry=entry,
            sheet=BodySheet(kind=entry.of_kind, objects=objects),
            tenant=tenant,
            on_reject=lambda _columns, reject: faults.setdefault(reject.line, []).append(reject),
            outcomes=True,
        )
    return Written(result=result, faults=faults)


@contextmanager
def exclusive_write(*, kind: Kind, tenant: Tenant) -> Iterator[None]:
    """A transaction in which nobody else takes rows of the kind in: first this lock, then rows."""
    with transaction.atomic(), _patience():
        one_at_a_time(tenant, kind)
        yield


@contextmanager
def _patience() -> Iterator[None]:
    """Somebody waits for the answer: no longer than this for a file that is coming in."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        yield
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            raise Busy(_("A file of this kind is coming in. Try again in a moment.")) from problem
        raise
