"""A statement of the web has an end: whoever asked for it has left long before, and others wait.

The server stops it, also when the browser has gone; the answer is a 503 (`web.problems`).
Nights, jobs and commands are programs of their own, and have no such limit.
"""

from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.errors import QueryCanceled


def limit_statements() -> None:
    """Let each connection that this process opens from now on stop what takes too long.

    `WEB_STATEMENT_SECONDS` says how long a statement may take.
    """
    connection_created.connect(_limit, dispatch_uid="csplatform.web.statement_limit")


def _limit(connection: BaseDatabaseWrapper, **_sender: Any) -> None:
    milliseconds = round(settings.WEB_STATEMENT_SECONDS * 1000)
    with connection.connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {milliseconds}")


def was_stopped(exception: BaseException) -> bool:
    """Whether the server stopped a statement, for its time or because it was told to."""
    return isinstance(exception.__cause__, QueryCanceled)
