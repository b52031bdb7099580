"""What is sent with a file: what is in it, and how it is to be read."""

from typing import Any, cast

from django.core.exceptions import ValidationError as InvalidFile
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.imports.encodings import canonical
from accounts.imports.headers import delimiter_named
from accounts.imports.intake import refuse_too_large
from accounts.imports.kinds import KINDS
from accounts.imports.mapped import InvalidMapping, parsed
from accounts.imports.options import DATE_FORMATS, DECIMALS, OPTIONS
from accounts.imports.presets import PRESETS, other_kind
from accounts.imports.refusals import ImportFileError
from accounts.rest.writing import Unprocessable
from accounts.strict_json import InvalidJson, parse
from tenants.typing import Json, ReadOnlyJson

MAPPING = """\
JSON: an object by header (what each of the file's own headers stands for; one that is not named
stands for itself), or a list by place, a column each, `{"header": ..., "column": ...}`. "" leaves
a column out. Instead of the name of a column there may be `{"column": ..., "values": {...}}`, a
table of what the values of the file stand for."""


class UploadSerializer(serializers.Serializer[object]):
    kind = serializers.ChoiceField(choices=())
    file = serializers.FileField()
    preset = serializers.ChoiceField(
        choices=list(PRESETS), required=False, help_text="The tool that saved the file."
    )
    mapping = serializers.CharField(required=False, help_text=MAPPING)
    encoding = serializers.CharField(required=False, max_length=40, help_text="As windows-1250.")
    delimiter = serializers.CharField(
        required=False,
        max_length=20,
        trim_whitespace=False,
        help_text="The sign, or its name: comma, semicolon, tab, pipe.",
    )
    sheet = serializers.CharField(
        required=False, max_length=100, trim_whitespace=False, help_text="A workbook's sheet."
    )
    header_row = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text="The line of the header, from 1.",
    )
    date_format = serializers.ChoiceField(
        choices=DATE_FORMATS, required=False, help_text="The order, or the Persian calendar."
    )
    decimal = serializers.ChoiceField(
        choices=DECIMALS, required=False, help_text="The decimal sign."
    )
    dry_run = serializers.BooleanField(default=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(serializers.ChoiceField, self.fields["kind"]).choices = list(KINDS)


# Codes of what fits the description of the fields and cannot be taken all the same.
CODES = ("json", "too_large", "type")


def mapping_in(fields: ReadOnlyJson) -> Any:
    """The mapping among the fields, as an import keeps it. Raises Unprocessable."""
    if "mapping" not in fields:
        return {}
    try:
        mapping = parse(fields["mapping"])
        parsed(mapping)
    except InvalidJson as problem:
        raise _refusal("mapping", str(problem), code="json") from problem
    except InvalidMapping as problem:
        raise _refusal("mapping", str(problem), code="type") from problem
    return mapping


def refuse_large_file(fields: ReadOnlyJson) -> None:
    """Refuse a file that is larger than any that is read. Raises Unprocessable."""
    try:
        refuse_too_large(fields["file"].size)
    except InvalidFile as problem:
        raise _refusal("file", problem.messages[0], code="too_large") from problem


NAMED = {"encoding": canonical, "delimiter": delimiter_named}


def options_in(fields: ReadOnlyJson) -> Json:
    """The options among the fields, as an import keeps them. Raises Unprocessable."""
    options = {name: fields[name] for name in OPTIONS if name in fields}
    for name in NAMED.keys() & options.keys():
        try:
            options[name] = NAMED[name](options[name])
        except ImportFileError as problem:
            raise _refusal(name, str(problem), code="unknown") from problem
    return options


def refuse_other_kind(fields: ReadOnlyJson) -> None:
    """Refuse a preset that goes with another kind. Raises Unprocessable."""
    preset = PRESETS.get(fields.get("preset", ""))
    if preset and preset.kind != fields["kind"]:
        raise _refusal("preset", other_kind(preset), code="unknown")


def _refusal(name: str, reason: str, *, code: str) -> Unprocessable:
    return Unprocessable({name: [ErrorDetail(reason, code=code)]})
