"""Which column of somebody's own file means what: by name, by words, and as it was last time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from accounts.imports.headers import ATTRIBUTE, ROWS
from accounts.imports.likeness import likeness
from accounts.imports.mapped import folded
from accounts.imports.options import ImportOptions, Reading
from accounts.imports.reading import DEFAULT, beginning_of
from accounts.imports.records import Kind
from accounts.imports.sheets import of_rejects
from accounts.models import ColumnMapping

SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The header of a file and its first rows, as they stand there, and how they were read.

    `rows` are to be shown, `looked_at` are more of them, to judge columns by.
    """

    header: list[str]
    rows: list[list[str]]
    reading: Reading
    looked_at: list[list[str]] = field(default_factory=list)

    def samples(self) -> list[list[str]]:
        """By column: what the first rows say."""
        return self._by_column(self.rows)

    def values(self) -> list[list[str]]:
        """By column: what can be seen of its values."""
        return self._by_column(self.looked_at)

    def _by_column(self, rows: list[list[str]]) -> list[list[str]]:
        return [
            [row[place][:80] for row in rows if place < len(row) and row[place]]
            for place in range(len(self.header))
        ]


def preview(*, kind: Kind, source: BinaryIO, options: ImportOptions = DEFAULT) -> Preview:
    """Look at the beginning of a file. Raises ImportFileError when there is none to look at."""
    seen = beginning_of(kind=kind, source=source, options=options, rows=ROWS)
    return Preview(
        header=seen.header, rows=seen.rows[:SHOWN], reading=seen.reading, looked_at=seen.rows
    )


def proposed(
    *, kind: Kind, source: BinaryIO, options: ImportOptions = DEFAULT
) -> dict[str, str] | list[dict[str, str]]:
    """A mapping for a file, as it can be stored and sent: by header, by place where two are alike.

    Raises ImportFileError.
    """
    seen = preview(kind=kind, source=source, options=options)
    found = guess(kind=kind, header=seen.header, samples=seen.values())
    if len({folded(name) for name in seen.header}) == len(seen.header):
        return found
    placed, taken = [], set[str]()
    for header in seen.header:
        column = "" if found[header] in taken else found[header]
        taken.add(column)
        placed.append({"header": header, "column": column})
    return placed


def guess(
    *, kind: Kind, header: Sequence[str], samples: Sequence[Sequence[str]] = ()
) -> dict[str, str]:
    """What each column of a file most likely means; nothing is thrown away where it can be kept.

    `samples` are values by column: nothing is proposed that they cannot be.
    """
    values = dict(zip(header, samples, strict=False))
    found = {name: name for name in header if name in (*kind.by_name, *of_rejects(kind))}
    for name, column in _remembered(kind, header).items():
        if column not in found.values() or column not in kind.by_name:
            found.setdefault(name, column)
    for _near, name, column in _candidates(kind, header, values):
        if name not in found and column not in found.values():
            found[name] = column
    return {name: found.get(name, _rest(kind, name)) for name in header}


def _candidates(
    kind: Kind, header: Sequence[str], values: Mapping[str, Sequence[str]]
) -> list[tuple[tuple[int, int], str, str]]:
    """Headers and the columns that they may mean, the nearest first."""
    found = [
        (near, name, column.name)
        for name in header
        for column in kind.columns
        if (near := likeness(kind=kind, header=name, column=column, values=values.get(name, ())))
    ]
    return sorted(found, key=lambda one: one[0])


def _remembered(kind: Kind, header: Sequence[str]) -> dict[str, str]:
    """What these columns have meant, in whatever letter case they were written."""
    retained = dict(
        ColumnMapping.objects.filter(
            kind=kind.name, header__in={*header, *map(folded, header)}
        ).values_list("header", "column")
    )
    found = {name: retained.get(folded(name), retained.get(name)) for name in header}
    return {name: one for name, one in found.items() if one is not None and _exists(kind, one)}


def _exists(kind: Kind, column: str) -> bool:
    return not column or column in kind.by_name or column.startswith(ATTRIBUTE)


def _rest(kind: Kind, name: str) -> str:
    """A column that means nothing to us is kept as an attribute, where there are such."""
    if name in of_rejects(kind):
        return name
    if not kind.attributes or not name:
        return ""
    return name if name.startswith(ATTRIBUTE) else f"{ATTRIBUTE}{name}"


def remember(*, kind: Kind, mapping: Mapping[str, str]) -> None:
    """Keep what columns have meant, for the next file like this one."""
    ColumnMapping.objects.bulk_create(
        [
            ColumnMapping(kind=kind.name, header=header, column=column[:300])
            for header, column in {folded(name)[:300]: one for name, one in mapping.items()}.items()
        ],
        update_conflicts=True,
        unique_fields=["kind", "header"],
        update_fields=["column"],
    )
