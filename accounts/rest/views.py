"""The addresses of a kind of fact: a list, its objects one by one, and many at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pghistory
from django.db.models import Model
from django.http import Http404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, MethodNotAllowed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.figures_jobs import request_after_commit
from accounts.imports.kinds import KINDS
from accounts.imports.records import Kind
from accounts.models import ApiKey, Import, User
from accounts.objects.listing import shown as shown_object
from accounts.objects.writing import Objects, Written, exclusive_write, write_many, write_one
from accounts.rest import paths, preconditions, reading
from accounts.rest.describing import changed_object, new_object, reference, titled
from accounts.rest.idempotency import idempotent
from accounts.rest.preconditions import tagged
from accounts.rest.writing import Conflict, as_answers, checked_objects, explained, malformed_as_400
from tenants.context import tenant_of
from tenants.typing import AnyView, Json, ReadOnlyJson

BULK, JSON = "bulk", "application/json"
CALLED = "The external id, percent-encoded; or the inner id, as id:123."


def body_of(request: Request) -> ReadOnlyJson:
    """The JSON object that was sent; the parser lets nothing else in."""
    return cast(ReadOnlyJson, request.data)


def person_of(request: Request) -> User | None:
    """The person who asks, where it is no program."""
    return request.user if isinstance(request.user, User) else None


def name_of(request: Request) -> str:
    """Who asks, for people to read: a person's address or a key's name."""
    person = person_of(request)
    return person.email if person else cast(ApiKey, request.user).name


class FactView(APIView):
    """What the views of one kind share."""

    kind: Kind

    def context(self, request: Request) -> Json:
        """What the history says of changes made here."""
        return {"source": "rest", "user": name_of(request)}


class FactList(FactView):
    def get(self, request: Request) -> Response:
        return Response(reading.page(kind=self.kind, query=request.query_params.dict()))

    def post(self, request: Request) -> Response:
        return cast(Response, tagged(self._create(request)))

    @idempotent
    def _create(self, request: Request) -> Response:
        with malformed_as_400(body_of(request), new_object(self.kind)), as_answers():
            pk = write_one(
                kind=self.kind,
                body=body_of(request),
                tenant=tenant_of(request),
                context=self.context(request),
                new=True,
            )
        return Response(shown_object(kind=self.kind, pk=pk), status=status.HTTP_201_CREATED)


class FactObject(FactView):
    def get(self, request: Request, id: str) -> Response:
        shown = shown_object(kind=self.kind, pk=reading.one(kind=self.kind, name=id).pk)
        preconditions.check(request, kind=self.kind, shown=shown)
        if preconditions.is_known(request, shown=shown):
            headers = {"ETag": preconditions.etag_of(shown)}
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return tagged(Response(shown))

    def patch(self, request: Request, id: str) -> Response:
        body = body_of(request)
        with (
            malformed_as_400(body, changed_object(self.kind)),
            as_answers(),
            self._held(request, id) as (_row, shown),
        ):
            self._refuse_another_key(body, shown)
            if self.kind.append_only and any(shown.get(name, body) != body[name] for name in body):
                raise Conflict(_("What has happened is not changed."), code="happened")
            pk = shown["id"]
            if not self.kind.append_only:
                pk = self._changed(
                    request, {**{name: shown[name] for name in self.kind.key}, **body}
                )
            answer = shown_object(kind=self.kind, pk=pk)
        return tagged(Response(answer))

    def delete(self, request: Request, id: str) -> Response:
        with (
            as_answers(),
            self._held(request, id) as (row, _shown),
            pghistory.context(**self.context(request)),
        ):
            row.delete()
            request_after_commit(tenant=tenant_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @contextmanager
    def _held(self, request: Request, id: str) -> Iterator[tuple[Model, Json]]:
        """The row and how it is shown; it is as the request says, and nobody else changes it."""
        with exclusive_write(kind=self.kind, tenant=tenant_of(request)):
            row = reading.one(kind=self.kind, name=id, lock=True)
            shown = shown_object(kind=self.kind, pk=row.pk)
            preconditions.check(request, kind=self.kind, shown=shown)
            yield row, shown

    def _changed(self, request: Request, body: ReadOnlyJson) -> int:
        return write_one(
            kind=self.kind,
            body=body,
            tenant=tenant_of(request),
            context=self.context(request),
            new=False,
        )

    def _refuse_another_key(self, body: ReadOnlyJson, shown: Json) -> None:
        """What a row is matched on names it; another name is another row."""
        details = [ErrorDetail(_("This names the row and cannot be changed."), code="read_only")]
        names = [*self.kind.key, "id"]
        wrong = {name: details for name in names if name in body and body[name] != shown[name]}
        if wrong:
            raise ValidationError(wrong)


class FactBulk(FactObject):
    """Many objects at once; and the object, if there is one, that is called as this address is."""

    allowed_methods = ["PUT", "OPTIONS"]  # of an object that is called so nothing is said

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD", "PATCH", "DELETE"):
            try:
                reading.one(kind=self.kind, name=BULK)
            except Http404:
                raise MethodNotAllowed(request.method) from None

    @idempotent
    def put(self, request: Request, id: str) -> Response:
        objects = checked_objects(body_of(request))
        entry = Import(
            kind=self.kind.name,
            source=Import.Source.REST,
            name=name_of(request),
            owner=person_of(request),
        )
        with as_answers(), pghistory.context(**self.context(request)):
            written = write_many(entry=entry, objects=objects, tenant=tenant_of(request))
        return Response(_told(self.kind, entry, objects, written))


def _told(kind: Kind, entry: Import, objects: Objects, written: Written) -> Json:
    """What became of each object, in their order."""
    there = {outcome.line: outcome for outcome in written.result.outcomes}
    results = []
    for place, one in enumerate(objects):
        line: Json = {"index": place, **{name: one.get(name) for name in kind.key}}
        if place in there:
            line |= {"status": there[place].status, "id": there[place].id, "errors": []}
        else:
            line |= {"status": "rejected", "id": None, "errors": _errors(place, written)}
        results.append(line)
    return {
        "import": entry.pk,
        **entry.counts,
        "results": results,
    }


def _errors(place: int, written: Written) -> list[Json]:
    return [
        {"code": detail.code, "detail": str(detail), "pointer": f"/data/{place}/{column}"}
        for column, details in explained(written.faults.get(place, [])).items()
        for detail in details
    ]


__all__ = ["paths"]  # registers the converter of names
OPERATIONS = {
    ("FactList", "get"): "list",
    ("FactList", "post"): "create",
    ("FactObject", "get"): "read",
    ("FactObject", "patch"): "change",
    ("FactObject", "delete"): "delete",
    ("FactBulk", "put"): "bulk",
}


NOT_BULK = ("get", "patch", "delete")  # at the address of many: of the one that is called so


def urls_of_facts() -> list[URLPattern]:
    """The addresses of every kind that there is."""
    return [one for kind in KINDS.values() for one in _urls(kind)]


def _urls(kind: Kind) -> list[URLPattern]:
    lists, objects, bulk = (_described(kind, base) for base in (FactList, FactObject, FactBulk))
    return [
        path(f"{kind.name}/", lists.as_view(), name=f"{kind.name}-list"),
        path(f"{kind.name}/{BULK}/", bulk.as_view(), {"id": BULK}, name=f"{kind.name}-bulk"),
        path(f"{kind.name}/<name:id>/", objects.as_view(), name=f"{kind.name}-object"),
    ]


def _described(kind: Kind, base: type[FactView]) -> type[FactView]:
    """A view of one kind, whose methods the description of the API knows."""
    view = type(f"{base.__name__}Of{kind.name.title()}", (base,), {"kind": kind})
    for (name, method), details in _descriptions(kind).items():
        if name == base.__name__:
            own = getattr(base, method)
            details["operation_id"] = f"{kind.name}_{OPERATIONS.get((name, method), method)}"
            setattr(view, method, extend_schema(**details)(_copied(own)))
    return view


def _descriptions(kind: Kind) -> dict[tuple[str, str], Json]:
    """Parameters, body and answer of each method."""
    title = titled(kind)
    one, page, new, changed, many, outcome = (
        reference(title + part) for part in ("", "Page", "New", "Change", "Bulk", "BulkAnswer")
    )
    called = [OpenApiParameter("id", str, OpenApiParameter.PATH, description=CALLED)]
    at_object: Json = {"parameters": called, "responses": {200: one}}
    return {
        ("FactList", "get"): {"responses": {200: page}, "parameters": reading.parameters(kind)},
        ("FactList", "post"): {"request": {JSON: new}, "responses": {201: one}},
        ("FactObject", "get"): at_object,
        ("FactObject", "patch"): at_object | {"request": {JSON: changed}},
        ("FactObject", "delete"): {"parameters": called, "responses": {204: None}},
        ("FactBulk", "put"): {"request": {JSON: many}, "responses": {200: outcome}},
        **{("FactBulk", method): {"exclude": True} for method in NOT_BULK},
    }


def _copied(method: AnyView) -> AnyView:
    """A method of its own, since its description is kept on it."""

    def answer(self: FactView, request: Request, *args: object, **kwargs: object) -> object:
        return method(self, request, *args, **kwargs)

    answer.__name__, answer.__doc__ = method.__name__, method.__doc__
    return answer
