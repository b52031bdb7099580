"""One reading of some tables for all measures, over all windows, that count rows of them.

What every one of them asks of a row is asked once. What only some ask is a flag beside the row, and
each adds up the rows that its flags let through.
"""

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from metrics.catalogue.sql import Sql
from metrics.figures.compiled_rows import CompiledRows

ONE = Sql("%s", (1,))  # what a row counts where rows are counted
COLUMN = re.compile(r'"\w+"\."\w+"')
BOUND = re.compile(r"(.+ (?:<|<=|>|>=)) %s", re.DOTALL)
MOST = 300  # parts of one statement: a SELECT has room for 1,664 columns

# The OFFSET is a fence: without it what a row counts would be worked out for every sum anew.
ROWS = "SELECT {columns} FROM {source}{flags}{where}{group} OFFSET 0"

T = TypeVar("T")
BY_ACCOUNT = "SELECT account_id, segment, {sums} FROM ({rows}) rows GROUP BY account_id, segment"

Conditions = tuple[Sql, ...]


@dataclass(frozen=True, eq=False)
class Part:
    """What is added up of a scan: which of its rows, and what each counts."""

    rows: CompiledRows
    median: bool = False

    @property
    def counts_rows(self) -> bool:
        """Whether each row counts one, so that the number of rows says everything."""
        return self.rows.value == ONE

    @property
    def adds_up_groups(self) -> bool:
        """Whether a group counts by what its rows add up to, and not because it has one."""
        return bool(self.rows.group_by and (self.rows.having or not self.counts_rows))

    @cached_property
    def scan(self) -> Hashable:
        """What parts must have in common to be answered by one scan."""
        rows = self.rows
        fixed = [*rows.correlated]
        if self.adds_up_groups:  # of all its rows
            fixed += rows.conditions
        return (
            *(rows.source, rows.account, rows.segment, rows.group_by, frozenset(fixed)),
            *(self.adds_up_groups, self.median),
        )


def scans_of(parts: Iterable[Part]) -> Iterator["Scan"]:
    """The parts, by what can be read at once."""
    found: dict[Hashable, dict[Part, None]] = {}
    for part in parts:
        found.setdefault(part.scan, {})[part] = None
    for alike in found.values():
        together = list(alike)
        for start in range(0, len(together), MOST):
            yield Scan(together[start : start + MOST])


class Scan:
    """Parts that are answered together: the rows that they need, and what each adds up of them."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self._first = parts[0].rows
        self._sums_groups = parts[0].adds_up_groups
        self._shared = frozenset.intersection(*(frozenset(one.rows.conditions) for one in parts))
        self._asked = {part: self._conditions_of(part) for part in parts}
        self._flags = _named("f", (one for asked in self._asked.values() for one in asked))
        self._groups = _named("g", self._asked.values())
        self._values = _named("v", (part.rows.value for part in parts if not part.counts_rows))

    def _conditions_of(self, part: Part) -> Conditions:
        """What a part, and not every one, asks of a row; or of a group, if that is added up."""
        if self._sums_groups:
            return part.rows.having
        return tuple(one for one in part.rows.conditions if one not in self._shared)

    @cached_property
    def rows(self) -> Sql:
        """A SELECT of each row: its account, the segment it says, its flags, what it counts."""
        return Sql.filled(
            ROWS,
            columns=Sql.joined(", ", self._columns()),
            source=self._first.source,
            flags=self._flags_of_rows(),
            where=_clause(" WHERE ", " AND ", self._required()),
            group=_clause(" GROUP BY ", ", ", self._first.group_by),
        )

    @cached_property
    def sums(self) -> list[str]:
        """What is selected of the rows for the parts in their order: for each their number where
        every row counts one, else the total, the squares, the number and how many are unknown.
        """
        return [text for part in self.parts for text in self._sums(part)]

    @cached_property
    def rows_of_accounts(self) -> Sql:
        """The same sums of each account and segment that the rows say, under names."""
        sums = (f"{text} AS s{number}" for number, text in enumerate(self.sums))
        return Sql.filled(BY_ACCOUNT, sums=Sql(", ".join(sums)), rows=self.rows)

    @property
    def sums_of_accounts(self) -> list[str]:
        """What is selected of `rows_of_accounts` for the parts."""
        return [
            f"coalesce(sum(s{number}), 0){'::bigint' if text.startswith('count') else ''}"
            for number, text in enumerate(self.sums)
        ]

    @property
    def has_many_rows_of_an_account(self) -> bool:
        """Whether adding up each account's rows first makes them fewer; a middle cannot be."""
        middle = self.parts[0].median
        return not middle and self._first.account.text != '"accounts_account"."id"'

    def _sums(self, part: Part) -> list[str]:
        only = self._filter(part)
        if part.counts_rows:
            return [f"count(*){only}"]
        value = self._values[part.rows.value]
        total = f"coalesce(sum({value}){only}, 0)"
        if part.median:
            middle = f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {value})"
            total = f"({middle}{only})::numeric"
        squares = f"coalesce(sum({value} * {value}){only}, 0)"
        return [total, squares, f"count(*){only}", f"count(*){only} - count({value}){only}"]

    def _filter(self, part: Part) -> str:
        asked = self._asked[part]
        if not asked:
            return ""
        flags = self._groups[asked] if self._flags_groups else self._all(asked)
        return f" FILTER (WHERE {flags})"

    @property
    def _flags_groups(self) -> bool:
        """Whether a group has the flags that any of its rows has."""
        return bool(self._first.group_by) and not self._sums_groups

    def _all(self, asked: Conditions) -> str:
        return " AND ".join(self._flags[one] for one in asked)

    def _columns(self) -> Iterator[Sql]:
        yield _as("account_id", self._first.account)
        yield _as("segment", self._first.segment)
        yield from self._flag_columns()
        for value, name in self._values.items():
            yield _as(name, self._guarded(value))

    def _flag_columns(self) -> Iterator[Sql]:
        if self._flags_groups:
            groups = ((asked, name) for asked, name in self._groups.items() if asked)
            yield from (Sql(f"bool_or({self._all(asked)}) AS {name}") for asked, name in groups)
        elif self._sums_groups:
            yield from (_as(name, one) for one, name in self._flags.items())
        else:
            yield from map(Sql, self._flags.values())

    def _flags_of_rows(self) -> Sql:
        """The flags beside each row: written once, asked where they are needed."""
        if self._sums_groups or not self._flags:
            return Sql("")
        columns = Sql.joined(", ", (_as(name, one) for one, name in self._flags.items()))
        return Sql.filled(" CROSS JOIN LATERAL (SELECT {columns}) flags", columns=columns)

    def _required(self) -> Iterator[Sql]:
        """What must hold of a row for any part to count it."""
        yield from map(_bracketed, self._first.correlated)
        yield from (_bracketed(one) for one in self._first.conditions if one in self._shared)
        if not self._sums_groups:
            yield from _loosest_bounds(list(self._asked.values()))
            yield from self._any_of(self._asked.values())

    def _guarded(self, value: Sql) -> Sql:
        """What a row counts, worked out only where it is added up."""
        askers = [self._asked[part] for part in self.parts if part.rows.value == value]
        for guard in self._any_of(askers) if not COLUMN.fullmatch(value.text) else ():
            return Sql.filled("CASE WHEN {guard} THEN {value} END", guard=guard, value=value)
        return value

    def _any_of(self, askers: Iterable[Conditions]) -> Iterator[Sql]:
        """That one of them has all that it asks; nothing, where one asks for nothing."""
        alternatives = dict.fromkeys(askers)
        if all(alternatives):
            yield _bracketed(
                Sql.joined(
                    " OR ",
                    (_bracketed(Sql.joined(" AND ", map(self._here, one))) for one in alternatives),
                )
            )

    def _here(self, condition: Sql) -> Sql:
        """A condition where rows are read: its flag, or that of a group, which has none yet."""
        return _bracketed(condition) if self._sums_groups else Sql(self._flags[condition])


def _named(letter: str, what: Iterable[T]) -> dict[T, str]:
    return {one: f"{letter}{number}" for number, one in enumerate(dict.fromkeys(what))}


def _as(name: str, part: Sql) -> Sql:
    return Sql.filled(f"({{part}}) AS {name}", part=part)


def _bracketed(part: Sql) -> Sql:
    return Sql.filled("({part})", part=part)


def _clause(keyword: str, separator: str, parts: Iterable[Sql]) -> Sql:
    """The clause; nothing without parts."""
    joined = Sql.joined(separator, parts)
    return Sql(keyword + joined.text, joined.parameters) if joined.text else joined


def _loosest_bounds(askers: list[Conditions]) -> Iterator[Sql]:
    """The first and the last day that any asker wants, of what they all compare with days.

    It lets the database leave aside what is before or after all windows, by an index perhaps.
    """
    bounds = [dict(_day_bounds(asked)) for asked in askers]
    for compared in bounds[0]:
        if all(compared in one for one in bounds):
            days = [one[compared] for one in bounds]
            loosest = max(days) if "<" in compared.text[-2:] else min(days)
            yield Sql(f"{compared.text} %s", (*compared.parameters, loosest))


def _day_bounds(asked: Conditions) -> Iterator[tuple[Sql, date]]:
    """Each comparison with a day: what is compared how, and the day."""
    for one in asked:
        found = BOUND.fullmatch(one.text)
        day = one.parameters[-1] if found else None
        if found and isinstance(day, date) and not isinstance(day, datetime):
            yield Sql(found[1], one.parameters[:-1]), day
