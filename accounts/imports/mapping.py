"""Which column of somebody's own file means what: by name, by likeness, and as it was last time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import BinaryIO

from accounts.imports.headers import ATTRIBUTE
from accounts.imports.names import names_of, plain
from accounts.imports.options import ImportOptions, Reading
from accounts.imports.reading import DEFAULT, beginning_of
from accounts.imports.records import Column, Kind
from accounts.imports.sheets import of_rejects
from accounts.models import ColumnMapping

ALIKE = 0.84
SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The header of a file and its first rows, as they stand there, and how they were read."""

    header: list[str]
    rows: list[list[str]]
    reading: Reading

    def samples(self) -> list[list[str]]:
        """By column: what the first rows say."""
        return [
            [row[place][:80] for row in self.rows if place < len(row) and row[place]]
            for place in range(len(self.header))
        ]


def preview(*, kind: Kind, source: BinaryIO, options: ImportOptions = DEFAULT) -> Preview:
    """Look at the beginning of a file. Raises Refused when there is none to look at."""
    seen = beginning_of(kind=kind, source=source, options=options, rows=SHOWN)
    return Preview(header=seen.header, rows=seen.rows, reading=seen.reading)


def guess(*, kind: Kind, header: Sequence[str]) -> dict[str, str]:
    """What each column of a file most likely means; nothing is thrown away where it can be kept."""
    remembered = dict(
        ColumnMapping.objects.filter(kind=kind.name, header__in=header).values_list(
            "header", "column"
        )
    )
    found = {name: column for name, column in remembered.items() if _exists(kind, column)}
    found |= {name: name for name in header if name in (*kind.by_name, *of_rejects(kind))}
    left = [name for name in header if name not in found]
    free = [column for column in kind.columns if column.name not in found.values()]
    likeness = sorted(
        ((_likeness(kind, name, column), name, column.name) for name in left for column in free),
        key=lambda one: -one[0],
    )
    for alike, name, column_name in likeness:
        if alike >= ALIKE and name not in found and column_name not in found.values():
            found[name] = column_name
    return {name: found.get(name, _rest(kind, name)) for name in header}


def _exists(kind: Kind, column: str) -> bool:
    return not column or column in kind.by_name or column.startswith(ATTRIBUTE)


def _rest(kind: Kind, name: str) -> str:
    """A column that means nothing to us is kept as an attribute, where there are such."""
    if name in of_rejects(kind):
        return name
    if not kind.attributes or not name:
        return ""
    return name if name.startswith(ATTRIBUTE) else f"{ATTRIBUTE}{name}"


def _likeness(kind: Kind, name: str, column: Column) -> float:
    own, names = plain(name), names_of(kind, column)
    if own in names:
        return 1.0
    ratios = [SequenceMatcher(None, own, one).ratio() for one in names if one]
    return max(ratios, default=0) - 0.01


def remember(*, kind: Kind, mapping: Mapping[str, str]) -> None:
    """Keep what columns have meant, for the next file like this one."""
    ColumnMapping.objects.bulk_create(
        [
            ColumnMapping(kind=kind.name, header=header, column=column[:300])
            for header, column in {name[:300]: one for name, one in mapping.items()}.items()
        ],
        update_conflicts=True,
        unique_fields=["kind", "header"],
        update_fields=["column"],
    )
