"""Lifetime: for how long customers stay, and what they bring in until they leave."""

from fractions import Fraction

from django.db.models import DateField, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from accounts.models import CustomerSpell
from accounts.models.money import lifetimes
from metrics.catalogue import period_revenue, rows
from metrics.catalogue.expressions import DAYS_A_MONTH, MONEY, summed
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Factor,
    Measure,
    Metric,
    Operator,
    Source,
    Unit,
    Variant,
)
from metrics.catalogue.rows import (
    CUSTOMERS_AT_END,
    EVER_CUSTOMERS,
    LIFETIMES,
    MRR_AT_END,
    UNKNOWN,
    over_trailing,
    with_margin,
)
from metrics.catalogue.sql import Sql, compiled
from metrics.windows.periods import Window
from tenants.typing import AnyRows

HALF_A_YEAR, YEAR = 183, 365
NOBODY = _("There has never been a customer.")
NO_PURCHASES = _("Nothing was bought in the period.")


def _spells(window: Window) -> AnyRows:
    overlaps = Q(starts_on__lt=window.end) & (Q(ends_on=None) | Q(ends_on__gt=window.start))
    return CustomerSpell.objects.filter(overlaps, account__is_test=False)


def _months(window: Window) -> Combinable:
    """The months of a spell in the window; a day is one part of its own month."""
    first, end = (Value(day, output_field=DateField()) for day in (window.start, window.end))
    ends = (Least(Coalesce("ends_on", end), end), Greatest("starts_on", first))
    months = (Func(day, function="accounts_months_of", output_field=MONEY) for day in ends)
    return Func(*months, arg_joiner=" - ", template="(%(expressions)s)", output_field=MONEY)


CUSTOMER_MONTHS = Measure(
    rows=_spells,
    expr=_months,
    account_path="account",
    columns=("account__name", "account__external_id", "starts_on", "ends_on"),
)
PURCHASES_MADE = Measure(
    rows=period_revenue.PURCHASES.rows,
    account_path="account",
    columns=period_revenue.PURCHASES.columns,
)
LEFT_LATELY = over_trailing(rows.LEFT, HALF_A_YEAR)

LIFETIME = Metric(
    key="lifetime_months",
    name=_("Mean customer lifetime"),
    unit=Unit.MONTHS,
    direction=Direction.HIGHER,
    source=Source.MONEY,
    when_missing=_("An account that has never been a customer has no lifetime."),
    point_in_time=True,
    variants={
        "kaplan_meier": Variant(
            label=STANDARD,
            formula=_(
                "Months from the first payment to the end, a mean over all who were ever "
                "customers; for those who are, the months so far and those to be expected by "
                "Kaplan and Meier’s estimate, up to the longest lifetime seen"
            ),
            numerator=LIFETIMES,
            denominator=EVER_CUSTOMERS,
            when_empty=NOBODY,
        ),
        "inverse_churn": Variant(
            label=_("inverse of the churn"),
            formula=_(
                "1 ÷ monthly churn: months that customers were here in the last 183 days "
                "÷ customers lost in them"
            ),
            numerator=over_trailing(CUSTOMER_MONTHS, HALF_A_YEAR),
            denominator=LEFT_LATELY,
            when_empty=_("Nobody left in the last half-year."),
        ),
    },
)
PURCHASE_VALUE = Metric(
    key="average_purchase_value",
    name=_("Average purchase value"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=Source.SALES,
    when_missing=UNKNOWN,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("Sum of the purchases of the period ÷ their number"),
            numerator=period_revenue.PURCHASES,
            denominator=PURCHASES_MADE,
            when_empty=NO_PURCHASES,
        )
    },
)
PURCHASE_FREQUENCY = Metric(
    key="purchase_frequency",
    name=_("Purchases per customer and month"),
    unit=Unit.RATIO,
    direction=Direction.HIGHER,
    source=Source.SALES,
    when_missing=_("Nothing bought is 0."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("Purchases of the period ÷ months in which customers were customers"),
            numerator=PURCHASES_MADE,
            denominator=CUSTOMER_MONTHS,
            when_empty=_("There were no customers in the period."),
        )
    },
)
MONTHLY_CHURN = Metric(
    key="monthly_churn",
    name=_("Monthly churn of half a year"),
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    source=Source.MONEY,
    when_missing=_("Nobody lost is 0."),
    point_in_time=True,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Customers lost in the last 183 days and not back ÷ months in which customers "
                "were customers in them"
            ),
            numerator=LEFT_LATELY,
            denominator=over_trailing(CUSTOMER_MONTHS, HALF_A_YEAR),
            scale=100,
            when_empty=_("There were no customers in the last half-year."),
        )
    },
)
TIMES_LIFETIME = Factor(operator=Operator.MULTIPLY, metric=LIFETIME, variant="kaplan_meier")
MARGIN_AT_END = Measure(
    rows=MRR_AT_END.rows,
    expr=with_margin(F("mrr")),
    account_path="account",
    columns=MRR_AT_END.columns,
)
CLV = Metric(
    key="clv",
    name=_("Customer lifetime value"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=Source.SALES,
    when_missing=UNKNOWN,
    variants={
        "purchases": Variant(
            label=_("by purchases"),
            formula=_(
                "Average purchase value × purchases per customer and month × mean customer "
                "lifetime in months"
            ),
            numerator=period_revenue.PURCHASES,
            denominator=PURCHASES_MADE,
            when_empty=NO_PURCHASES,
            factors=(
                Factor(operator=Operator.MULTIPLY, metric=PURCHASE_FREQUENCY, variant="all"),
                TIMES_LIFETIME,
            ),
        ),
        "subscription": Variant(
            label=_("by subscriptions"),
            formula=_("ARPA × gross margin ÷ monthly churn of the last half-year"),
            numerator=MARGIN_AT_END,
            denominator=CUSTOMERS_AT_END,
            scale=100,
            when_empty=_("There are no customers."),
            requires=MRR_AT_END,
            when_requirement_missing=_("Nobody pays for a subscription."),
            factors=(Factor(operator=Operator.DIVIDE, metric=MONTHLY_CHURN, variant="all"),),
        ),
        "annual": Variant(
            label=_("by spending of a year"),
            formula=_(
                "Revenue of the last 365 days per customer × mean customer lifetime in years"
            ),
            numerator=over_trailing(period_revenue.ALL_REVENUE, YEAR),
            denominator=over_trailing(period_revenue.MEAN_CUSTOMERS, YEAR),
            scale=Fraction(1, 12),
            when_empty=_("There were no customers in the last year."),
            factors=(TIMES_LIFETIME,),
        ),
    },
)

METRICS = [LIFETIME, PURCHASE_VALUE, PURCHASE_FREQUENCY, MONTHLY_CHURN, CLV]


def _months_to_come(window: Window) -> AnyRows:
    here = lifetimes(window.day).filter(left_on=None)
    months = F("expected") / Value(DAYS_A_MONTH, output_field=MONEY)
    return here.annotate(value=months).values("account_id", "value")


def _value_to_come(window: Window) -> Sql:
    paid = MRR_AT_END.rows(window).values("account_id").annotate(mrr=summed("mrr"))
    expr = paid.annotate(value=with_margin(F("mrr"))).values("account_id", "value")
    months, money = compiled(_months_to_come(window)), compiled(expr)
    text = (
        f"SELECT account_id, money.value * months.value AS value FROM ({months.text}) "
        f"months JOIN ({money.text}) money USING (account_id)"
    )
    return Sql(text, (*months.parameters, *money.parameters))


ACCOUNT_METRICS = [
    AccountMetric(
        key="months_to_come",
        slot=22,
        name=_("Months it may still be expected to stay"),
        formula=_("By Kaplan and Meier’s estimate over the book, given how long it has stayed"),
        unit=Unit.MONTHS,
        direction=Direction.HIGHER,
        source=Source.MONEY,
        when_missing=_("Unknown for an account that is no customer."),
        values=_months_to_come,
    ),
    AccountMetric(
        key="remaining_value",
        slot=23,
        name=_("Expected remaining value"),
        formula=_("MRR × gross margin × months it may still be expected to stay"),
        unit=Unit.MONEY,
        direction=Direction.HIGHER,
        source=Source.MONEY,
        when_missing=_("Unknown for an account without a paid subscription."),
        values=_value_to_come,
    ),
]
