"""Whether mail is delivered: what people and admins have to know before they wait for some."""

from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from tenants.typing import Context

FAILED = "mail-failed"
REMEMBERED = 24 * 3600


def note_failure(problem: Exception) -> None:
    """Remember for a day that a message could not be sent."""
    with suppress(RedisError):
        cache.set(FAILED, type(problem).__name__, timeout=REMEMBERED)


def warning() -> str:
    """What admins are told; empty while mail is delivered."""
    if not settings.MAIL_IS_DELIVERED:
        return _(
            "This server delivers no mail: people who forget their password have to ask you for a"
            " new one. Whoever runs the server can set a mail server up."
        )
    with suppress(RedisError):
        if cache.get(FAILED):
            return _(
                "A message could not be sent within the last 24 hours. Whoever runs the server"
                " finds the reason in its log."
            )
    return ""


def delivery(request: HttpRequest) -> Context:
    """For the pages that promise mail."""
    return {"mail_is_delivered": settings.MAIL_IS_DELIVERED}
