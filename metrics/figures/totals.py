"""Totals of a measure's rows: of the tenant, of its segments, of each account.

One statement each, whatever the number of rows: the rows stay in the database.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from metrics.catalogue.records import Measure
from metrics.catalogue.sql import Sql
from metrics.figures.dimensions import NIGHTLY_DIMENSIONS
from metrics.figures.segments import (
    Segment,
    account_id_expression,
    rows_in_segment,
    value_expression,
)
from metrics.windows.day_parameters import bind, window_template
from metrics.windows.periods import Window
from tenants.typing import SqlRow, SqlValues


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


ZERO_TOTAL = Total()
NO_MEDIAN = Total(total=None)
# The OFFSET is a fence: without it what a row counts would be worked out for every sum anew.
ROWS = "(SELECT * FROM ({rows}) each_row(row_value, account_id, segment) OFFSET 0) rows"
SUM = "coalesce(sum(row_value), 0)"
MEDIAN = "(percentile_cont(0.5) WITHIN GROUP (ORDER BY row_value))::numeric"
REST = "coalesce(sum(row_value * row_value), 0), count(*), count(*) - count(row_value)"


class _Found(NamedTuple):
    """A line of the answer by segments: which cut it is of, and of each cut the value."""

    bits: int
    values: tuple[str | None, ...]
    sums: SqlRow


class Totals:
    """Adds up measures over windows; each measure is put into SQL once, however many windows."""

    def __init__(self) -> None:
        # Of segments, since there may be any number of them; measures are told apart by identity,
        # so none may go away meanwhile.
        self._texts: dict[tuple[object, ...], tuple[Measure, Sql | None]] = {}
        self._cursor: CursorWrapper | None = None

    @contextmanager
    def one_cursor(self) -> Iterator[None]:
        """Answer everything that is read within this block with one cursor.

        A cursor costs a round trip that puts on the tenant; a night would open hundreds. Within
        the block the tenant must not change, nor the transaction end.
        """
        with connection.cursor() as self._cursor:
            try:
                yield
            finally:
                self._cursor = None

    def totals(
        self, measure: Measure, windows: Iterable[Window], *, segment: Segment | None = None
    ) -> dict[Window, Total]:
        """Of the whole tenant, or of one segment: over all windows in one statement."""
        found = {days: empty_total(measure) for days in windows}
        template = f"{_sums(measure)} FROM {ROWS}"
        for days, sums in self._answers(template, measure, list(found), segment=segment):
            found[days] = Total(*sums)
        return found

    def by_segment(
        self, measure: Measure, windows: Iterable[Window]
    ) -> dict[Window, dict[Segment | None, Total]]:
        """Of the tenant (under None) and of every segment that has rows, in one statement too."""
        # A row without an account may itself say which segment it is for.
        own = {"segment": "coalesce(account.segment, rows.segment)"}
        names = [own.get(column, f"account.{column}") for column in NIGHTLY_DIMENSIONS]
        listed, sets = ", ".join(names), ", ".join(f"({name})" for name in names)
        template = (
            f"GROUPING({listed}), {listed}, {_sums(measure)} FROM {ROWS} "
            "LEFT JOIN accounts_memberships({day}) account ON account.account_id = rows.account_id "
            f"GROUP BY GROUPING SETS ((), {sets})"
        )
        width = 1 + len(NIGHTLY_DIMENSIONS)
        found: dict[Window, dict[Segment | None, Total]]
        found = {days: {None: empty_total(measure)} for days in windows}
        for days, row in self._answers(template, measure, list(found)):
            line = _Found(row[0], row[1:width], row[width:])
            found[days].update({segment: Total(*line.sums) for segment in _segment_of(line)})
        return found

    def _answers(
        self,
        template: str,
        measure: Measure,
        windows: list[Window],
        *,
        segment: Segment | None = None,
    ) -> Iterator[tuple[Window, SqlRow]]:
        """The lines that `template` answers with for each window, asked for all at once."""
        requested = [(days, self._rows(measure, days, segment=segment)) for days in windows]
        known = [(days, rows) for days, rows in requested if rows]
        if not known:
            return
        text = " UNION ALL ".join(
            f"SELECT {number}, {_bound(template, rows, days)}"
            for number, (days, rows) in enumerate(known)
        )
        parameters = [value for _days, rows in known for value in rows.parameters]
        for number, *line in self._fetch(text, parameters):
            yield known[number][0], tuple(line)

    def _fetch(self, text: str, parameters: SqlValues) -> list[SqlRow]:
        if self._cursor is None:
            with self.one_cursor():
                return self._fetch(text, parameters)
        self._cursor.execute(text, parameters)
        lines: list[SqlRow] = self._cursor.fetchall()
        return lines

    def _rows(
        self,
        measure: Measure,
        days: Window,
        *,
        segment: Segment | None = None,
    ) -> Sql | None:
        text = self._text(measure, days.movements_stored, segment)
        return text and Sql(text.text, tuple(bind(text.parameters, days)))

    def _text(
        self, measure: Measure, movements_stored: bool, segment: Segment | None
    ) -> Sql | None:
        """The rows over any window, whoever asks. That of all rows is kept for good."""
        if segment is None:
            if movements_stored not in measure.compiled:
                measure.compiled[movements_stored] = _union(
                    _rows(measure, window_template(movements_stored=movements_stored))
                )
            return measure.compiled[movements_stored]
        of_segment = (id(measure), movements_stored, segment)
        if of_segment not in self._texts:
            rows = _rows(
                measure, window_template(movements_stored=movements_stored), segment=segment
            )
            self._texts[of_segment] = measure, _union(rows)
        return self._texts[of_segment][1]


def _bound(template: str, rows: Sql, days: Window) -> str:
    """The lines of one window; a date is written out, since it stands behind the parameters."""
    return template.replace("{day}", f"DATE '{days.day:%Y-%m-%d}'").replace("{rows}", rows.text)


def empty_total(measure: Measure) -> Total:
    """What no rows come to."""
    return NO_MEDIAN if measure.median else ZERO_TOTAL


def _sums(measure: Measure) -> str:
    return f"{MEDIAN if measure.median else SUM}, {REST}"


def by_account(measure: Measure, days: Window) -> Sql:
    """A SELECT of (account_id, total, n): every account that has rows."""
    rows = _union(_rows(measure, days))
    if not rows:
        return Sql("SELECT NULL::bigint AS account_id, NULL::numeric AS total, 0 AS n WHERE false")
    return Sql(
        "SELECT account_id, sum(row_value)::numeric AS total, count(*) AS n "
        f"FROM ({rows.text}) rows(row_value, account_id, segment) "
        "WHERE account_id IS NOT NULL GROUP BY account_id",
        rows.parameters,
    )


def _segment_of(found: _Found) -> Iterator[Segment | None]:
    """Which segment a line is of: bits are 0 for the one column that it was grouped by."""
    grouped = [
        n
        for n in range(len(NIGHTLY_DIMENSIONS))
        if not found.bits >> (len(NIGHTLY_DIMENSIONS) - 1 - n) & 1
    ]
    if not grouped:
        yield None
    elif found.values[grouped[0]] is not None:
        yield Segment(NIGHTLY_DIMENSIONS[grouped[0]], str(found.values[grouped[0]]))
    elif grouped[0] == 0:  # rows without an account, told once
        yield Segment.NO_ACCOUNT


def _rows(measure: Measure, days: Window, *, segment: Segment | None = None) -> Iterator[Sql]:
    """The rows of each kind, as a SELECT of what each counts, whose it is, for which segment."""
    for kind in measure.union_members():
        rows = rows_in_segment(kind, days, segment)
        own = (
            F(kind.segment_path)
            if kind.segment_path
            else Cast(Value(None), output_field=CharField())
        )
        expr = value_expression(kind, days, segment)
        requested = rows.order_by().values_list(expr, account_id_expression(kind), own)
        try:
            text, parameters = requested.query.sql_with_params()
        except EmptyResultSet:
            continue
        yield Sql(text, tuple(parameters))


def _union(kinds: Iterable[Sql]) -> Sql | None:
    """The rows of all kinds as one; None when it is plain that there are none."""
    found = list(kinds)
    if not found:
        return None
    text = " UNION ALL ".join(one.text for one in found)
    return Sql(text, tuple(value for one in found for value in one.parameters))
