"""Support: what customers ask for, how fast and how well it is answered, what broke."""

from typing import Any

from django.db.models import DecimalField, F, Q, Value
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.incidents import DOWNTIME
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Metric,
    Rows,
    Source,
    Unit,
    Variant,
    total,
    trailing,
)
from metrics.catalogue.rows import UNKNOWN, begins
from metrics.catalogue.ticket_rows import (
    OF_CLOCK,
    OF_SOLVING,
    OF_TICKET,
    Tickets,
    answered,
    as_known,
    at_first_contact,
    broken,
    contacts,
    due,
    first_solved,
    last_solved,
    no_contacts,
    not_among,
    not_answered,
    not_due,
    of_test_accounts,
    received,
    solved,
    solved_again,
    stayed_solved,
    tickets_measure,
)
from metrics.intervals import wilson
from metrics.periods import Window
from support.models import OpenSpell, Ticket

SUPPORT = Source.SUPPORT
SECONDS = DecimalField(max_digits=20, decimal_places=6)
NO_TICKETS = _("No ticket was received in the period.")
NONE_SOLVED = _("No ticket was solved in the period.")
LATELY = 90


def _number(key: str, name: Any, direction: Direction, formula: Any, rows: Rows) -> Metric:
    return total(
        key=key,
        name=name,
        unit=Unit.COUNT,
        direction=direction,
        source=SUPPORT,
        silence=_("No tickets are 0 tickets."),
        formula=formula,
        numerator=tickets_measure(rows, of_test_accounts, columns=OF_CLOCK),
    )


def _fcr(label: Any, formula: Any, rows: Rows, left_out: Rows, **options: Any) -> Variant:
    """`options` are the columns of the rows, and what is said where there are none."""
    columns = options.pop("columns")
    return Variant(
        label=label,
        formula=formula,
        numerator=tickets_measure(at_first_contact(rows), columns=columns),
        denominator=tickets_measure(rows, left_out, columns=columns),
        scale=100,
        interval=wilson,
        **options,
    )


FCR = Metric(
    key="fcr",
    name=_("First contact resolution"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=SUPPORT,
    silence=UNKNOWN,
    variants={
        "of_received": _fcr(
            _("of the tickets received"),
            _(
                "Tickets of the period that were solved after at most so many public replies as "
                "the rules say (1) and not opened again within so many days (7) ÷ tickets received"
            ),
            contacts,
            no_contacts,
            columns=OF_CLOCK,
            when_empty=NO_TICKETS,
        ),
        "of_solved": _fcr(
            _("of the tickets solved"),
            _("The same, of the tickets that were solved in the period"),
            solved,
            not_among(solved),
            columns=OF_SOLVING,
            when_empty=NONE_SOLVED,
        ),
    },
)


MEAN = _("Seconds, summed ÷ tickets")


def _mean(label: Any, formula: Any, rows: Rows, column: str, **options: Any) -> Variant:
    """`options` are the rows that are left out, and what is said where there are none."""
    left_out = options.pop("left_out")
    columns = (*OF_TICKET, column)
    return Variant(
        label=label,
        formula=formula,
        numerator=tickets_measure(rows, left_out, worth=F(column), columns=columns),
        denominator=tickets_measure(rows, left_out, columns=columns),
        **options,
    )


def _median(label: Any, formula: Any, rows: Rows, column: str, **options: Any) -> Variant:
    left_out = options.pop("left_out")
    columns, worth = (*OF_TICKET, column), F(column)
    middle = tickets_measure(rows, left_out, worth=worth, columns=columns, middle=True)
    return Variant(label=label, formula=formula, numerator=middle, **options)


def _times(rows: Rows, column: str, *, formula: Any = MEAN, **options: Any) -> dict[str, Variant]:
    """Mean and median of a time, by the calendar and by business hours."""
    business = f"business_{column}"
    return {
        "mean": _mean(_("mean"), formula, rows, column, **options),
        "median": _median(
            _("median"), _("The middle one of the times of all tickets"), rows, column, **options
        ),
        "business_mean": _mean(
            _("mean, in business hours"),
            _("Seconds of business hours, summed ÷ tickets"),
            rows,
            business,
            **options,
        ),
        "business_median": _median(
            _("median, in business hours"),
            _("The middle one of the times of all tickets, in business hours"),
            rows,
            business,
            **options,
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
    silence=_("A ticket without a reply has no time yet."),
    variants=_times(
        answered,
        "response_seconds",
        left_out=not_answered,
        when_empty=_("No ticket was answered in the period."),
    ),
)
RESOLUTION = Metric(
    key="resolution_time",
    name=_("Time to the solution"),
    unit=Unit.SECONDS,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=_("Time in which a ticket waits for the customer is not counted."),
    variants={
        **_times(
            stayed_solved,
            "resolution_seconds",
            formula=_(
                "Seconds to the last solution of the period, summed ÷ tickets that are solved at "
                "its end"
            ),
            left_out=_no_time(not_among(stayed_solved)),
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
            left_out=_no_time(not_among(first_solved)),
            when_empty=NONE_SOLVED,
        ),
    },
)
OPENED = _number(
    "tickets_opened",
    _("Tickets opened"),
    Direction.NEITHER,
    _("Tickets that were opened in the period"),
    received,
)
DEFECTS = _number(
    "defects_reported",
    _("Defects reported"),
    Direction.LOWER,
    _("Tickets of the kind “defect” that were opened in the period"),
    lambda window: received(window).filter(kind=Ticket.Kind.DEFECT),
)


def _open_at_end(window: Window) -> Tickets:
    end = begins(window.end)
    still = Q(ends_at=None) | Q(ends_at__gte=end)
    return as_known(OpenSpell, window).filter(still, starts_at__lt=end)


OPEN_TICKETS = total(
    key="open_tickets",
    name=_("Open tickets"),
    unit=Unit.COUNT,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=_("No tickets are 0 tickets."),
    point_in_time=True,
    formula=_("Tickets that were neither solved nor closed at the end of the day"),
    numerator=tickets_measure(
        _open_at_end,
        columns=("account__name", "ticket__external_id", "ticket__subject", "starts_at"),
    ),
)
REOPEN_RATE = Metric(
    key="reopen_rate",
    name=_("Reopen rate"),
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=UNKNOWN,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Tickets solved in the period and opened again by its end ÷ tickets solved in it"
            ),
            numerator=tickets_measure(solved_again, columns=OF_SOLVING),
            denominator=tickets_measure(last_solved, not_among(last_solved), columns=OF_SOLVING),
            scale=100,
            when_empty=NONE_SOLVED,
            interval=wilson,
        )
    },
)


OF_PROMISE = ("account__name", "ticket__external_id", "kind", "due_at", "kept_at")
SLA_BREACH = Metric(
    key="sla_breach_rate",
    name=_("Broken promises"),
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=_(
        "Where nothing is promised for a priority, nothing can be broken; while a ticket waits "
        "for the customer, nothing falls due."
    ),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Promises of a first reply or a solution that were broken ÷ promises that fell due "
                "in the period"
            ),
            numerator=tickets_measure(broken, columns=OF_PROMISE),
            denominator=tickets_measure(due, not_due, columns=OF_PROMISE),
            scale=100,
            when_empty=_("No promise fell due in the period."),
            interval=wilson,
        )
    },
)


METRICS = [
    OPENED,
    OPEN_TICKETS,
    DEFECTS,
    FCR,
    FIRST_RESPONSE,
    RESOLUTION,
    REOPEN_RATE,
    SLA_BREACH,
    DOWNTIME,
]


def _of_account(metric: Metric, slot: int, **options: Any) -> AccountMetric:
    """A metric of support over the last ninety days of one account."""
    variant = metric.variants[metric.default_variant]
    about: dict[str, Any] = {
        "silence": _("Unknown without such tickets in the last 90 days."),
        "over": trailing(LATELY),
    }
    return AccountMetric(
        key=metric.key,
        slot=slot,
        name=metric.name,
        formula=variant.formula,
        unit=metric.unit,
        direction=metric.direction,
        source=SUPPORT,
        variant=variant,
        **(about | options),
    )


OF_ACCOUNTS = [
    _of_account(FCR, 25),
    _of_account(FIRST_RESPONSE, 26),
    _of_account(RESOLUTION, 27),
    _of_account(OPEN_TICKETS, 28, silence=OPEN_TICKETS.silence, over=trailing(1), when_silent=0),
    _of_account(REOPEN_RATE, 29),
    _of_account(SLA_BREACH, 32),
]
