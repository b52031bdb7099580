"""Objects into the tenant, by the engine that takes in files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.errors import LockNotAvailable
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from accounts.imports.engine import ImportResult, one_at_a_time, run_import
from accounts.imports.intake import take_in
from accounts.imports.reasons import Reject
from accounts.imports.records import Kind
from accounts.models import Import
from accounts.rest.body import BodySheet
from accounts.rest.describing import Schema, fits
from tenants.models import Tenant

Objects = Sequence[Mapping[str, Any]]
PATIENCE = "5s"
MOST = 1000


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = gettext_lazy("There is such a row already.")
    default_code = "exists"


class Busy(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = gettext_lazy("A file of this kind is coming in. Try again in a moment.")
    default_code = "busy"


class Unprocessable(ValidationError):
    """The body is as the description says, and cannot be taken all the same."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


@contextmanager
def told_apart(body: Mapping[str, Any], schema: Schema) -> Iterator[None]:
    """What is refused inside is a 422 if the body fits its schema, else a 400."""
    try:
        yield
    except ValidationError as problem:
        if not fits(body, schema):
            raise
        raise Unprocessable(problem.detail) from problem


@dataclass
class Written:
    """What became of the objects: counts, rows that are there now, and faults by place."""

    result: ImportResult
    faults: dict[int, list[Reject]] = field(default_factory=dict)


def write_one(
    *, kind: Kind, body: Mapping[str, Any], tenant: Tenant, context: dict[str, Any], new: bool
) -> int:
    """Create a row (`new`), or change the one that the body names. Returns its id.

    Raises ValidationError with what is wrong, or Conflict when it should be new and is not.
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
            raise ValidationError(explained(faults))
        (outcome,) = result.outcomes
        if new and not outcome.is_new:
            raise Conflict
    return outcome.id


def write_many(*, entry: Import, objects: Objects, tenant: Tenant) -> Written:
    """Create or change many rows; the good ones are in, and the whole can be undone."""
    faults: dict[int, list[Reject]] = {}
    with transaction.atomic(), _patience():
        result = take_in(
            entry=entry,
            sheet=BodySheet(kind=entry.of_kind, objects=objects),
            tenant=tenant,
            on_reject=lambda _columns, reject: faults.setdefault(reject.line, []).append(reject),
            outcomes=True,
        )
    return Written(result=result, faults=faults)


def explained(faults: Sequence[Reject]) -> dict[str, list[ErrorDetail]]:
    """What is wrong, by column, each with its code."""
    details: dict[str, list[ErrorDetail]] = {}
    for fault in faults:
        details.setdefault(fault.column, []).append(ErrorDetail(fault.reason, code=fault.code))
    return details


@contextmanager
def alone(*, kind: Kind, tenant: Tenant) -> Iterator[None]:
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
            raise Busy from problem
        raise


def checked_objects(data: Any) -> Objects:
    """The objects of a bulk body, `{"data": [{...}, ...]}`."""
    rows = data.get("data")
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise ValidationError({"data": [ErrorDetail(_("A list of objects."), code="type")]})
    if not 1 <= len(rows) <= MOST or set(data) != {"data"}:
        details = _("Under “data”, and nothing else, 1 to %(most)s objects.") % {"most": MOST}
        raise ValidationError({"data": [ErrorDetail(details, code="count")]})
    return rows
