"""The rows of a measure as the parts of a SELECT, so that one scan can serve many measures."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Self, cast

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import CharField, F, Value
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Cast
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.where import AND, WhereNode

from metrics.catalogue.records import Measure
from metrics.catalogue.sql import Sql
from metrics.figures.segments import (
    Segment,
    account_id_expression,
    rows_in_segment,
    value_expression,
)
from metrics.windows.day_parameters import bind
from metrics.windows.periods import Window
from tenants.typing import AnyRows


@dataclass(frozen=True, kw_only=True)
class CompiledRows:
    """Which rows count, what each counts, whose it is, and which segment it says it is for.

    `source` is what stands behind FROM, and every one of the `conditions` and of the `correlated`
    must hold. These have a SELECT of their own that looks at the row: only where it stands alone
    is it a join to the planner. Grouped rows may have conditions on their group, `having`.
    """

    source: Sql
    conditions: tuple[Sql, ...] = ()
    correlated: tuple[Sql, ...] = ()
    group_by: tuple[Sql, ...] = ()
    having: tuple[Sql, ...] = ()
    value: Sql
    account: Sql
    segment: Sql

    def over(self, days: Window) -> Self:
        """The same with the days of a real window, where they were compiled for a template."""
        return replace(
            self,
            source=_over(self.source, days),
            conditions=tuple(_over(one, days) for one in self.conditions),
            correlated=tuple(_over(one, days) for one in self.correlated),
            group_by=tuple(_over(one, days) for one in self.group_by),
            having=tuple(_over(one, days) for one in self.having),
            value=_over(self.value, days),
            account=_over(self.account, days),
            segment=_over(self.segment, days),
        )


def _over(part: Sql, days: Window) -> Sql:
    return Sql(part.text, tuple(bind(part.parameters, days))) if part.parameters else part


def compiled_rows(
    measure: Measure, days: Window, *, segment: Segment | None = None
) -> tuple[CompiledRows, ...]:
    """The rows of each kind of a measure, without kinds of which it is plain that there are none.

    Where a middle is sought, the rows of all kinds are one.
    """
    kinds = measure.union_members()
    if measure.median and len(kinds) > 1:
        union = row_union(measure, days, segment=segment)
        return (_whole(union),) if union else ()
    found = (_compiled(_row_query(kind, days, segment).query) for kind in kinds)
    return tuple(one for one in found if one)


def row_union(measure: Measure, days: Window, *, segment: Segment | None = None) -> Sql | None:
    """A SELECT of the rows of all kinds: what each counts, whose it is, for which segment.

    None when it is plain that there are none.
    """
    kinds = []
    for kind in measure.union_members():
        with suppress(EmptyResultSet):
            text, parameters = _row_query(kind, days, segment).query.sql_with_params()
            kinds.append(Sql(text, tuple(parameters)))
    return Sql.joined(" UNION ALL ", kinds) if kinds else None


def _compiled(query: Query) -> CompiledRows | None:
    try:
        compiler = query.clone().get_compiler(DEFAULT_DB_ALIAS)
        _extra, _order, grouping = compiler.pre_sql_setup()
        grouped = compiler.query.group_by is not None
        asked = compiler.query.where.split_having_qualify(must_group_by=grouped)
        over = any(one.contains_over_clause for one, _sql, _alias in compiler.select)
        if over or asked[2] or query.distinct or query.combinator or query.is_sliced:
            text, parameters = query.sql_with_params()
            return _whole(Sql(text, tuple(parameters)))
        return _in_parts(compiler, where=asked[0], having=asked[1], grouping=grouping)
    except EmptyResultSet:
        return None


def _row_query(kind: Measure, days: Window, segment: Segment | None) -> AnyRows:
    rows = rows_in_segment(kind, days, segment)
    own = F(kind.segment_path) if kind.segment_path else Cast(Value(None), CharField())
    expr = value_expression(kind, days, segment)
    return rows.order_by().values_list(expr, account_id_expression(kind), own)


def _whole(rows: Sql) -> CompiledRows:
    return CompiledRows(
        source=Sql.filled("({rows}) each_row(row_value, account_id, segment)", rows=rows),
        value=Sql("each_row.row_value"),
        account=Sql("each_row.account_id"),
        segment=Sql("each_row.segment"),
    )


def _in_parts(
    compiler: SQLCompiler,
    *,
    where: WhereNode | None,
    having: WhereNode | None,
    grouping: Sequence[tuple[str, Sequence[object]]],
) -> CompiledRows:
    selected = [Sql(text, tuple(parameters)) for _expr, (text, parameters), _as in compiler.select]
    value, account, segment = selected
    # Django groups by the position of what is selected.
    places = {str(number): one for number, one in enumerate(selected, start=1)}
    conditions = list(_conditions(compiler, where))
    correlated = [one for one in conditions if _is_correlated(one, compiler.query)]
    tables, parameters = compiler.get_from_clause()
    return CompiledRows(
        source=Sql(" ".join(tables), tuple(parameters)),
        conditions=tuple(one for one in conditions if one not in correlated),
        correlated=tuple(correlated),
        group_by=tuple(places.get(text) or Sql(text, tuple(of_text)) for text, of_text in grouping),
        having=tuple(_conditions(compiler, having)),
        value=value,
        account=account,
        segment=segment,
    )


def _is_correlated(condition: Sql, query: Query) -> bool:
    """Whether a SELECT within it names one of the tables of the row."""
    _before, select, inner = condition.text.partition("SELECT")
    names = "|".join(map(re.escape, query.alias_map))
    return bool(select and re.search(rf'\b(?:{names})"?\.', inner))


def _conditions(compiler: SQLCompiler, node: WhereNode | None) -> Iterator[Sql]:
    """What must hold all together, one by one."""
    if node is None:
        return
    if isinstance(node, WhereNode) and node.connector == AND and not node.negated:
        for child in node.children:
            yield from _conditions(compiler, cast(WhereNode, child))
        return
    try:
        text, parameters = compiler.compile(cast(BaseExpression, node))
    except FullResultSet:
        return
    yield Sql(text, tuple(parameters))
