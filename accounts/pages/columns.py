"""The step of the wizard that says what the columns of a file and their values mean."""

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, cast

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.imports.entries import options_of, preset_of
from accounts.imports.headers import ATTRIBUTE
from accounts.imports.mapped import InvalidMapping, MappedColumn, parsed
from accounts.imports.mapping import Preview, guess, preview
from accounts.imports.presets import PRESETS
from accounts.imports.presets.records import ACCOUNT_NAMES
from accounts.imports.records import Kind
from accounts.imports.sheets import of_rejects
from accounts.imports.values.words import choices_of
from accounts.models import Import
from tenants.typing import Context

AS_IT_IS = "*"  # stands for a value that is not mapped


def seen_of(entry: Import) -> Preview:
    """The beginning of an import's file. Raises ImportFileError, Ambiguous, FileNotFoundError."""
    with entry.file.open("rb") as source:
        return preview(kind=entry.of_kind, source=cast(BinaryIO, source), options=options_of(entry))


def meant(entry: Import, seen: Preview) -> list[MappedColumn]:
    """What the columns mean, by place: as chosen before, by the preset, else as is likely."""
    if entry.mapping:
        try:
            return parsed(entry.mapping).resolve(seen.header)
        except InvalidMapping:
            pass  # it is of the file as it was read before
    preset = preset_of(entry)
    if preset:
        return preset.resolve(seen.header)
    return _likely(entry, seen)


def _likely(entry: Import, seen: Preview) -> list[MappedColumn]:
    """Each meaning once: of two columns with one header the second is kept as an attribute."""
    meanings = guess(kind=entry.of_kind, header=seen.header, samples=seen.values())
    free, taken, found = free_names(seen.header), set[str](), []
    for place, name in enumerate(seen.header):
        column = meanings.get(name, "")
        if column in taken:
            column = free[place] if entry.of_kind.attributes and name else ""
        taken |= {column} - {""}
        found.append(MappedColumn(header=name, column=column))
    return found


def free_names(header: Sequence[str]) -> list[str]:
    """The attribute that each column would be; of equal headers the later ones are numbered."""
    found: list[str] = []
    for place, name in enumerate(header):
        before = list(header[:place]).count(name)
        name = name if name.startswith(ATTRIBUTE) else f"{ATTRIBUTE}{name}"
        found.append(f"{name} ({before + 1})" if before else name)
    return found


def rows_of(entry: Import, seen: Preview, mapped: Sequence[MappedColumn]) -> list[Context]:
    """The columns as the page shows them."""
    free = free_names(seen.header)
    return [
        {
            "number": number,
            "header": header,
            "samples": samples,
            "chosen": one.column,
            "free": free[number],
            "of_preset": one.column if _is_of_preset(entry, one.column) else "",
            "values": _values(entry, one),
            "words": _words(entry, one.column),
        }
        for number, (header, samples, one) in enumerate(
            zip(seen.header, seen.samples(), mapped, strict=True)
        )
    ]


def _is_of_preset(entry: Import, column: str) -> bool:
    preset = preset_of(entry)
    return bool(preset and column and preset.knows(column))


def _words(entry: Import, column: str) -> tuple[str, ...]:
    known = entry.of_kind.by_name.get(column)
    return choices_of(known) if known else ()


def _values(entry: Import, one: MappedColumn) -> list[tuple[str, str]]:
    """The values that may be mapped, each with what it stands for now."""
    if not _words(entry, one.column):
        return []
    table = dict.fromkeys(entry.unknown_values.get(one.column, []), AS_IT_IS)
    return sorted((table | one.values).items())


def sent(entry: Import, seen: Preview, data: QueryDict) -> list[MappedColumn]:
    """What a form says of the columns, by place, with their tables of values."""
    fixed, before = of_rejects(entry.of_kind), meant(entry, seen)
    found = []
    for number, name in enumerate(seen.header):
        again = name in fixed and name not in seen.header[:number]
        column = name if again else data.get(f"column-{number}", "")
        one = MappedColumn(header=name, column=column, values=_preset_values(entry, column))
        if column == before[number].column:
            one = replace(one, values=before[number].values)
        found.append(replace(one, values=_sent_values(entry, number, one, data)))
    return found


def _preset_values(entry: Import, column: str) -> dict[str, str]:
    preset = preset_of(entry)
    return dict(preset.values.get(column, {})) if preset else {}


def _sent_values(entry: Import, number: int, one: MappedColumn, data: QueryDict) -> dict[str, str]:
    """The table of a column with what the form says; another column's words are no choice."""
    table, words = dict(one.values), _words(entry, one.column)
    pairs = zip(data.getlist(f"word-{number}"), data.getlist(f"value-{number}"), strict=False)
    for word, value in pairs:
        table.pop(word, None)
        if words and value != AS_IT_IS and value in ("", *words):
            table[word] = value
    return table


def wrong(entry: Import, mapped: Sequence[MappedColumn]) -> str:
    """What is wrong with a choice of columns, if anything."""
    kind, preset = entry.of_kind, preset_of(entry)
    used = [one.column for one in mapped if one.column]
    known = {*kind.by_name, *of_rejects(kind)}
    if any(not (name in known or _may_be(entry, name)) for name in used):
        return _("Choose one of the columns of the list.")
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        return _("Each column can be chosen once: %s.") % _labels(kind, twice)
    missing = [name for name in kind.key if name not in used and not kind.by_name[name].when_empty]
    missing = [name for name in missing if name not in (preset.further if preset else ())]
    if missing:
        return _("Say which column is: %s. Rows are told apart by it.") % _labels(kind, missing)
    return ""


def label_of(kind: Kind, name: str) -> str:
    """What people call a column of a file; an attribute is called as the file calls it."""
    if name in kind.by_name:
        return capfirst(str(kind.label_of(kind.by_name[name])))
    if name == kind.attributes:
        return capfirst(str(kind.field(name).verbose_name))
    return name.removeprefix(ATTRIBUTE)


def _labels(kind: Kind, names: Sequence[str]) -> str:
    return ", ".join(label_of(kind, name) for name in names)


def _may_be(entry: Import, name: str) -> bool:
    free = name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE)
    return (free and bool(entry.of_kind.attributes)) or _is_of_preset(entry, name)


def further_columns(entry: Import) -> list[tuple[str, str]]:
    """The columns that the preset has and no kind, with their labels: they can be chosen too."""
    of_accounts = "account_external_id" in entry.of_kind.by_name
    if not (preset_of(entry) and of_accounts):
        return []
    labels = (_("account: name"), _("account: description"), _("account: e-mail address"))
    return list(zip(ACCOUNT_NAMES, labels, strict=True))


def proposed_preset(entry: Import, seen: Preview) -> str:
    """The tool whose export the file seems to be, where none was chosen."""
    if entry.preset:
        return ""
    found = [one for one in PRESETS.values() if one.kind == entry.kind and one.fits(seen.header)]
    return found[0].label if found else ""
