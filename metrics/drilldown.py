"""The rows behind a number: the very rows that were totalled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Field, Model, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.money import Movement
from metrics.catalogue.records import Measure
from metrics.reading import Reading, Segment, within
from tenants import formats
from tenants.context import wrapper

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
    "subscription__plan": _("plan"),
    "survey__name": _("survey"),
    "first_paid": _("first paid on"),
    "months": _("months"),
    "mrr_then": _("MRR then"),
    "mrr_now": _("MRR now"),
    "kept": _("kept"),
    "reason": _("reason"),
}


@dataclass(frozen=True, kw_only=True)
class DrillDown:
    """One part of a number, as a table."""

    part: str
    parts: dict[str, Any]
    columns: tuple[str, ...]
    headings: list[str]
    rows: QuerySet[Any, dict[str, Any]]

    def lines(self, rows: Iterable[dict[str, Any]]) -> list["Line"]:
        """Some of the rows, as people read them."""
        return [
            Line(row["account_pk"], [shown(row[column], column) for column in self.columns])
            for row in rows
        ]


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
    source = measure.left_out if excluded and measure.left_out else measure.rows
    columns = (*measure.columns, "reason") if excluded else measure.columns
    rows = within(source(reading.days), measure, segment)
    account = f"{measure.account}_id" if measure.account else "pk"
    return DrillDown(
        part=chosen,
        parts={name: PARTS[name] for name in measures},
        columns=columns,
        headings=[heading(rows.model, column) for column in columns],
        rows=rows.order_by(*measure.columns[:2]).values(*columns, account_pk=F(account)),
    )


def _measures(reading: Reading) -> Iterator[tuple[str, Measure]]:
    definition = reading.definition
    yield "numerator", definition.numerator
    if definition.denominator:
        yield "denominator", definition.denominator
    for measure in (definition.numerator, definition.denominator):
        if measure and measure.left_out:
            yield "excluded", measure
            return


def heading(model: type[Model], column: str) -> str:
    """What a column is called, in the reader's language."""
    if column in HEADINGS:
        return str(HEADINGS[column])
    try:
        field = cast("Field[Any, Any]", model._meta.get_field(column))
    except FieldDoesNotExist:
        return gettext(column)
    return str(field.verbose_name)


def shown(value: Any, column: str) -> str:
    """A cell as people read it."""
    if value is None:
        return formats.unknown()
    if isinstance(value, datetime):
        return formats.moment(value, zone=wrapper().tenant.timezone)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Decimal | int):
        return formats.number(value)
    if column == "kind":
        return str(Movement.Kind(value).label)
    return gettext(value) if column == "reason" else str(value)
