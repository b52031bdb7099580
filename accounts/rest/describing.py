"""The shapes of a kind's JSON, for the description of the API."""

from functools import cache
from typing import Any

from rest_framework import serializers

from accounts.imports.records import Column, Kind, Type

Shape = type[serializers.Serializer[Any]]
FIELDS: dict[Type, Any] = {
    Type.DATE: serializers.DateField,
    Type.MONTH: serializers.DateField,
    Type.MOMENT: serializers.DateTimeField,
    Type.EMAIL: serializers.EmailField,
    Type.COUNT: serializers.IntegerField,
    Type.TRUTH: serializers.BooleanField,
    Type.JSON: serializers.JSONField,
}


@cache
def serializer_of(kind: Kind) -> Shape:
    fields: dict[str, Any] = {"id": serializers.IntegerField(read_only=True)}
    fields |= {column.name: _field(column) for column in kind.columns}
    if kind.attributes:
        fields["attributes"] = serializers.DictField(required=False)
    return _shape(kind, "", fields)


def _field(column: Column) -> Any:
    options: dict[str, Any] = {"required": column.required, "allow_null": not column.required}
    if column.choices:
        return serializers.ChoiceField(choices=column.choices, **options)
    made = FIELDS.get(column.holds, serializers.CharField)
    if made is serializers.CharField:
        options["allow_blank"] = not column.required
    return made(**options)


@cache
def page_of(kind: Kind) -> Shape:
    return _shape(
        kind,
        "Page",
        {
            "data": serializer_of(kind)(many=True),
            "next_cursor": serializers.CharField(allow_null=True),
            "has_more": serializers.BooleanField(),
            "count": serializers.IntegerField(required=False),
        },
    )


@cache
def bulk_of(kind: Kind) -> Shape:
    return _shape(kind, "Bulk", {"data": serializer_of(kind)(many=True)})


class ErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    pointer = serializers.CharField()


@cache
def outcome_of(kind: Kind) -> Shape:
    result = {
        "index": serializers.IntegerField(),
        "status": serializers.ChoiceField(["created", "updated", "unchanged", "rejected"]),
        "id": serializers.IntegerField(allow_null=True),
        **{name: serializers.CharField(allow_null=True) for name in kind.key},
        "errors": ErrorSerializer(many=True),
    }
    counts = ("import", "created", "updated", "unchanged", "rejected")
    return _shape(
        kind,
        "BulkAnswer",
        {name: serializers.IntegerField() for name in counts}
        | {"results": _shape(kind, "BulkResult", result)(many=True)},
    )


def _shape(kind: Kind, name: str, fields: dict[str, Any]) -> Shape:
    title = "".join(part.title() for part in kind.name.split("_"))
    return type(f"{title}{name}Serializer", (serializers.Serializer,), fields)
