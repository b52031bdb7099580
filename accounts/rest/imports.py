"""Files and long work over REST."""

from typing import Any, cast

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import jobs
from accounts.models import Import, Job
from accounts.rest.idempotency import idempotent
from accounts.rest.uploads import (
    UploadSerializer,
    mapping_in,
    options_in,
    refuse_large_file,
    refuse_other_kind,
)
from accounts.rest.views import person_of
from accounts.rest.writing import Conflict
from tenants.context import tenant_of

SHOWN = 100
OF_JOBS = ("id", "kind", "title", "state", "stage", "done", "total", "errors", "result", "error")
MOMENTS_OF_JOBS = ("created_at", "started_at", "finished_at")
OF_IMPORTS = ("id", "kind", "source", "name", "state", "refusal", "left")
HOW_READ = ("preset", "options", "question", "assumptions", "unknown_values")
COUNTS = ("created", "updated", "unchanged", "rejected", "accounts_created")
STATES = [*Import.State.values, Job.State.CANCELLED.value, Job.State.FAILED.value]


class JobSerializer(serializers.ModelSerializer[Job]):
    title = serializers.CharField(read_only=True, help_text="In the language of the request.")
    rate = serializers.FloatField(help_text="Rows a second.")
    position = serializers.IntegerField(
        allow_null=True,
        read_only=True,
        help_text="Its place in the queue while it waits; 1 is next.",
    )

    class Meta:
        model = Job
        fields = [*OF_JOBS, "position", "rate", *MOMENTS_OF_JOBS]


class QuestionSerializer(serializers.Serializer[object]):
    option = serializers.CharField(help_text="The field that decides how the file is read.")
    choices = serializers.ListField(child=serializers.CharField(), help_text="What it may be.")
    reason = serializers.CharField()


class ImportSerializer(serializers.ModelSerializer[Import]):
    state = serializers.ChoiceField(
        choices=STATES,
        source="outcome",
        read_only=True,
        help_text="“cancelled” and “failed” are those of a job that has taken nothing in.",
    )
    preset = serializers.CharField(read_only=True, help_text="Empty: none.")
    options = serializers.DictField(read_only=True, help_text="How it was to be read.")
    question = serializers.SerializerMethodField(
        help_text="What has to be chosen, of a file that was refused because it is ambiguous."
    )
    assumptions = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="How the file was read, in words."
    )
    unknown_values = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        read_only=True,
        help_text="Of a trial: values that are none of their column's words, by column.",
    )
    job = JobSerializer(allow_null=True)

    class Meta:
        model = Import
        fields = [*OF_IMPORTS, *HOW_READ, *COUNTS, "uploaded_at", "imported_at", "undone_at", "job"]

    @extend_schema_field(QuestionSerializer(allow_null=True))
    def get_question(self, entry: Import) -> dict[str, Any] | None:
        return entry.question or None


ALL: dict[str, Any] = {"next_cursor": None, "has_more": False}  # the latest, on one page


def page_of_all(name: str, serializer: Any) -> Any:
    """The shape of a list that comes on one page."""
    fields = {
        "data": serializer(many=True),
        "next_cursor": serializers.CharField(allow_null=True),
        "has_more": serializers.BooleanField(),
    }
    return inline_serializer(name, fields)


class ImportList(APIView):
    """The latest imports; and the way in for a file."""

    parser_classes = [MultiPartParser]

    @extend_schema(responses=page_of_all("Imports", ImportSerializer), operation_id="imports_list")
    def get(self, request: Request) -> Response:
        rows = list(Import.objects.select_related("job")[:SHOWN])
        jobs.with_positions([row.job for row in rows if row.job], tenant=tenant_of(request))
        return Response(ALL | {"data": ImportSerializer(rows, many=True).data})

    @extend_schema(request=UploadSerializer, responses={202: ImportSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        jobs.refuse_when_full(tenant=tenant_of(request))  # before anything is written to the disk
        sent = UploadSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        fields = cast(dict[str, Any], sent.validated_data)
        refuse_large_file(fields)
        refuse_other_kind(fields)
        file = fields["file"]
        entry = Import(
            kind=fields["kind"],
            source=Import.Source.FILE,
            name=file.name[:300],
            mapping=mapping_in(fields),
            preset=fields.get("preset", ""),
            options=options_in(fields),
            owner=person_of(request),
        )
        entry.file.save(file.name[-80:], file)
        _start(request, entry, "check" if fields["dry_run"] else "import")
        return Response(ImportSerializer(entry).data, status=status.HTTP_202_ACCEPTED)


class ImportView(APIView):
    """One import, however far it is."""

    @extend_schema(responses=ImportSerializer, operation_id="imports_read")
    def get(self, request: Request, pk: int) -> Response:
        entry = _entry(pk)
        if entry.job:
            jobs.with_positions([entry.job], tenant=tenant_of(request))
        return Response(ImportSerializer(entry).data)


class ImportRejects(APIView):
    """The rejected rows of an import, as CSV."""

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        entry = _entry(pk)
        if not entry.rejects:
            raise Http404
        return FileResponse(
            entry.rejects.open("rb"),
            filename="rejected.csv",
            content_type="text/csv; charset=utf-8",
        )


class ImportUndo(APIView):
    """Undo an import."""

    @extend_schema(request=None, responses={202: ImportSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        entry = _entry(pk)
        if not entry.can_be_undone or (entry.job and entry.job.is_open):
            raise Conflict(_("There is nothing to undo."), code="state")
        _start(request, entry, "undo")
        return Response(ImportSerializer(entry).data, status=status.HTTP_202_ACCEPTED)


class JobList(APIView):
    """The latest jobs."""

    @extend_schema(responses=page_of_all("Jobs", JobSerializer), operation_id="jobs_list")
    def get(self, request: Request) -> Response:
        found = jobs.with_positions(Job.objects.all()[:SHOWN], tenant=tenant_of(request))
        return Response(ALL | {"data": JobSerializer(found, many=True).data})


class JobView(APIView):
    """One job: how far it is, or how it ended."""

    @extend_schema(responses=JobSerializer, operation_id="jobs_read")
    def get(self, request: Request, pk: int) -> Response:
        found = jobs.with_positions([get_object_or_404(Job, pk=pk)], tenant=tenant_of(request))
        return Response(JobSerializer(found[0]).data)


class JobCancel(APIView):
    """Ask a job to stop."""

    @extend_schema(request=None, responses={202: JobSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        job = get_object_or_404(Job, pk=pk)
        jobs.ask_to_stop(job=job)
        job.refresh_from_db()
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


def _entry(pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("job"), pk=pk)


def _start(request: Request, entry: Import, kind: str) -> None:
    entry.job = jobs.enqueue(
        kind=kind,
        subject=entry.name,
        owner=person_of(request),
        parameters={"import": entry.pk, "language": get_language()},
        tenant=tenant_of(request),
        size=entry.file.size if entry.file else 0,
    )
    entry.save()


urlpatterns = [
    path("imports/", ImportList.as_view(), name="imports"),
    path("imports/<int:pk>/", ImportView.as_view(), name="import"),
    path("imports/<int:pk>/rejects/", ImportRejects.as_view(), name="import-rejects"),
    path("imports/<int:pk>/undo/", ImportUndo.as_view(), name="import-undo"),
    path("jobs/", JobList.as_view(), name="jobs"),
    path("jobs/<int:pk>/", JobView.as_view(), name="job"),
    path("jobs/<int:pk>/cancel/", JobCancel.as_view(), name="job-cancel"),
]
