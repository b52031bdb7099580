"""Earnings: what a period brought in, from subscriptions and beside them."""

from datetime import date

from django.db.models import (
    Case,
    CharField,
    DateField,
    DecimalField,
    F,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import CustomerSpell, MrrPhase, Purchase
from metrics.catalogue.adoption import PERSON_DAYS_OF_PERIOD
from metrics.catalogue.expressions import length_of, rate_on
from metrics.catalogue.records import (
    STANDARD,
    Direction,
    Measure,
    Metric,
    Source,
    Unit,
    Variant,
    total,
)
from metrics.catalogue.rows import MRR_AT_END, TEST_ACCOUNT, test_phases
from metrics.windows.periods import Window
from tenants.typing import AnyRows

NO_RATE = gettext_noop("no exchange rate")
MONEY = DecimalField(max_digits=34, decimal_places=10)
OF_ACCRUAL = ("account__name", "subscription__external_id", "starts_on")
OF_PURCHASE = ("account__name", "external_id", "occurred_on")
OF_PURCHASES = (*OF_PURCHASE, "kind", "description", "amount", "currency")


def _day(day: date) -> Value:
    return Value(day, output_field=DateField())


def _within(window: Window) -> tuple[Combinable, Combinable]:
    """The part of a phase, [starts_on, ends_on), that lies in the window."""
    first, end = _day(window.start), _day(window.end)
    return Greatest("starts_on", first), Least(Coalesce("ends_on", end), end)


def _overlapping(window: Window) -> Q:
    return Q(starts_on__lt=window.end) & (Q(ends_on=None) | Q(ends_on__gt=window.start))


def _accrued(window: Window) -> AnyRows:
    return MrrPhase.objects.counted().filter(_overlapping(window))


def _accrual(window: Window) -> Combinable:
    """MRR times the months in which it was paid; a day is one part of its own month."""
    first, end = _within(window)
    # Counted in months since the year 0: see the migration that makes the function.
    months = (Func(day, function="accounts_months_of", output_field=MONEY) for day in (end, first))
    return F("mrr") * Func(
        *months, arg_joiner=" - ", template="(%(expressions)s)", output_field=MONEY
    )


def _days(window: Window) -> Combinable:
    """The days of a spell in the window, as a share of the window."""
    first, end = _within(window)
    days = Func(
        end, first, arg_joiner=" - ", template="(%(expressions)s)::numeric", output_field=MONEY
    )
    return days / length_of(window)


def _sold(window: Window) -> QuerySet[Purchase]:
    return Purchase.objects.filter(occurred_on__gte=window.start, occurred_on__lt=window.end)


def _purchases(window: Window) -> QuerySet[Purchase]:
    return _sold(window).filter(account__is_test=False)


def _purchases_left_out(window: Window) -> AnyRows:
    why = Case(
        When(account__is_test=True, then=Value(TEST_ACCOUNT)),
        default=Value(NO_RATE),
        output_field=CharField(),
    )
    rows = _sold(window).annotate(worth_of_one=rate_on("occurred_on"))
    return rows.filter(Q(account__is_test=True) | Q(worth_of_one=None)).annotate(reason=why)


WORTH = F("amount") * rate_on("occurred_on")
PURCHASES = Measure(
    rows=_purchases,
    expr=WORTH,
    account_path="account",
    columns=OF_PURCHASES,
    excluded=_purchases_left_out,
)
# With fewer columns, to stand below rows of another kind.
BESIDE = Measure(
    rows=_purchases,
    expr=WORTH,
    account_path="account",
    columns=OF_PURCHASE,
    excluded=_purchases_left_out,
)
ACCRUED = Measure(
    rows=_accrued,
    expr=_accrual,
    account_path="account",
    columns=(*OF_ACCRUAL, "ends_on", "mrr"),
    excluded=test_phases,
)
ALL_REVENUE = Measure(
    rows=_accrued, expr=_accrual, account_path="account", columns=OF_ACCRUAL, union_with=BESIDE
)
MRR_AND_PURCHASES = Measure(
    rows=MRR_AT_END.rows,
    expr=F("mrr"),
    account_path="account",
    columns=OF_ACCRUAL,
    union_with=BESIDE,
)
MEAN_CUSTOMERS = Measure(
    rows=lambda window: CustomerSpell.objects.filter(_overlapping(window), account__is_test=False),
    expr=_days,
    account_path="account",
    columns=("account__name", "account__external_id", "starts_on", "ends_on"),
)

RECURRING_REVENUE = total(
    key="recurring_revenue",
    name=_("Recurring revenue"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=Source.MONEY,
    when_missing=_("An account without a paid subscription brings in 0."),
    formula=_("Of each day of the period that day’s MRR ÷ the days of its month, summed"),
    numerator=ACCRUED,
)
NON_RECURRING_REVENUE = Metric(
    key="non_recurring_revenue",
    name=_("Non-recurring revenue (“expansion” by purchases)"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=Source.SALES,
    when_missing=_("Nothing sold is 0."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("Upsells, cross-sells, add-ons and one-off sales of the period, summed"),
            numerator=PURCHASES,
        ),
        "with_mrr": Variant(
            label=_("with the MRR"),
            formula=_("Customers × ARPA (that is MRR at the end) + the sales of the period"),
            numerator=MRR_AND_PURCHASES,
        ),
    },
)
ARPU = Metric(
    key="arpu",
    name=_("Average revenue per customer and period"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=Source.MONEY,
    when_missing=_("Without customers there is no average."),
    variants={
        "per_customer": Variant(
            label=_("per customer"),
            formula=_(
                "(recurring + non-recurring revenue) ÷ the mean number of customers over the days "
                "of the period"
            ),
            numerator=ALL_REVENUE,
            denominator=MEAN_CUSTOMERS,
            when_empty=_("There were no customers in the period."),
        ),
        "per_user": Variant(
            label=_("per active user"),
            formula=_(
                "(recurring + non-recurring revenue) ÷ the mean number of active users over the "
                "days of the period"
            ),
            numerator=ALL_REVENUE,
            denominator=PERSON_DAYS_OF_PERIOD,
            when_empty=_("Nobody came in the period."),
        ),
    },
)

METRICS = [RECURRING_REVENUE, NON_RECURRING_REVENUE, ARPU]
