"""How fast customers are answered and helped."""

from django.db.models import DecimalField, F, Value
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from metrics.catalogue.records import Direction, Metric, Rows, Source, Unit, Variant
from metrics.catalogue.ticket_rows import (
    OF_TICKET,
    answered,
    first_solved,
    not_among,
    not_answered,
    stayed_solved,
    tickets_measure,
)

SUPPORT = Source.SUPPORT
SECONDS = DecimalField(max_digits=20, decimal_places=6)
NONE_SOLVED = _("No ticket was solved in the period.")
MEAN = _("Seconds, summed ÷ tickets")


def _mean(
    label: StrOrPromise,
    formula: StrOrPromise,
    rows: Rows,
    column: str,
    *,
    excluded: Rows,
    when_empty: StrOrPromise,
) -> Variant:
    columns = (*OF_TICKET, column)
    return Variant(
        label=label,
        formula=formula,
        numerator=tickets_measure(rows, excluded, expr=F(column), columns=columns),
        denominator=tickets_measure(rows, excluded, columns=columns),
        when_empty=when_empty,
    )


def _median(
    label: StrOrPromise,
    formula: StrOrPromise,
    rows: Rows,
    column: str,
    *,
    excluded: Rows,
    when_empty: StrOrPromise,
) -> Variant:
    columns, expr = (*OF_TICKET, column), F(column)
    median = tickets_measure(rows, excluded, expr=expr, columns=columns, median=True)
    return Variant(label=label, formula=formula, numerator=median, when_empty=when_empty)


def _times(
    rows: Rows,
    column: str,
    *,
    excluded: Rows,
    when_empty: StrOrPromise,
    formula: StrOrPromise = MEAN,
) -> dict[str, Variant]:
    """Mean and median of a time, by the calendar and by business hours."""
    business = f"business_{column}"
    return {
        "mean": _mean(_("mean"), formula, rows, column, excluded=excluded, when_empty=when_empty),
        "median": _median(
            _("median"),
            _("The middle one of the times of all tickets"),
            rows,
            column,
            excluded=excluded,
            when_empty=when_empty,
        ),
        "business_mean": _mean(
            _("mean, in business hours"),
            _("Seconds of business hours, summed ÷ tickets"),
            rows,
            business,
            excluded=excluded,
            when_empty=when_empty,
        ),
        "business_median": _median(
            _("median, in business hours"),
            _("The middle one of the times of all tickets, in business hours"),
            rows,
            business,
            excluded=excluded,
            when_empty=when_empty,
        ),
    }


def _no_time(rows: Rows) -> Rows:
    """Tickets that are left out, which have no time to their solution."""
    none = {
        name: Value(None, output_field=SECONDS)
        for name in ("resolution_seconds", "business_resolution_seconds")
    }
    return lambda window: rows(window).annotate(**none)


FIRST_RESPONSE = Metric(
    key="first_response_time",
    name=_("Time to the first reply"),
    unit=Unit.SECONDS,
    direction=Direction.LOWER,
    source=SUPPORT,
    when_missing=_("A ticket without a reply has no time yet."),
    variants=_times(
        answered,
        "response_seconds",
        excluded=not_answered,
        when_empty=_("No ticket was answered in the period."),
    ),
)
RESOLUTION = Metric(
    key="resolution_time",
    name=_("Time to the solution"),
    unit=Unit.SECONDS,
    direction=Direction.LOWER,
    source=SUPPORT,
    when_missing=_("Time in which a ticket waits for the customer is not counted."),
    variants={
        **_times(
            stayed_solved,
            "resolution_seconds",
            formula=_(
                "Seconds to the last solution of the period, summed ÷ tickets that are solved at "
                "its end"
            ),
            excluded=_no_time(not_among(stayed_solved)),
            when_empty=NONE_SOLVED,
        ),
        "first": _mean(
            _("to the first solution"),
            _(
                "Seconds to the first solution of a ticket, summed ÷ tickets that were solved for "
                "the first time in the period"
            ),
            first_solved,
            "resolution_seconds",
            excluded=_no_time(not_among(first_solved)),
            when_empty=NONE_SOLVED,
        ),
    },
)
