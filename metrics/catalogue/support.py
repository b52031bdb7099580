"""Support: what customers ask for, how fast and how well it is answered, what broke."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from metrics.catalogue.expressions import start_of_day
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
    trailing_days,
)
from metrics.catalogue.rows import UNKNOWN
from metrics.catalogue.ticket_rows import (
    OF_CLOCK,
    OF_SOLVING,
    Tickets,
    as_known,
    at_first_contact,
    broken,
    contacts,
    due,
    last_solved,
    no_contacts,
    not_among,
    not_due,
    of_test_accounts,
    received,
    solved,
    solved_again,
    tickets_measure,
)
from metrics.catalogue.ticket_times import FIRST_RESPONSE, NONE_SOLVED, RESOLUTION
from metrics.windows.intervals import wilson
from metrics.windows.periods import Window
from support.models import OpenSpell, Ticket

SUPPORT = Source.SUPPORT
NO_TICKETS = _("No ticket was received in the period.")
LATELY = 90


def _number(
    key: str, name: StrOrPromise, direction: Direction, formula: StrOrPromise, rows: Rows
) -> Metric:
    return total(
        key=key,
        name=name,
        unit=Unit.COUNT,
        direction=direction,
        source=SUPPORT,
        when_missing=_("No tickets are 0 tickets."),
        formula=formula,
        numerator=tickets_measure(rows, of_test_accounts, columns=OF_CLOCK),
    )


def _fcr(
    label: StrOrPromise,
    formula: StrOrPromise,
    rows: Rows,
    excluded: Rows,
    *,
    columns: tuple[str, ...],
    when_empty: StrOrPromise,
) -> Variant:
    """Tickets that were solved at the first contact, of some."""
    return Variant(
        label=label,
        formula=formula,
        numerator=tickets_measure(at_first_contact(rows), columns=columns),
        denominator=tickets_measure(rows, excluded, columns=columns),
        scale=100,
        when_empty=when_empty,
        interval=wilson,
    )


FCR = Metric(
    key="fcr",
    name=_("First contact resolution"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=SUPPORT,
    when_missing=UNKNOWN,
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
    end = start_of_day(window.end)
    still = Q(ends_at=None) | Q(ends_at__gte=end)
    return as_known(OpenSpell, window).filter(still, starts_at__lt=end)


OPEN_TICKETS = total(
    key="open_tickets",
    name=_("Open tickets"),
    unit=Unit.COUNT,
    direction=Direction.LOWER,
    source=SUPPORT,
    when_missing=_("No tickets are 0 tickets."),
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
    when_missing=UNKNOWN,
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
    when_missing=_(
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
    when_missing = _("Unknown without such tickets in the last 90 days.")
    changes = {"when_missing": when_missing, "over": trailing_days(LATELY), **options}
    return AccountMetric.of(metric, slot=slot, **changes)


ACCOUNT_METRICS = [
    _of_account(FCR, 25),
    _of_account(FIRST_RESPONSE, 26),
    _of_account(RESOLUTION, 27),
    _of_account(
        OPEN_TICKETS,
        28,
        when_missing=OPEN_TICKETS.when_missing,
        over=trailing_days(1),
        value_when_missing=0,
    ),
    _of_account(REOPEN_RATE, 29),
    _of_account(SLA_BREACH, 32),
]
