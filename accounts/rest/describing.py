"""The shapes of a kind's JSON, for the description of the API."""

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


class ErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()
    pointer = serializers.CharField()


OUTCOMES = ("created", "updated", "unchanged", "rejected")


class Shapes:
    """Of one kind: an object, a page of them, many at once, and what is answered to that."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.one = self._one()
        self.page = self._page()
        self.bulk = self._shape("Bulk", {"data": self.one(many=True)})
        self.outcome = self._outcome()

    def _one(self) -> Shape:
        fields: dict[str, Any] = {"id": serializers.IntegerField(read_only=True)}
        fields |= {column.name: _field(column) for column in self.kind.columns}
        if self.kind.attributes:
            fields["attributes"] = serializers.DictField(required=False)
        return self._shape("", fields)

    def _page(self) -> Shape:
        return self._shape(
            "Page",
            {
                "data": self.one(many=True),
                "next_cursor": serializers.CharField(allow_null=True),
                "has_more": serializers.BooleanField(),
                "count": serializers.IntegerField(required=False),
            },
        )

    def _outcome(self) -> Shape:
        result = {
            "index": serializers.IntegerField(),
            "status": serializers.ChoiceField(OUTCOMES),
            "id": serializers.IntegerField(allow_null=True),
            **{name: serializers.CharField(allow_null=True) for name in self.kind.key},
            "errors": ErrorSerializer(many=True),
        }
        counts = ("import", *OUTCOMES)
        fields: dict[str, Any] = {name: serializers.IntegerField() for name in counts}
        return self._shape(
            "BulkAnswer", fields | {"results": self._shape("BulkResult", result)(many=True)}
        )

    def _shape(self, name: str, fields: dict[str, Any]) -> Shape:
        title = "".join(part.title() for part in self.kind.name.split("_"))
        return type(f"{title}{name}Serializer", (serializers.Serializer,), fields)


def _field(column: Column) -> Any:
    options: dict[str, Any] = {"required": column.required, "allow_null": not column.required}
    if column.choices:
        return serializers.ChoiceField(choices=column.choices, **options)
    made = FIELDS.get(column.holds, serializers.CharField)
    if made is serializers.CharField:
        options["allow_blank"] = not column.required
    return made(**options)
