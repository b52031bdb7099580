"""Data: what is there, what came in lately, and the way in."""

import csv

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.cells import BYTE_ORDER_MARK
from accounts.imports.kinds import KINDS
from accounts.imports.records import Kind
from accounts.jobs import with_positions
from accounts.models import Import, Job
from tenants.context import tenant_of
from tenants.typing import Context

LATEST = 20
MANY = 100_000  # rows from which on they are estimated


def data(request: HttpRequest) -> HttpResponse:
    """The kinds of facts with how many there are, and the latest imports."""
    done = Import.objects.filter(state=Import.State.DONE).order_by("kind", "-pk")
    latest = {entry.kind: entry for entry in done.distinct("kind")}
    context = {
        "kinds": [_told(kind, latest.get(kind.name)) for kind in KINDS.values()],
        "imports": Import.objects.select_related("owner", "job")[:LATEST],
        "jobs": with_positions(
            Job.objects.filter(state__in=Job.OPEN)[:LATEST], tenant=tenant_of(request)
        ),
        "sample": Import.objects.filter(
            source=Import.Source.SAMPLE, state=Import.State.DONE
        ).exists(),
    }
    return render(request, "accounts/data.html", context)


def _told(kind: Kind, latest: Import | None) -> Context:
    estimate = _estimate(kind)
    many = estimate >= MANY
    count = estimate if many else kind.objects().count()
    return {"kind": kind, "count": count, "about": many, "latest": latest}


def _estimate(kind: Kind) -> int:
    """What the planner believes: to count millions of rows takes seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)", [kind.table])
        return int(cursor.fetchone()[0])


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the header of a kind, to be filled in."""
    if kind not in KINDS:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    answer.write(BYTE_ORDER_MARK)
    csv.writer(answer).writerow([column.name for column in KINDS[kind].columns])
    return answer
