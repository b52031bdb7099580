"""What a preset is: a ready mapping for the export of another tool."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounts.imports.headers import ATTRIBUTE
from accounts.imports.kinds import KINDS
from accounts.imports.mapped import ByName, ByPlace, ColumnMap, MappedColumn, folded
from accounts.imports.records import Kind

# What a file says of the account that a row is of: columns that no kind has.
ACCOUNT_NAMES = ("account.name", "account.description", "account.email")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A tool's export: which of its columns means what, and what its words mean.

    `columns` are in order of preference: of two headers with one meaning the first is taken.
    `patterns` are regular expressions over headers, each with what it stands for. `values` are
    tables by column. What has no meaning becomes an attribute where the kind keeps such, unless
    it is in `ignored`. `further` are columns that `prepare` fills in: SQL over the staged rows with
    the cells in braces. `accounts_by_name`: an account is known by its name only, and one that is
    new gets its external id by this prefix. `footer`: the last rows may be no rows of data.
    """

    name: str
    label: str
    kind: str
    columns: Mapping[str, str]
    patterns: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    accounts_by_name: str = ""
    footer: bool = False

    @property
    def of_kind(self) -> Kind:
        return KINDS[self.kind]

    def knows(self, name: str) -> bool:
        """Whether it has a column that no kind has."""
        return name in ACCOUNT_NAMES or name.startswith("answer.")

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a header has several of the tool's own names; the kind's names are anybody's."""
        foreign = [name for name in header if name not in self.of_kind.by_name]
        found = {self._meaning(name) for name in foreign} - {""}
        return len(found & set(self.columns.values())) >= min(4, len(set(self.columns.values())))

    def by_header(self) -> dict[str, str]:
        return dict(self.columns)

    def resolve(self, header: Sequence[str]) -> list[MappedColumn]:
        """What the columns stand for, by place."""
        order = {name: place for place, name in enumerate(self.columns)}
        first: dict[str, int] = {}
        for place in sorted(range(len(header)), key=lambda one: order.get(folded(header[one]), 0)):
            meaning = self._meaning(header[place])
            if meaning:
                first.setdefault(meaning, place)
        return [self._mapped(name, place, first) for place, name in enumerate(header)]

    def _mapped(self, name: str, place: int, first: Mapping[str, int]) -> MappedColumn:
        meaning = self._meaning(name)
        if first.get(meaning) != place:
            meaning = ""
        return MappedColumn(header=name, column=meaning, values=dict(self.values.get(meaning, {})))

    def _meaning(self, name: str) -> str:
        """What a header stands for, "" for nothing."""
        plain = folded(name)
        if plain in self.columns:
            return self.columns[plain]
        if name in self.of_kind.by_name or name in ACCOUNT_NAMES or name.startswith(ATTRIBUTE):
            return name
        for pattern, meaning in self.patterns:
            if found := re.fullmatch(pattern, name, re.IGNORECASE):
                return found.expand(meaning)
        if not self.of_kind.attributes or plain in self.ignored or not plain:
            return ""
        return f"{ATTRIBUTE}{name.strip()}"

    def with_mapping(self, mapping: ColumnMap | None) -> "PresetColumns":
        return PresetColumns(self, mapping)


class PresetColumns:
    """The columns of a file by a preset, save for what a mapping says otherwise."""

    def __init__(self, preset: Preset, mapping: ColumnMap | None) -> None:
        self.preset, self._mapping = preset, mapping

    def by_header(self) -> dict[str, str]:
        result = self._mapping.by_header() if self._mapping else {}
        return self.preset.by_header() | result

    def resolve(self, header: Sequence[str]) -> list[MappedColumn]:
        own = self.preset.resolve(header)
        if isinstance(self._mapping, ByPlace):
            return self._mapping.resolve(header)
        if not isinstance(self._mapping, ByName):
            return own
        result = self._mapping.resolve(header)
        return [one if one.mapped else ours for one, ours in zip(result, own, strict=True)]
