"""`Idempotency-Key`: the same request, sent again, has its effect once and the same answer.

The key is written in the transaction of the effect. A request that comes while the first is being
answered waits for it; one that was refused has had no effect, and may be sent again, mended.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiKey, IdempotentAnswer

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
Answer = Callable[..., Response | HttpResponse]


class OtherRequest(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This idempotency key belongs to another request.")
    default_code = "idempotency_key"


def idempotent(method: Answer) -> Answer:
    """Let a method of a view keep its answers by their key."""

    @wraps(method)
    def answer(
        view: APIView, request: Request, *args: object, **kwargs: object
    ) -> Response | HttpResponse:
        key = request.headers.get(HEADER, "")
        if not key:
            return method(view, request, *args, **kwargs)
        if len(key) > 255 or not key.isprintable():
            raise ParseError(_("An idempotency key is at most 255 printable characters."))
        caller, sent = caller_of(request), _fingerprint(request)
        with transaction.atomic():
            stored = _claim(caller=caller, key=key, sent=sent)
            if stored:
                return _again(stored, sent)
            response = method(view, request, *args, **kwargs)
            _keep(view, request, response, caller=caller, key=key)
        return response

    return answer


def caller_of(request: Request) -> str:
    """Who asks: keys of two callers never meet."""
    kind = "key" if isinstance(request.user, ApiKey) else "user"
    return f"{kind}:{request.user.pk}"


def _fingerprint(request: Request) -> str:
    """What was asked, so that a key is not used for something else by mistake."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        for name in sorted(request.data):
            value = request.data[name]
            digest.update(name.encode())
            for chunk in value.chunks() if hasattr(value, "chunks") else [str(value).encode()]:
                digest.update(chunk)
        return digest.hexdigest()
    digest.update(request._request.body)
    return digest.hexdigest()


def _claim(*, caller: str, key: str, sent: str) -> IdempotentAnswer | None:
    """Take a key for this transaction; or the answer that was given under it."""
    IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    with connection.cursor() as cursor:
        # Waits for whoever is using it. When they gave up, it is ours.
        cursor.execute(
            "INSERT INTO accounts_idempotentanswer"
            " (key, caller, request, body, content_type, created_at)"
            " VALUES (%s, %s, %s, '', '', now()) ON CONFLICT (caller, key) DO NOTHING",
            [key, caller, sent],
        )
        if cursor.rowcount:
            return None
    return IdempotentAnswer.objects.get(caller=caller, key=key)


def _again(stored: IdempotentAnswer, sent: str) -> HttpResponse:
    if stored.request != sent:
        raise OtherRequest
    return HttpResponse(stored.body, status=stored.status, content_type=stored.content_type)


def _keep(view: APIView, request: Request, response: Any, *, caller: str, key: str) -> None:
    response = view.finalize_response(request, response)
    response.render()
    IdempotentAnswer.objects.filter(caller=caller, key=key).update(
        status=response.status_code,
        body=response.content.decode(),
        content_type=response.headers["Content-Type"],
    )
