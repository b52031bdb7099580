"""Long work: how far it is, and how it ended."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.jobs import ask_to_stop, with_positions
from accounts.models import Import, Job
from tenants.context import tenant_of

SHOWN = 100


def job_list(request: HttpRequest) -> HttpResponse:
    """The latest jobs, everybody's."""
    latest = Job.objects.select_related("owner")[:SHOWN]
    found = with_positions(latest, tenant=tenant_of(request))
    return render(request, "accounts/jobs.html", {"jobs": found})


def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job. Whoever asked for it has been told when they have seen its end."""
    found = get_object_or_404(Job.objects.select_related("owner"), pk=pk)
    if not found.is_open and found.seen_at is None and found.owner == request.user:
        Job.objects.filter(pk=pk).update(seen_at=timezone.now())
    with_positions([found], tenant=tenant_of(request))
    entry = Import.objects.filter(pk=found.parameters.get("import")).first()
    return render(request, "accounts/job.html", {"job": found, "entry": entry})


def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for a job to stop."""
    found = get_object_or_404(Job, pk=pk)
    ask_to_stop(job=found)
    return redirect("job", pk)
