"""The rows behind a number: the very rows that were totalled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Field, Model, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.records import Measure
from metrics.reading import Reading, Segment, within

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
    "first_paid": _("first paid on"),
    "months": _("months"),
    "reason": _("reason"),
}


@dataclass(frozen=True, kw_only=True)
class DrillDown:
    """One part of a number, as a table. `account_ids` leads each row to its account."""

    part: str
    parts: dict[str, Any]
    columns: tuple[str, ...]
    headings: list[str]
    rows: QuerySet[Any, dict[str, Any]]
    account: str


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
        account=account,
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
