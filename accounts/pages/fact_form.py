"""A form for one row of a kind of fact, made of the kind's declaration.

It checks nothing itself: what was filled in goes to the engine that takes in files, whose rules
then speak in the form.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.countries import name_of
from accounts.imports.reasons import Reject
from accounts.imports.records import Column, Kind, Type
from tenants.typing import AnyField, Json, ReadOnlyJson

Stored = ReadOnlyJson
AREA = 300  # texts that may be longer get an area instead of a line
NUMBERS = (Type.AMOUNT, Type.NUMBER, Type.RATE, Type.COUNT)
CONTROLS: dict[Type, dict[str, str]] = {
    Type.DATE: {"type": "date"},
    Type.MONTH: {"type": "date"},
    Type.MOMENT: {"type": "datetime-local", "step": "1"},
    Type.EMAIL: {"type": "email", "dir": "ltr"},
    **{one: {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"} for one in NUMBERS},
    Type.CURRENCY: {"maxlength": "3", "dir": "ltr"},
    **{one: {"dir": "auto"} for one in (Type.TEXT, Type.COUNTRY)},
}


def columns_of(kind: Kind) -> list[Column]:
    """What people fill in by hand."""
    return [column for column in kind.columns if column.type != Type.JSON]


class FactForm(forms.Form):
    """`stored`: the row as REST shows it, if there is one; what it is matched on stays."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kind: Kind,
        zone: str,
        stored: Stored | None = None,
        initial: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.stored = kind, stored
        begins = {
            column.name: _as_filled_in((stored or {}).get(column.name), column, zone)
            for column in columns_of(kind)
        }
        super().__init__(data, initial=begins if stored else dict(initial or {}))
        for column in columns_of(kind):
            field = _field(kind, column)
            field.disabled = stored is not None and column.name in kind.key
            self.fields[column.name] = field

    def body(self) -> Json:
        """What the engine is told: of a row that is there only what was changed."""
        named = [*self.changed_data] if self.stored else list(self.fields)
        result = {name: self.cleaned_data[name] for name in named}
        if self.stored:
            return {name: self.stored[name] for name in self.kind.key} | result
        return {name: value for name, value in result.items() if value is not None}

    def refuse(self, faults: Iterable[Reject]) -> None:
        """Show what the engine has rejected beside the fields that it is in."""
        for fault in faults:
            self.add_error(fault.column if fault.column in self.fields else None, fault.reason)


def _as_filled_in(value: str | None, column: Column, zone: str) -> str | None:
    """A stored value as it would be typed: moments in the tenant's time, countries by name."""
    if column.type == Type.MOMENT and value:
        local = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
        return local.strftime("%Y-%m-%dT%H:%M:%S")
    if column.type == Type.COUNTRY and value:
        return name_of(value)
    return value


def _field(kind: Kind, column: Column) -> forms.Field:
    label = capfirst(str(kind.label_of(column))) + (" *" if column.required else "")
    hint = _hint(kind, column)
    if column.type == Type.TRUTH:
        box = forms.CheckboxInput(attrs={"class": "form-check-input d-block"})
        return forms.BooleanField(label=label, help_text=hint, required=False, widget=box)
    widget = _widget(kind, column)
    # Whether it may be empty is the engine's to say; the mark is for the reader.
    widget.is_required = False
    if column.required:
        widget.attrs["aria-required"] = "true"
    return forms.CharField(
        label=label, help_text=hint, required=False, empty_value=None, widget=widget
    )


def _widget(kind: Kind, column: Column) -> forms.Widget:
    if column.choices:
        options = [("", "—"), *choices_of(kind, column)]
        return forms.Select(attrs={"class": "form-select"}, choices=options)
    attrs = {"class": "form-control", **CONTROLS[column.type]}
    if column.max_length > AREA:
        return forms.Textarea(attrs=attrs | {"rows": "4"})
    return forms.TextInput(attrs=attrs)


def choices_of(kind: Kind, column: Column) -> list[tuple[str, str]]:
    """The values that may be, with what people call them."""
    names = dict(cast(AnyField, kind.model._meta.get_field(column.target)).flatchoices)
    return [(value, str(names.get(value, value))) for value in column.choices]


def _hint(kind: Kind, column: Column) -> str:
    if column.references:
        return str(_("Its external id."))
    return str(getattr(kind.model._meta.get_field(column.target), "help_text", ""))
