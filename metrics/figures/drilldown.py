"""The rows behind a number: the very rows that were totalled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, cast

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from metrics.catalogue.records import Measure
from metrics.figures.readings import Reading
from metrics.figures.segments import (
    Segment,
    account_id_expression,
    filter_by_segment,
    rows_in_segment,
    value_expression,
)
from metrics.windows.periods import Window
from tenants import formats
from tenants.context import tenant_connection
from tenants.typing import AnyField, Json, SqlRow

PARTS = {
    "numerator": _("Numerator"),
    "denominator": _("Denominator"),
    "excluded": _("Left out"),
}
# Columns that are no field of a model, and those whose field says too little by itself.
HEADINGS = {
    "account__name": _("account"),
    "account__external_id": _("external id"),
    "subscription__external_id": _("subscription"),
    "plan": _("plan"),
    "survey__name": _("survey"),
    "first_paid": _("first paid on"),
    "months": _("months"),
    "mrr_then": _("MRR then"),
    "mrr_now": _("MRR now"),
    "kept": _("kept"),
    "gone": _("gone"),
    "last_on": _("last on"),
    "how_often": _("events"),
    "features": _("features in use"),
    "paid_seats": _("seats paid for"),
    "mrr": _("MRR"),
    "reason": _("reason"),
    "ticket__external_id": _("ticket"),
    "ticket__subject": _("subject"),
    "subscription__account__name": _("account"),
    "account__owner_email": _("owner"),
    "first_at": _("first seen"),
    "steps": _("steps"),
    "active_days": _("active days"),
    "begun_at": _("began"),
    "last_step": _("latest step"),
    "done_at": _("done"),
    "mrr_due": _("MRR due"),
    "mrr_renewed": _("MRR renewed"),
    "expected": _("days to be expected"),
    "resolution_seconds": _("seconds"),
    "business_resolution_seconds": _("seconds"),
}
COUNTS = _("counts")


@dataclass(frozen=True, kw_only=True)
class DrillDown:
    """One part of a number, as a table. A row is the account's id, what it counts, its cells."""

    part: str
    parts: dict[str, StrOrPromise]
    columns: tuple[str, ...]
    model: type[Model]
    counted: bool
    rows: QuerySet[Model, SqlRow]

    @property
    def headings(self) -> list[str]:
        """What the columns are called, in the reader's language."""
        named = [heading(self.model, column) for column in self.columns]
        return [*named, str(COUNTS)] if self.counted else named

    @property
    def names(self) -> tuple[str, ...]:
        """What the cells of a row are called by programs."""
        return ("account_id", "counts", *self.columns)

    def lines(self, rows: Iterable[SqlRow]) -> list["Line"]:
        """Some of the rows, as people read them."""
        return [Line(row[0], self._cells(row)) for row in rows]

    def records(self, rows: Iterable[SqlRow] | None = None) -> Iterator[Json]:
        """The rows, or some of them, for programs: what each counts, and its columns by name."""
        found = self.rows if rows is None else rows
        return (dict(zip(self.names, row, strict=True)) for row in found)

    def _cells(self, row: SqlRow) -> list[str]:
        pairs = zip(row[2:], self.columns, strict=True)
        cells = [shown(value, column, self.model) for value, column in pairs]
        return [*cells, shown(row[1], "", self.model)] if self.counted else cells


class Line(NamedTuple):
    """A row as a person reads it, and the account that it leads to."""

    account: int | None
    cells: list[str]


def drill_down(reading: Reading, *, part: str = "", segment: Segment | None = None) -> DrillDown:
    """The rows of a part of `reading`; the numerator's, unless asked for another that exists."""
    measures = dict(_measures(reading))
    chosen = part if part in measures else "numerator"
    measure = measures[chosen]
    excluded = chosen == "excluded"
    columns = (*measure.columns, "reason") if excluded else measure.columns
    if excluded:
        kinds = [_left_out(measure, reading.days, segment)]
    else:
        kinds = [_counted(kind, reading.days, segment) for kind in measure.union_members()]
    return DrillDown(
        part=chosen,
        parts={name: PARTS[name] for name in measures},
        columns=columns,
        model=kinds[0].model,
        counted=not excluded and (measure.expr is not None or len(kinds) > 1),
        rows=kinds[0].union(*kinds[1:], all=True).order_by(*columns[:3]) if kinds[1:] else kinds[0],
    )


def _measures(reading: Reading) -> Iterator[tuple[str, Measure]]:
    definition = reading.definition
    yield "numerator", definition.numerator
    if definition.denominator:
        yield "denominator", definition.denominator
    for measure in (definition.numerator, definition.denominator):
        if measure and measure.excluded:
            yield "excluded", measure
            return


def _counted(measure: Measure, days: Window, segment: Segment | None) -> QuerySet[Model, SqlRow]:
    """The rows of one kind, each with its account and with what it counts."""
    rows = rows_in_segment(measure, days, segment).order_by(*measure.columns[:3])
    expr = value_expression(measure, days, segment)
    return rows.values_list(account_id_expression(measure), expr, *measure.columns)


def _left_out(measure: Measure, days: Window, segment: Segment | None) -> QuerySet[Model, SqlRow]:
    rows = measure.excluded(days) if measure.excluded else measure.rows(days).none()
    found = filter_by_segment(rows, measure, days, segment).order_by(*measure.columns[:3])
    return found.values_list(account_id_expression(measure), Value(0), *measure.columns, "reason")


def heading(model: type[Model], column: str) -> str:
    """What a column is called, in the reader's language."""
    if column in HEADINGS:
        return str(HEADINGS[column])
    field = _field(model, column)
    return str(field.verbose_name) if field else gettext(column)


def _field(model: type[Model], column: str) -> "AnyField | None":
    try:
        return cast(AnyField, model._meta.get_field(column))
    except FieldDoesNotExist:
        return None


def shown(value: object, column: str, model: type[Model]) -> str:
    """A cell as people read it."""
    if value is None:
        return formats.unknown()
    if isinstance(value, datetime):
        return formats.moment(value, zone=tenant_connection().tenant.timezone)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal | int):
        return formats.number(value)
    field = _field(model, column)
    if field and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return gettext(str(value)) if column == "reason" else str(value)
