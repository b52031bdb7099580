"""Entity tags and preconditions (RFC 9110, section 13): nobody overwrites what they have not seen.

A tag is strong and made of the state of the row. A precondition that is not met, or that cannot be
read, is answered with 412 and changes nothing.
"""

import hashlib
import json
from datetime import datetime
from typing import TypeVar

from django.http import HttpResponse
from django.utils.http import parse_etags, parse_http_date_safe
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.history import tracked_models
from accounts.imports.records import Kind
from tenants.typing import ReadOnlyJson

Shown = ReadOnlyJson
Answer = TypeVar("Answer", Response, HttpResponse)


class PreconditionFailed(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("The object is not in the state that the request names. Read it again.")
    default_code = "precondition"


def etag_of(shown: Shown) -> str:
    """The strong entity tag of an object."""
    text = json.dumps(shown, sort_keys=True, ensure_ascii=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def tagged(response: Answer) -> Answer:
    """An answer that shows one object, with the object's tag; any other answer as it is."""
    if response.status_code in (status.HTTP_200_OK, status.HTTP_201_CREATED):
        response["ETag"] = etag_of(_shown_in(response))
    return response


def _shown_in(response: Response | HttpResponse) -> Shown:
    shown: Shown = response.data if isinstance(response, Response) else json.loads(response.content)
    return shown


def check(request: Request, *, kind: Kind, shown: Shown) -> None:
    """Raise PreconditionFailed unless the object is as the request's headers say."""
    headers, tag = request.headers, etag_of(shown)
    if "If-Match" in headers:
        met = _names(headers["If-Match"], tag)
    elif "If-Unmodified-Since" in headers:
        met = _unmodified(headers["If-Unmodified-Since"], _changed_at(kind, shown["id"]))
    else:
        met = True
    if request.method not in ("GET", "HEAD") and "If-None-Match" in headers:
        met = met and not _names(headers["If-None-Match"], tag, weak=True)
    if not met:
        raise PreconditionFailed


def is_known(request: Request, *, shown: Shown) -> bool:
    """Whether the caller of a GET has the object as it is: the answer is then 304."""
    return _names(request.headers.get("If-None-Match", ""), etag_of(shown), weak=True)


def _names(header: str, tag: str, *, weak: bool = False) -> bool:
    """Whether a list of tags has this one; a weak tag counts only where it may."""
    tags = parse_etags(header)
    return tags == ["*"] or tag in tags or (weak and f"W/{tag}" in tags)


def _unmodified(header: str, changed_at: datetime | None) -> bool:
    since = parse_http_date_safe(header)
    return since is not None and changed_at is not None and int(changed_at.timestamp()) <= since


def _changed_at(kind: Kind, pk: int) -> datetime | None:
    """When the row was last changed, by its history; None for a kind that has none."""
    history = tracked_models().get(kind.model)
    if not history:
        return None
    events = history._default_manager.filter(pgh_obj_id=pk).order_by("-pgh_id")
    return events.values_list("pgh_created_at", flat=True).first()
