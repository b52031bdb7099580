"""The tickets that figures of support are made of, as they were at the end of a window's day."""

from django.db.models import Case, CharField, Exists, F, Model, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_noop

from metrics.catalogue.expressions import during, rule, start_of_day, with_reason
from metrics.catalogue.records import Measure, Rows, dimension_of
from metrics.catalogue.rows import TEST_ACCOUNT
from metrics.windows.periods import Window
from support.models import SlaTimer, Ticket, TicketClock, TicketSolving
from tenants.typing import AnyRows

MERGED = gettext_noop("merged into another ticket")
UNANSWERED = gettext_noop("not answered by the end of the period")
UNSOLVED = gettext_noop("not solved by the end of the period")
REOPENED = gettext_noop("opened again by the end of the period")
NOT_COUNTED = gettext_noop("spam or abandoned")
UNKNOWN_WHEN = gettext_noop("solved, nobody knows when")
OF_TICKET = ("account__name", "ticket__external_id", "ticket__subject", "opened_at")
OF_CLOCK = (*OF_TICKET, "replied_at", "solved_at", "reopened_at", "replies")
OF_SOLVING = (*OF_TICKET, "solved_at", "reopened_at", "replies")

CLOSED = Ticket.ClosedAs
NOT_SOLVED = (CLOSED.SPAM, CLOSED.ABANDONED, CLOSED.MERGED)
WASTE = Q(closed_as__in=(CLOSED.SPAM, CLOSED.ABANDONED))

Tickets = AnyRows


def tickets_measure(
    rows: Rows,
    excluded: Rows | None = None,
    *,
    columns: tuple[str, ...],
    expr: Combinable | None = None,
    median: bool = False,
) -> Measure:
    """Tickets, each counting 1 unless something else is said."""
    cuts = {"channel": "ticket__channel", "team": "team", "priority": "priority"}
    return Measure(
        rows=rows,
        account_path="account",
        columns=columns,
        expr=expr,
        excluded=excluded,
        dimensions={name: dimension_of(rows, column) for name, column in cuts.items()},
        median=median,
    )


def as_known(model: type[Model], window: Window, *, tests: bool = False) -> Tickets:
    """Rows of a view of tickets that held at the window's end, without those of test accounts."""
    end = start_of_day(window.end)
    held = model._default_manager.filter(Q(until=None) | Q(until__gte=end), since__lt=end)
    return held.filter(account__is_test=tests)


def received(window: Window) -> Tickets:
    return as_known(TicketClock, window).filter(during("opened_at", window))


def of_test_accounts(window: Window) -> Tickets:
    tests = as_known(TicketClock, window, tests=True)
    return with_reason(tests.filter(during("opened_at", window)), TEST_ACCOUNT)


def answered(window: Window) -> Tickets:
    return as_known(TicketClock, window).filter(during("replied_at", window))


def not_answered(window: Window) -> Tickets:
    not_yet = Q(replied_at=None) | Q(replied_at__gte=start_of_day(window.end))
    return with_reason(received(window).filter(not_yet), UNANSWERED)


def _solvings(window: Window) -> Tickets:
    """Solvings of the window. What was closed for another reason was not solved."""
    found = as_known(TicketSolving, window).exclude(closed_as__in=NOT_SOLVED)
    return found.filter(during("solved_at", window))


def solved(window: Window) -> Tickets:
    """Tickets solved in the window, each as it was first solved there."""
    earlier = Q(previous_solved_at__lt=start_of_day(window.start))
    return _solvings(window).filter(Q(previous_solved_at=None) | earlier)


def last_solved(window: Window) -> Tickets:
    """The same tickets, each as it was last solved there."""
    later = Q(next_solved_at__gte=start_of_day(window.end))
    return _solvings(window).filter(Q(next_solved_at=None) | later)


def solved_again(window: Window) -> Tickets:
    """Of these the ones that were opened again, after whichever solving of the window."""
    opened = Q(reopened_at__lt=start_of_day(window.end))
    return last_solved(window).filter(
        opened | Q(previous_solved_at__gte=start_of_day(window.start))
    )


def stayed_solved(window: Window) -> Tickets:
    """Of these the ones that are solved at the window's end."""
    later = Q(reopened_at__gte=start_of_day(window.end))
    return last_solved(window).filter(Q(reopened_at=None) | later)


def first_solved(window: Window) -> Tickets:
    """Tickets that were solved for the first time in the window."""
    return _solvings(window).filter(previous_solved_at=None)


def _unknown(window: Window) -> Q:
    """Of tickets: solved at the window's end by their status alone."""
    end = start_of_day(window.end)
    return Q(Q(unknown_until=None) | Q(unknown_until__gte=end), unknown_from__lt=end)


def not_among(counted: Rows) -> Rows:
    """Tickets received, or said to be solved, in the window that are not among those counted."""

    def rows(window: Window) -> Tickets:
        here = TicketSolving.objects.filter(during("solved_at", window), ticket=OuterRef("ticket"))
        among = counted(window).filter(ticket=OuterRef("ticket"))
        found = as_known(TicketClock, window).annotate(solved_here=Exists(here))
        about = during("opened_at", window) | Q(solved_here=True)
        left = found.filter(about | during("unknown_from", window)).exclude(Exists(among))
        return with_reason(left, _why(window))

    return rows


def _why(window: Window) -> Case:
    return Case(
        When(closed_as=CLOSED.MERGED, then=Value(MERGED)),
        When(WASTE, then=Value(NOT_COUNTED)),
        When(_unknown(window), then=Value(UNKNOWN_WHEN)),
        When(solved_here=True, then=Value(REOPENED)),
        default=Value(UNSOLVED),
        output_field=CharField(),
    )


# First contact resolution: which tickets are asked about, and which of them pass.


def contacts(window: Window) -> Tickets:
    """Tickets received, without what was merged, and without spam unless the rules count it."""
    alone = received(window).exclude(closed_as=CLOSED.MERGED).exclude(_unknown(window))
    known: Tickets = alone.annotate(waste_counts=rule("fcr_with_abandoned"))
    return known.filter(~WASTE | Q(waste_counts=True))


def no_contacts(window: Window) -> Tickets:
    counted = contacts(window).filter(ticket=OuterRef("ticket"))
    why = Case(
        When(closed_as=CLOSED.MERGED, then=Value(MERGED)),
        When(_unknown(window), then=Value(UNKNOWN_WHEN)),
        default=Value(NOT_COUNTED),
        output_field=CharField(),
    )
    return with_reason(received(window).exclude(Exists(counted)), why)


def at_first_contact(rows: Rows) -> Rows:
    """Solved after so few replies, not handed over, and never opened again soon."""

    def passed(window: Window) -> Tickets:
        end = start_of_day(window.end)
        known: Tickets = rows(window).annotate(
            most=rule("fcr_most_replies"),
            silent_counts=rule("fcr_without_reply"),
            handover_fails=rule("fcr_handover_is_contact"),
        )
        return known.filter(
            Q(soon_reopened_at=None) | Q(soon_reopened_at__gte=end),
            Q(replies__gt=0) | Q(silent_counts=True),
            Q(handed_over=False) | Q(handover_fails=False),
            solved_at__lt=end,
            replies__lte=F("most"),
        )

    return passed


# Promises.
PROMISED_NOTHING = (CLOSED.SPAM, CLOSED.MERGED)


def _due(window: Window) -> Tickets:
    return as_known(SlaTimer, window).filter(during("due_at", window))


def due(window: Window) -> Tickets:
    """Promises that fell due in the window."""
    return _due(window).exclude(closed_as__in=PROMISED_NOTHING).filter(unknown=False)


def broken(window: Window) -> Tickets:
    return due(window).filter(Q(kept_at=None) | Q(kept_at__gt=F("due_at")))


def not_due(window: Window) -> Tickets:
    """Promises of tickets of which nothing was promised, or nobody knows when they were solved."""
    why = Case(
        When(closed_as=CLOSED.MERGED, then=Value(MERGED)),
        When(closed_as=CLOSED.SPAM, then=Value(NOT_COUNTED)),
        default=Value(UNKNOWN_WHEN),
        output_field=CharField(),
    )
    left = _due(window).filter(Q(closed_as__in=PROMISED_NOTHING) | Q(unknown=True))
    return with_reason(left, why)
