"""Sample data by one click, in and out."""

from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language

from accounts import jobs
from accounts.models import Import, Job, User
from tenants.context import tenant_of


def sample(request: HttpRequest) -> HttpResponseBase:
    """Ask for the sample to come in, or to go, unless that is on its way."""
    wanted = "sample_out" if "out" in request.POST else "sample_in"
    there = Import.objects.filter(source=Import.Source.SAMPLE, state=Import.State.DONE).exists()
    on_its_way = Job.objects.filter(kind__startswith="sample_", state__in=Job.OPEN).first()
    if on_its_way or there != (wanted == "sample_out"):
        return redirect("job", on_its_way.pk) if on_its_way else redirect("data")
    job = jobs.enqueue(
        kind=wanted,
        owner=cast(User, request.user),
        parameters={"language": get_language()},
        tenant=tenant_of(request),
    )
    return redirect("job", job.pk)
