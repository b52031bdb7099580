"""The form of the wizard that says how a file is read."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.imports.options import (
    DATE_FORMATS,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    OPTIONS,
    Reading,
)
from accounts.imports.presets import PRESETS
from accounts.models import Import
from tenants.typing import Json, ReadOnlyJson

ENCODING_NAMES: dict[str, StrOrPromise] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "windows-1250": gettext_lazy("Windows-1250 (Central European)"),
    "windows-1252": gettext_lazy("Windows-1252 (Western European)"),
    "windows-1256": gettext_lazy("Windows-1256 (Arabic, Persian)"),
    "iso-8859-1": "ISO 8859-1 (Latin-1)",
}
DELIMITER_NAMES: dict[str, StrOrPromise] = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
}
DATE_NAMES: dict[str, StrOrPromise] = {
    "ymd": gettext_lazy("year, month, day (2024-01-31)"),
    "dmy": gettext_lazy("day, month, year (31.01.2024)"),
    "mdy": gettext_lazy("month, day, year (1/31/2024)"),
    "jalali": gettext_lazy("Persian calendar (1402/11/11)"),
}
DECIMAL_NAMES: dict[str, StrOrPromise] = {
    ".": gettext_lazy("point (1,234.50)"),
    ",": gettext_lazy("comma (1.234,50)"),
}
NAMES: dict[str, dict[str, StrOrPromise]] = {
    "encoding": ENCODING_NAMES,
    "delimiter": DELIMITER_NAMES,
    "date_format": DATE_NAMES,
    "decimal": DECIMAL_NAMES,
}
Choices = list[tuple[str, StrOrPromise]]
PREFIX = "read"


def preset_choices(kind: str = "") -> Choices:
    """The presets, of one kind or of all, below the choice of none."""
    found = [one for one in PRESETS.values() if not kind or one.kind == kind]
    tools = [
        (one.name, one.label if kind else f"{one.label}: {one.of_kind.label}") for one in found
    ]
    return [("", _("another program, or by hand")), *tools]


class ReadingForm(forms.Form):
    """How a file is to be read; what is left open is recognised."""

    preset = forms.ChoiceField(label=gettext_lazy("Saved by"), required=False)
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), required=False)
    delimiter = forms.ChoiceField(label=gettext_lazy("Separator"), required=False)
    sheet = forms.CharField(label=gettext_lazy("Sheet"), required=False, strip=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Line of the header"), required=False, min_value=1, max_value=1_000_000
    )
    date_format = forms.ChoiceField(label=gettext_lazy("Dates"), required=False)
    decimal = forms.ChoiceField(label=gettext_lazy("Decimal sign"), required=False)

    def __init__(
        self, data: QueryDict | None = None, *, entry: Import, reading: Reading | None = None
    ) -> None:
        initial = {"preset": entry.preset, **entry.options}
        super().__init__(data, initial=initial, prefix=PREFIX)
        self._choose("preset", preset_choices(entry.kind))
        self._offer(reading or Reading())
        self.question = entry.question.get("option", "")
        if self.question:
            self._ask(entry.question)
        for field in self.fields.values():
            radio = isinstance(field.widget, forms.RadioSelect)
            select = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = "form-check-input" if radio else select

    def _choose(self, name: str, choices: Choices) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def _offer(self, reading: Reading) -> None:
        """The choices of each, the first being what was recognised."""
        for name, codes in CHOICES.items():
            found = named(name, [getattr(reading, name, "")])[0][1]
            self._choose(name, [("", _recognised(found)), *named(name, codes)])
        if reading.sheet:
            names = [reading.sheet, *reading.other_sheets]
            choices = [("", _recognised("")), *((name, name) for name in names)]
            label = self.fields["sheet"].label
            self.fields["sheet"] = forms.ChoiceField(label=label, required=False, choices=choices)
        for name in _not_of_this_file(reading):
            del self.fields[name]

    def _ask(self, question: ReadOnlyJson) -> None:
        """Put the choices of a question in the place of an option."""
        choices = named(question["option"], question["choices"])
        self.fields[question["option"]] = forms.ChoiceField(
            label=question["reason"], required=False, choices=choices, widget=forms.RadioSelect
        )

    def chosen(self) -> tuple[str, Json]:
        """The preset and the options, as an import keeps them."""
        data = self.cleaned_data
        options = {name: data[name] for name in OPTIONS if data.get(name)}
        return data.get("preset", ""), options


CHOICES = {
    "encoding": ENCODINGS,
    "delimiter": DELIMITERS,
    "date_format": DATE_FORMATS,
    "decimal": DECIMALS,
}


def named(name: str, codes: Sequence[str]) -> Choices:
    return [(code, NAMES.get(name, {}).get(code, code)) for code in codes]


def _recognised(found: StrOrPromise) -> str:
    return _("as recognised: %s") % found if found else _("recognise it")


def _not_of_this_file(reading: Reading) -> tuple[str, ...]:
    """The options that say nothing of a file like this: text has no sheets."""
    if reading.encoding:
        return ("sheet",)
    return ("encoding", "delimiter") if reading.sheet else ()
