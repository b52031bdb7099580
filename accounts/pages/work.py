"""Long work: how far it is, and how it ended."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.jobs import ask_to_stop, with_positions
from accounts.models import Import, Job, User
from tenants.context import tenant_of

SHOWN = 100


def job_list(request: HttpRequest) -> HttpResponse:
    """The latest jobs, everybody's."""
    latest = Job.objects.select_related("owner")[:SHOWN]
    found = with_positions(latest, tenant=tenant_of(request))
    return render(request, "accounts/jobs.html", {"jobs": found})


def see_ends(found: QuerySet[Job], *, user: User | AnonymousUser) -> None:
    """Note that a person has seen the end of those of these jobs that are theirs and have ended."""
    ended = found.filter(owner_id=user.pk, seen_at=None, finished_at__isnull=False)
    ended.update(seen_at=timezone.now())


def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job. Whoever asked for it has been told when they have seen its end."""
    found = get_object_or_404(Job.objects.select_related("owner"), pk=pk)
    see_ends(Job.objects.filter(pk=pk), user=request.user)
    with_positions([found], tenant=tenant_of(request))
    entry = Import.objects.filter(pk=found.parameters.get("import")).first()
    return render(request, "accounts/job.html", {"job": found, "entry": entry})


def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for a job to stop."""
    found = get_object_or_404(Job, pk=pk)
    ask_to_stop(job=found)
    return redirect("job", pk)
