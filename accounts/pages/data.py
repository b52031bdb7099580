"""Data: what is there, what came in lately, and the way in."""

import csv
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.imports.kinds import KINDS
from accounts.imports.records import Kind
from accounts.models import Import, Job

LATEST = 20


def data(request: HttpRequest) -> HttpResponse:
    """The kinds of facts with how many there are, and the latest imports."""
    context = {
        "kinds": [_told(kind) for kind in KINDS.values()],
        "imports": Import.objects.select_related("owner", "job")[:LATEST],
        "jobs": Job.objects.filter(state__in=Job.OPEN),
        "sample": Import.objects.filter(
            source=Import.Source.SAMPLE, state=Import.State.DONE
        ).exists(),
    }
    return render(request, "accounts/data.html", context)


def _told(kind: Kind) -> dict[str, Any]:
    latest = Import.objects.filter(kind=kind.name, state=Import.State.DONE).first()
    return {"kind": kind, "count": _about(kind), "latest": latest}


def _about(kind: Kind) -> int:
    return int(kind.objects().aggregate(n=Count("pk"))["n"])


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the header of a kind, to be filled in."""
    if kind not in KINDS:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    answer.write("\ufeff")
    csv.writer(answer).writerow([column.name for column in KINDS[kind].columns])
    return answer
