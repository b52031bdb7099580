"""Totals of measures' rows: of the tenant, of its segments, of each account.

One statement for all that count rows of the same tables, whatever the number of rows: these stay in
the database.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice

from django.db import connection

from metrics.catalogue.records import Measure
from metrics.catalogue.sql import Sql
from metrics.figures import time_limit
from metrics.figures.compiled_rows import CompiledRows, compiled_rows, row_union
from metrics.figures.dimensions import NIGHTLY_DIMENSIONS
from metrics.figures.scans import Part, Scan, scans_of
from metrics.figures.segments import Segment
from metrics.windows.day_parameters import window_template
from metrics.windows.periods import Window
from tenants.typing import SqlRow


@dataclass(frozen=True)
class Total:
    """What rows add up to, how many they are, and the sum of the squares of what they count.

    `unknown` is the number of rows of which it is not known what they count (money without a
    rate): where there are any, the total is not known either. There is no middle of no rows.
    """

    total: Decimal | None = Decimal(0)
    squares: Decimal = Decimal(0)
    n: int = 0
    unknown: int = 0

    @classmethod
    def of_number(cls, n: int) -> "Total":
        """Of so many rows that count one each."""
        return cls(total=Decimal(n), squares=Decimal(n), n=n)

    def __add__(self, other: "Total") -> "Total":
        """Of the rows of both, of which neither is a middle."""
        return Total(
            total=(self.total or 0) + (other.total or Decimal(0)),
            squares=self.squares + other.squares,
            n=self.n + other.n,
            unknown=self.unknown + other.unknown,
        )


ZERO_TOTAL = Total()
NO_MEDIAN = Total(total=None)

# Each measure with the windows over which it is asked for.
Requests = Iterable[tuple[Measure, Iterable[Window]]]
# Where an answer is found; measures are told apart by identity.
Place = tuple[int, Window]
BySegment = dict[Segment | None, Total]

# A row without an account may itself say which segment it is for.
OWN = {"segment": "coalesce(account.segment, rows.segment)"}
NAMES = [OWN.get(column, f"account.{column}") for column in NIGHTLY_DIMENSIONS]
LISTED, SETS = ", ".join(NAMES), ", ".join(f"({name})" for name in NAMES)
BY_SEGMENT = (
    f"SELECT GROUPING({LISTED}), {LISTED}, {{sums}} FROM ({{rows}}) rows "
    "LEFT JOIN accounts_memberships({day}) account ON account.account_id = rows.account_id "
    f"GROUP BY GROUPING SETS ((), {SETS})"
)
OF_ALL = "SELECT {sums} FROM ({rows}) rows"


@dataclass(frozen=True)
class _Wanted:
    """What one measure adds up over one window: a part for each kind of its rows."""

    measure: Measure
    parts: list[Part]

    def total(self, found: dict[Part, Total]) -> Total:
        totals = [found[part] for part in self.parts if part in found]
        return sum(totals[1:], totals[0]) if totals else empty_total(self.measure)

    def by_segment(self, found: dict[Part, BySegment]) -> BySegment:
        segments = dict.fromkeys([None, *(one for part in self.parts for one in found[part])])
        return {
            segment: self.total(
                {part: found[part][segment] for part in self.parts if segment in found[part]}
            )
            for segment in segments
        }


class Totals:
    """Adds up measures over windows; each measure is put into SQL once, however many windows."""

    def __init__(self) -> None:
        # Of segments, since there may be any number of them; no measure may go away meanwhile.
        self._compiled: dict[tuple[object, ...], tuple[Measure, tuple[CompiledRows, ...]]] = {}

    def totals(self, requests: Requests, *, segment: Segment | None = None) -> dict[Place, Total]:
        """Of the whole tenant, or of one segment."""
        wanted = self._wanted(requests, segment=segment)
        found: dict[Part, Total] = {}
        for scan, (line,) in _answers(_of_all, _parts(wanted)):
            found.update(_totals_in(scan, line))
        return {place: one.total(found) for place, one in wanted.items()}

    def by_segment(self, requests: Requests) -> dict[Place, BySegment]:
        """Of the tenant (under None) and of every segment that has rows."""
        wanted = self._wanted(requests)
        found: dict[Part, BySegment] = {part: {} for part in _parts(wanted)}
        for day, places in _by_day(wanted).items():
            for scan, lines in _answers(partial(_segments, day=day), _parts(places)):
                for line in lines:
                    _read_line(scan, line, into=found)
        return {place: one.by_segment(found) for place, one in wanted.items()}

    def _wanted(
        self, requests: Requests, *, segment: Segment | None = None
    ) -> dict[Place, _Wanted]:
        """What each measure adds up over each of its windows; what is alike is one part."""
        parts: dict[tuple[CompiledRows, bool], Part] = {}
        wanted = {}
        for measure, windows in requests:
            for days in windows:
                kinds = self._rows(measure, days.movements_stored, segment)
                rows = [kind.over(days) for kind in kinds]
                wanted[id(measure), days] = _Wanted(
                    measure,
                    [
                        parts.setdefault((one, measure.median), Part(one, measure.median))
                        for one in rows
                    ],
                )
        return wanted

    def _rows(
        self, measure: Measure, movements_stored: bool, segment: Segment | None
    ) -> tuple[CompiledRows, ...]:
        """The rows over any window, whoever asks. Those of the tenant are kept for good."""
        template = window_template(movements_stored=movements_stored)
        if segment is None:
            if movements_stored not in measure.compiled:
                measure.compiled[movements_stored] = compiled_rows(measure, template)
            return measure.compiled[movements_stored]
        of_segment = (id(measure), movements_stored, segment)
        if of_segment not in self._compiled:
            self._compiled[of_segment] = measure, compiled_rows(measure, template, segment=segment)
        return self._compiled[of_segment][1]


def empty_total(measure: Measure) -> Total:
    """What no rows come to."""
    return NO_MEDIAN if measure.median else ZERO_TOTAL


def by_account(measure: Measure, days: Window) -> Sql:
    """A SELECT of (account_id, total, n): every account that has rows."""
    rows = row_union(measure, days)
    if not rows:
        return Sql("SELECT NULL::bigint AS account_id, NULL::numeric AS total, 0 AS n WHERE false")
    return Sql.filled(
        "SELECT account_id, sum(row_value)::numeric AS total, count(*) AS n "
        "FROM ({rows}) rows(row_value, account_id, segment) "
        "WHERE account_id IS NOT NULL GROUP BY account_id",
        rows=rows,
    )


def _parts(wanted: dict[Place, _Wanted]) -> dict[Part, None]:
    return dict.fromkeys(part for one in wanted.values() for part in one.parts)


def _by_day(wanted: dict[Place, _Wanted]) -> dict[date, dict[Place, _Wanted]]:
    """What is asked by the day on which an account is in its segments."""
    found: dict[date, dict[Place, _Wanted]] = {}
    for place, one in wanted.items():
        found.setdefault(place[1].day, {})[place] = one
    return found


def _answers(
    question: Callable[[Scan], Sql], parts: Iterable[Part]
) -> Iterator[tuple[Scan, list[SqlRow]]]:
    """The lines with which each scan answers, all with one cursor: each new one costs a trip."""
    with connection.cursor() as cursor:
        for scan in scans_of(parts):
            time_limit.check()
            asked = question(scan)
            cursor.execute(asked.text, asked.parameters)
            yield scan, cursor.fetchall()


def _of_all(scan: Scan) -> Sql:
    return Sql.filled(OF_ALL, sums=Sql(", ".join(scan.sums)), rows=scan.rows)


def _segments(scan: Scan, *, day: date) -> Sql:
    """With the segments that accounts are in at the end of a day."""
    many = scan.has_many_rows_of_an_account
    sums = scan.sums_of_accounts if many else scan.sums
    return Sql.filled(
        BY_SEGMENT,
        sums=Sql(", ".join(sums)),
        rows=scan.rows_of_accounts if many else scan.rows,
        day=Sql(f"DATE '{day:%Y-%m-%d}'"),
    )


def _totals_in(scan: Scan, sums: SqlRow) -> Iterator[tuple[Part, Total]]:
    """What a line says of each part of its scan."""
    values = iter(sums)
    for part in scan.parts:
        if part.counts_rows:
            yield part, Total.of_number(next(values))
        else:
            yield part, Total(*islice(values, 4))


def _read_line(scan: Scan, line: SqlRow, *, into: dict[Part, BySegment]) -> None:
    """Put down what a line says of its segment, for each part that has rows in it."""
    width = 1 + len(NIGHTLY_DIMENSIONS)
    for segment in _segment_of(line[0], line[1:width]):
        for part, total in _totals_in(scan, line[width:]):
            if total.n or segment is None:
                into[part][segment] = total


def _segment_of(bits: int, values: SqlRow) -> Iterator[Segment | None]:
    """Which segment a line is of: bits are 0 for the one column that it was grouped by."""
    last = len(NIGHTLY_DIMENSIONS) - 1
    grouped = [number for number in range(last + 1) if not bits >> (last - number) & 1]
    if not grouped:
        yield None
    elif values[grouped[0]] is not None:
        yield Segment(NIGHTLY_DIMENSIONS[grouped[0]], str(values[grouped[0]]))
    elif grouped[0] == 0:  # rows without an account, told once
        yield Segment.NO_ACCOUNT
