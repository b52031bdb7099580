"""What became of objects that were sent, as answers of REST."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from accounts.imports.reasons import Reject
from accounts.objects.writing import Busy, Exists, Objects, Rejected
from accounts.rest.describing import Schema, fits
from tenants.typing import ReadOnlyJson

MOST = 1000


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "exists"


class Unavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"


class Unprocessable(ValidationError):
    """The body is as the description says, and cannot be taken all the same."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


@contextmanager
def malformed_as_400(body: Mapping[str, object], schema: Schema) -> Iterator[None]:
    """What is refused inside is a 422 if the body fits its schema, else a 400."""
    try:
        yield
    except ValidationError as problem:
        if not fits(body, schema):
            raise
        raise Unprocessable(problem.detail) from problem


@contextmanager
def as_answers() -> Iterator[None]:
    """What keeps a row from being written, as the answer that a program gets."""
    try:
        yield
    except Rejected as problem:
        raise ValidationError(explained(problem.faults)) from problem
    except Exists as problem:
        raise Conflict(str(problem)) from problem
    except Busy as problem:
        raise Unavailable(str(problem)) from problem


def explained(faults: Sequence[Reject]) -> dict[str, list[ErrorDetail]]:
    """What is wrong, by column, each with its code."""
    details: dict[str, list[ErrorDetail]] = {}
    for fault in faults:
        details.setdefault(fault.column, []).append(ErrorDetail(fault.reason, code=fault.code))
    return details


def checked_objects(data: ReadOnlyJson) -> Objects:
    """The objects of a bulk body, `{"data": [{...}, ...]}`."""
    rows = data.get("data")
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise ValidationError({"data": [ErrorDetail(_("A list of objects."), code="type")]})
    if not 1 <= len(rows) <= MOST or set(data) != {"data"}:
        details = _("Under “data”, and nothing else, 1 to %(most)s objects.") % {"most": MOST}
        raise ValidationError({"data": [ErrorDetail(details, code="count")]})
    return rows
