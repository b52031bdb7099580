"""The rows that metrics are made of, each defined once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    F,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Account, CustomerSpell, MrrPhase, TermPhase
from accounts.models.book import AccountQuerySet
from accounts.models.money import Movement, lifetimes
from accounts.movements import movements_within
from metrics.catalogue.expressions import (
    DAYS_A_MONTH,
    MONEY,
    months_since,
    rule,
    summed,
    with_reason,
)
from metrics.catalogue.records import Measure, Rows, trailing_days
from metrics.windows.periods import Window
from tenants.typing import AnyRows

UNKNOWN = _("Without such facts it is unknown, not 0.")
TEST_ACCOUNT = gettext_noop("test account")
CALLED_OFF = gettext_noop("called off, served until it ends")

OF_ACCOUNT = ("name", "external_id", "segment", "owner_email")
OF_PHASE = ("account__name", "subscription__external_id", "plan", "starts_on", "mrr")
OF_MOVEMENT = ("account__name", "account__external_id", "day", "kind", "amount", "mrr_after")


def accounts(rows: Rows, excluded: Rows | None = None) -> Measure:
    """Accounts, each counted once."""
    return Measure(rows=rows, account_path="", columns=OF_ACCOUNT, excluded=excluded)


def movements(*kinds: str, sign: int = 1) -> Measure:
    """Movements of some kinds, summed; with sign -1 what was lost is a positive amount."""

    def rows(window: Window) -> QuerySet[Movement]:
        moved = movements_within(
            start=window.start, end=window.end, movements_stored=window.movements_stored
        )
        return moved.filter(kind__in=kinds)

    return Measure(rows=rows, expr=F("amount") * sign, account_path="account", columns=OF_MOVEMENT)


def of_opening(*kinds: str, sign: int = 1) -> Measure:
    """The same of the accounts that paid at the start of the window, and of no other."""

    def rows(window: Window) -> QuerySet[Movement]:
        moved = movements_within(
            start=window.start, end=window.end, movements_stored=window.movements_stored
        )
        paying = MrrPhase.objects.paying().on(window.eve).values("account_id")
        return moved.filter(kind__in=kinds, account_id__in=paying)

    return Measure(rows=rows, expr=F("amount") * sign, account_path="account", columns=OF_MOVEMENT)


def _at_start(window: Window) -> AccountQuerySet:
    return Account.objects.counted().customers_on(window.eve)


def _at_end(window: Window) -> AccountQuerySet:
    return Account.objects.counted().customers_on(window.day)


def _moved(window: Window, kind: str) -> AccountQuerySet:
    moved = movements_within(
        start=window.start, end=window.end, movements_stored=window.movements_stored
    )
    return Account.objects.counted().with_movement(moved.filter(kind=kind))


def _spells() -> QuerySet[CustomerSpell]:
    return CustomerSpell.objects.order_by()


def _new(window: Window) -> AccountQuerySet:
    """Accounts whose first day as a customer is in the window."""
    begun = _spells().values("account_id").annotate(first=Min("starts_on"))
    here = begun.filter(first__gte=window.start, first__lt=window.end)
    return Account.objects.counted().filter(pk__in=here.values("account_id"))


def _in_window(window: Window) -> AccountQuerySet:
    """The customers of the start and whoever became one, or one again, in the window."""
    overlaps = Q(starts_on__lt=window.end) & (Q(ends_on=None) | Q(ends_on__gt=window.eve))
    here = _spells().filter(overlaps)
    return Account.objects.counted().filter(pk__in=here.values("account_id"))


def _left(window: Window) -> AccountQuerySet:
    """Everyone who ceased to be a customer in the window and is not back at its end."""
    ended = _spells().filter(ends_on__gte=window.start, ends_on__lt=window.end)
    left = Account.objects.counted().filter(pk__in=ended.values("account_id"))
    return left.not_customers_on(window.day)


def _with_tenure(window: Window) -> QuerySet[Account]:
    begun = Q(spells__starts_on__lte=window.day)
    first = _at_end(window).annotate(first_paid=Min("spells__starts_on", filter=begun))
    return first.annotate(months=months_since("first_paid", end=window.end))


def _paying(day: date) -> Q:
    """Of accounts: phases that hold at the end of `day`."""
    ends = Q(phases__ends_on=None) | Q(phases__ends_on__gt=day)
    return Q(phases__starts_on__lte=day) & ends


# An amount that is not known is one that is paid.
PAID_THEN = Q(mrr_then__gt=0) | Q(mrr_then=None)


def _with_both(window: Window) -> AnyRows:
    """Accounts with what they paid at the start and what they pay at the end."""
    return Account.objects.counted().annotate(
        mrr_then=summed("phases__mrr", filter=_paying(window.eve)),
        mrr_now=summed("phases__mrr", filter=_paying(window.day)),
    )


def _then_and_now(window: Window) -> AnyRows:
    """The customers of the start."""
    return _with_both(window).filter(PAID_THEN)


def _come_back(window: Window) -> AnyRows:
    """And those who paid before, not at the start, and came back in the window."""
    back = _moved(window, Movement.Kind.REACTIVATION).values("pk")
    return _with_both(window).filter(PAID_THEN | Q(pk__in=back))


def _test_customers(window: Window) -> AnyRows:
    tests = Account.objects.filter(is_test=True).customers_on(window.day)
    return with_reason(tests, TEST_ACCOUNT)


def test_phases(window: Window) -> AnyRows:
    tests = MrrPhase.objects.filter(account__is_test=True).on(window.day)
    return with_reason(tests, TEST_ACCOUNT)


def _cancelled_phases(window: Window) -> AnyRows:
    paying = TermPhase.objects.counted().on(window.day).filter(Q(mrr__gt=0) | Q(mrr=None))
    called_off = paying.filter(cancelled_on__lte=window.day)
    return with_reason(called_off, CALLED_OFF)


def at_price(price: str) -> Measure:
    """What subscriptions pay by a column of their terms: "mrr", "forever" or "listed"."""
    priced = Q(**{f"{price}__gt": 0}) | Q(**{price: None})

    def tests(window: Window) -> AnyRows:
        phases = TermPhase.objects.filter(priced, account__is_test=True).on(window.day)
        return with_reason(phases, TEST_ACCOUNT)

    return Measure(
        rows=lambda window: TermPhase.objects.counted().on(window.day).filter(priced),
        expr=F(price),
        account_path="account",
        columns=(*OF_PHASE[:-1], price),
        excluded=tests,
    )


MRR_AT_END = Measure(
    rows=lambda window: MrrPhase.objects.counted().on(window.day),
    expr=F("mrr"),
    account_path="account",
    columns=OF_PHASE,
    excluded=test_phases,
)
# Subscriptions that were called off by then pay until they end, and are not counted here.
MRR_NOT_CANCELLED = Measure(
    rows=lambda window: (
        at_price("mrr").rows(window).filter(Q(cancelled_on=None) | Q(cancelled_on__gt=window.day))
    ),
    expr=F("mrr"),
    account_path="account",
    columns=OF_PHASE,
    excluded=_cancelled_phases,
)
MRR_AT_START = Measure(
    rows=lambda window: MrrPhase.objects.counted().on(window.eve),
    expr=F("mrr"),
    account_path="account",
    columns=OF_PHASE,
)
OF_THEN_AND_NOW = (*OF_ACCOUNT, "mrr_then", "mrr_now")
KEPT = Measure(rows=_then_and_now, expr=F("mrr_now"), account_path="", columns=OF_THEN_AND_NOW)
KEPT_WITH_COMEBACKS = Measure(
    rows=_come_back, expr=F("mrr_now"), account_path="", columns=OF_THEN_AND_NOW
)
# PostgreSQL's own least of an amount and an unknown is the amount.
STILL_PAID = Case(
    When(mrr_then__isnull=False, mrr_now__isnull=False, then=Least("mrr_then", "mrr_now")),
    output_field=MONEY,
)
KEPT_CAPPED = Measure(
    rows=lambda window: _then_and_now(window).annotate(kept=STILL_PAID),
    expr=F("kept"),
    account_path="",
    columns=(*OF_THEN_AND_NOW, "kept"),
)
# What is gone of it: no more than there was, whatever went up in between.
LOST_OF_OPENING = Measure(
    rows=lambda window: _then_and_now(window).annotate(gone=F("mrr_then") - STILL_PAID),
    expr=F("gone"),
    account_path="",
    columns=(*OF_THEN_AND_NOW, "gone"),
)


def _lifetimes(window: Window) -> AnyRows:
    return lifetimes(window.day)


# What an account has lived and may still be expected to live as a customer, in months.
LIFETIMES = Measure(
    rows=_lifetimes,
    expr=(F("days") + F("expected")) / Value(DAYS_A_MONTH, output_field=MONEY),
    account_path="account",
    columns=("account__name", "account__external_id", "first_paid", "left_on", "days", "expected"),
)
EVER_CUSTOMERS = Measure(rows=_lifetimes, account_path="account", columns=LIFETIMES.columns[:5])


def over_trailing(measure: Measure, days: int) -> Measure:
    """The same measure over so many days up to the end of the window, whatever its period."""
    back, expr = trailing_days(days), measure.expr
    return replace(
        measure,
        rows=lambda window: measure.rows(back(window)),
        expr=(lambda window: expr(back(window))) if callable(expr) else expr,
        excluded=None,
        union_with=over_trailing(measure.union_with, days) if measure.union_with else None,
    )


def with_margin(expr: Combinable) -> Combinable:
    """An amount less what it costs to serve: times the tenant's gross margin."""
    return expr * rule("gross_margin") / Value(Decimal(100), output_field=MONEY)


CUSTOMERS_AT_START = accounts(_at_start)
CUSTOMERS_AT_END = accounts(_at_end, excluded=_test_customers)
STAYED = accounts(lambda window: _at_start(window).customers_on(window.day))
LOST_OF_START = accounts(lambda window: _at_start(window).not_customers_on(window.day))
NEW = accounts(_new)
LEFT = accounts(_left)
EVER_IN_WINDOW = accounts(_in_window)
TENURE = Measure(
    rows=_with_tenure,
    expr=F("months"),
    account_path="",
    columns=(*OF_ACCOUNT, "first_paid", "months"),
)
