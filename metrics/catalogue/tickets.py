"""Support: what customers ask for, how fast and how well it is answered, what broke."""

from typing import Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    F,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least, NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    Rows,
    Source,
    Unit,
    Variant,
    by_column,
    total,
    trailing,
)
from metrics.catalogue.rows import (
    TEST_ACCOUNT,
    UNKNOWN,
    begins,
    days_after,
    moments_of,
    rule,
    with_reason,
)
from metrics.intervals import wilson
from metrics.periods import Window
from support.models import Incident, OpenSpell, Promise, Ticket, TicketClock

SUPPORT = Source.SUPPORT
SECONDS = DecimalField(max_digits=24, decimal_places=10)
NO_TICKETS = _("No ticket was received in the period.")
NONE_SOLVED = _("No ticket was solved in the period.")
MERGED = gettext_noop("merged into another ticket")
UNANSWERED = gettext_noop("not answered by the end of the period")
UNSOLVED = gettext_noop("not solved by the end of the period")
NOT_COUNTED = gettext_noop("spam or abandoned")
OF_TICKET = ("account__name", "ticket__external_id", "ticket__subject", "opened_at")
OF_CLOCK = (*OF_TICKET, "replied_at", "solved_at", "reopened_at", "replies")
LATELY = 90

CLOSED = Ticket.ClosedAs
NOT_SOLVED = (CLOSED.SPAM, CLOSED.ABANDONED, CLOSED.MERGED)

Tickets = QuerySet[Any, Any]


def _clocks() -> Tickets:
    return TicketClock.objects.filter(account__is_test=False)


def _received(window: Window) -> Tickets:
    return _clocks().filter(moments_of("opened_at", window))


def _solved(window: Window) -> Tickets:
    """What was closed for another reason was not solved."""
    solved = _clocks().exclude(ticket__closed_as__in=NOT_SOLVED)
    return solved.filter(moments_of("solved_at", window))


def _answered(window: Window) -> Tickets:
    return _clocks().filter(moments_of("replied_at", window))


def _tickets(rows: Rows, left_out: Rows | None = None, **options: Any) -> Measure:
    """Tickets, each counting 1 unless something else is said."""
    cuts = {name: by_column(rows, f"ticket__{name}") for name in ("channel", "team", "priority")}
    columns = options.pop("columns", OF_CLOCK)
    return Measure(
        rows=rows, account="account", columns=columns, left_out=left_out, cuts=cuts, **options
    )


def _number(key: str, name: Any, direction: Direction, formula: Any, rows: Rows) -> Metric:
    return total(
        key=key,
        name=name,
        unit=Unit.COUNT,
        direction=direction,
        source=SUPPORT,
        silence=_("No tickets are 0 tickets."),
        formula=formula,
        numerator=_tickets(rows, left_out=_of_test_accounts),
    )


def _of_test_accounts(window: Window) -> Tickets:
    tests = TicketClock.objects.filter(moments_of("opened_at", window), account__is_test=True)
    return with_reason(tests, TEST_ACCOUNT)


# First contact resolution: which tickets are asked about, and which of them pass.
WASTE = Q(ticket__closed_as__in=(CLOSED.SPAM, CLOSED.ABANDONED))


def _asked_about(rows: Rows) -> Rows:
    """Without what was merged, and without spam unless the rules count it."""

    def asked(window: Window) -> Tickets:
        alone = rows(window).exclude(ticket__closed_as=CLOSED.MERGED)
        told: Tickets = alone.annotate(waste_counts=rule("fcr_with_abandoned"))
        return told.filter(~WASTE | Q(waste_counts=True))

    return asked


def _not_asked_about(window: Window) -> Tickets:
    counted = _asked_about(_received)(window).values("pk")
    why = Case(
        When(ticket__closed_as=CLOSED.MERGED, then=Value(MERGED)),
        default=Value(NOT_COUNTED),
        output_field=CharField(),
    )
    return with_reason(_received(window).exclude(pk__in=counted), why)


def _at_first_contact(rows: Rows) -> Rows:
    """Solved after so few replies, not handed over, and not opened again soon."""

    def passed(window: Window) -> Tickets:
        again = days_after("solved_at", days="fcr_reopen_days")
        known: Tickets = rows(window).annotate(
            most=rule("fcr_most_replies"),
            silent_counts=rule("fcr_without_reply"),
            handover_fails=rule("fcr_handover_is_contact"),
        )
        stayed = Q(reopened_at=None) | Q(reopened_at__gte=Least(again, begins(window.end)))
        return known.filter(
            stayed,
            Q(replies__gt=0) | Q(silent_counts=True),
            Q(handed_over=False) | Q(handover_fails=False),
            solved_at__lt=begins(window.end),
            replies__lte=F("most"),
        )

    return passed


def _fcr(label: Any, formula: Any, rows: Rows, when_empty: Any) -> Variant:
    asked = _asked_about(rows)
    return Variant(
        label=label,
        formula=formula,
        numerator=_tickets(_at_first_contact(asked)),
        denominator=_tickets(asked, left_out=_not_asked_about if rows is _received else None),
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
    silence=UNKNOWN,
    variants={
        "of_received": _fcr(
            _("of the tickets received"),
            _(
                "Tickets of the period that were solved after at most so many public replies as "
                "the rules say (1) and not opened again within so many days (7) ÷ tickets received"
            ),
            _received,
            NO_TICKETS,
        ),
        "of_solved": _fcr(
            _("of the tickets solved"),
            _("The same, of the tickets that were solved in the period"),
            _solved,
            NONE_SOLVED,
        ),
    },
)


def _times(rows: Rows, column: str, left_out: Rows, when_empty: Any) -> dict[str, Variant]:
    """Mean and median of a time, by the calendar and by business hours."""

    def measured(name: str, *, middle: bool = False) -> Measure:
        columns = (*OF_TICKET, name)
        return _tickets(rows, left_out, worth=F(name), columns=columns, middle=middle)

    def mean(label: Any, formula: Any, name: str) -> Variant:
        return Variant(
            label=label,
            formula=formula,
            numerator=measured(name),
            denominator=_tickets(rows, left_out),
            when_empty=when_empty,
        )

    def median(label: Any, formula: Any, name: str) -> Variant:
        middle = measured(name, middle=True)
        return Variant(label=label, formula=formula, numerator=middle, when_empty=when_empty)

    business = f"business_{column}"
    return {
        "mean": mean(_("mean"), _("Seconds, summed ÷ tickets"), column),
        "median": median(_("median"), _("The middle one of the times of all tickets"), column),
        "business_mean": mean(
            _("mean, in business hours"), _("Seconds of business hours, summed ÷ tickets"), business
        ),
        "business_median": median(
            _("median, in business hours"),
            _("The middle one of the times of all tickets, in business hours"),
            business,
        ),
    }


def _left_open(column: str, reason: str) -> Rows:
    """Tickets that were received and to which it had not come by the end."""

    def rows(window: Window) -> Tickets:
        not_yet = Q(**{column: None}) | Q(**{f"{column}__gte": begins(window.end)})
        return with_reason(_received(window).filter(not_yet), reason)

    return rows


FIRST_RESPONSE = Metric(
    key="first_response_time",
    name=_("Time to the first reply"),
    unit=Unit.SECONDS,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=_("A ticket without a reply has no time yet."),
    variants=_times(
        _answered,
        "response_seconds",
        _left_open("replied_at", UNANSWERED),
        _("No ticket was answered in the period."),
    ),
)
RESOLUTION = Metric(
    key="resolution_time",
    name=_("Time to the solution"),
    unit=Unit.SECONDS,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=_("Time in which a ticket waits for the customer is not counted."),
    variants=_times(_solved, "resolution_seconds", _left_open("solved_at", UNSOLVED), NONE_SOLVED),
)
OPENED = _number(
    "tickets_opened",
    _("Tickets opened"),
    Direction.NEITHER,
    _("Tickets that were opened in the period"),
    _received,
)
DEFECTS = _number(
    "defects_reported",
    _("Defects reported"),
    Direction.LOWER,
    _("Tickets of the kind “defect” that were opened in the period"),
    lambda window: _received(window).filter(ticket__kind=Ticket.Kind.DEFECT),
)


def _open_at_end(window: Window) -> Tickets:
    end = begins(window.end)
    still = Q(ends_at=None) | Q(ends_at__gte=end)
    found: Tickets = OpenSpell.objects.filter(still, starts_at__lt=end, account__is_test=False)
    return found


OPEN_TICKETS = total(
    key="open_tickets",
    name=_("Open tickets"),
    unit=Unit.COUNT,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=_("No tickets are 0 tickets."),
    point_in_time=True,
    formula=_("Tickets that were neither solved nor closed at the end of the day"),
    numerator=_tickets(
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
            numerator=_tickets(
                lambda window: _solved(window).filter(reopened_at__lt=begins(window.end))
            ),
            denominator=_tickets(_solved),
            scale=100,
            when_empty=NONE_SOLVED,
            interval=wilson,
        )
    },
)


def _due(window: Window) -> Tickets:
    found: Tickets = Promise.objects.filter(moments_of("due_at", window), account__is_test=False)
    return found


def _broken(window: Window) -> Tickets:
    return _due(window).filter(Q(kept_at=None) | Q(kept_at__gt=F("due_at")))


OF_PROMISE = ("account__name", "ticket__external_id", "kind", "due_at", "kept_at")
SLA_BREACH = Metric(
    key="sla_breach_rate",
    name=_("Broken promises"),
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=_("Where nothing is promised for a priority, nothing can be broken."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Promises of a first reply or a solution that were broken ÷ promises that fell due "
                "in the period"
            ),
            numerator=_tickets(_broken, columns=OF_PROMISE),
            denominator=_tickets(_due, columns=OF_PROMISE),
            scale=100,
            when_empty=_("No promise fell due in the period."),
            interval=wilson,
        )
    },
)


def _incidents(window: Window) -> QuerySet[Any, Any]:
    going_on = Q(ended_at=None) | Q(ended_at__gt=begins(window.start))
    at_once = Q(ended_at=F("started_at")) & moments_of("started_at", window)
    return Incident.objects.filter(going_on | at_once, started_at__lt=begins(window.end))


def _seconds_between(first: Any, last: Any) -> Func:
    return Func(
        last - first,
        template="EXTRACT(EPOCH FROM %(expressions)s)",
        output_field=SECONDS,
    )


def _minutes(window: Window) -> Combinable:
    """Of an incident's minutes those in the window; what it says of itself is spread evenly."""
    end = begins(window.end)
    here = _seconds_between(
        Greatest(F("started_at"), begins(window.start)), Least(Coalesce(F("ended_at"), end), end)
    )
    whole = _seconds_between(F("started_at"), Coalesce(F("ended_at"), end))
    one = Value(1, output_field=SECONDS)
    spread = F("minutes_down") * Coalesce(here / NullIf(whole, Value(0, SECONDS)), one)
    return Coalesce(spread, here / Value(60, output_field=SECONDS), output_field=SECONDS)


DOWNTIME = total(
    key="downtime_minutes",
    name=_("Downtime"),
    unit=Unit.MINUTES,
    direction=Direction.LOWER,
    source=SUPPORT,
    silence=_("No incident is 0 minutes."),
    formula=_("Minutes of the recorded incidents that lie in the period"),
    numerator=Measure(
        rows=_incidents,
        worth=_minutes,
        account=None,
        columns=("title", "external_id", "started_at", "ended_at", "minutes_down"),
    ),
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
