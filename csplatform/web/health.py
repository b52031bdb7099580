"""Whether this process lives (`/healthz`), and whether the whole installation works (`/readyz`).

Containers, proxies and monitors ask at whatever host name they like, so both are answered before
the host decides the tenant. They say nothing of any tenant.
"""

import logging
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.db import Error, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from tenants import heartbeats, nights
from tenants.typing import Json

MISSED_TICKS = 5  # after so many the timetable counts as stopped
PATIENCE_SECONDS = 2
log = logging.getLogger(__name__)


class HealthMiddleware:
    """Answers the two addresses itself and passes on every other request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        report = REPORTS.get(request.path_info)
        if report is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        checks = report()
        well = all(check["ok"] for check in checks.values())
        body = {"status": "ok" if well else "failing", "checks": checks}
        answer = JsonResponse(body, status=200 if well else 503)
        answer["Cache-Control"] = "no-store"
        return answer


def alive() -> dict[str, Json]:
    """Nothing is looked at: that there is an answer says that the process serves."""
    return {}


def readiness() -> dict[str, Json]:
    """Return what each part that the product rests on says of itself."""
    return {
        "database": {"ok": _database_answers()},
        "broker": {"ok": _broker_answers()},
        "last_tick": _age(_last_tick, most=MISSED_TICKS * settings.NIGHT_TICK_SECONDS),
        "oldest_run": _age(_oldest_run, most=settings.READY_OLDEST_RUN_SECONDS),
    }


REPORTS = {"/healthz": alive, "/readyz": readiness}


def _database_answers() -> bool:
    try:
        with connections["ledger"].cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except Error as problem:
        log.warning("readiness: the database does not answer: %s", problem)
        return False


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_write(
            connect_timeout=PATIENCE_SECONDS,
            transport_options={
                "socket_connect_timeout": PATIENCE_SECONDS,
                "socket_timeout": PATIENCE_SECONDS,
            },
        ) as connection:
            connection.default_channel  # noqa: B018  (opens the connection)
        return True
    except Exception as problem:  # each transport has errors of its own
        log.warning("readiness: the broker does not answer: %s", problem)
        return False


def _last_tick() -> float | None:
    return heartbeats.seconds_since(name=heartbeats.TICK, now=timezone.now())


def _oldest_run() -> float:
    return nights.longest_overdue(now=timezone.now())


def _age(of: Callable[[], float | None], *, most: float) -> Json:
    """How many seconds ago something was, and whether that is not too long; unknown is not."""
    try:
        seconds = of()
    except Error:
        seconds = None
    ok = seconds is not None and seconds <= most
    return {"ok": ok, "seconds": None if seconds is None else round(seconds), "limit": most}
