"""Economics: what it costs to win customers and to keep them, against what they bring in."""

from dataclasses import replace
from datetime import date

from django.db.models import DateField, F, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Cost
from metrics.catalogue import rows
from metrics.catalogue.expressions import MONEY, rate_on, with_reason
from metrics.catalogue.lifetime import CLV
from metrics.catalogue.period_revenue import NO_RATE
from metrics.catalogue.records import (
    STANDARD,
    Direction,
    Factor,
    Measure,
    Metric,
    Operator,
    Source,
    Unit,
    Variant,
)
from metrics.catalogue.rows import UNKNOWN
from metrics.windows.periods import Window
from tenants.typing import AnyRows

TO_WIN = (Cost.Category.SALES, Cost.Category.MARKETING)
TO_KEEP = tuple(category for category in Cost.Category if category not in TO_WIN)
COLUMNS = ("month", "category", "segment", "amount", "currency")
NO_COSTS = _("No costs are known of the period.")


def _day(day: date) -> Value:
    return Value(day, output_field=DateField())


MONTH_END = Func(
    F("month"), template="((%(expressions)s) + interval '1 month')::date", output_field=DateField()
)


def _share(window: Window) -> Combinable:
    """The part of a cost's month that lies in the window."""
    ends = (Least(MONTH_END, _day(window.end)), Greatest(F("month"), _day(window.start)))
    months = (Func(day, function="accounts_months_of", output_field=MONEY) for day in ends)
    return Func(*months, arg_joiner=" - ", template="(%(expressions)s)", output_field=MONEY)


def _spent(window: Window, categories: tuple[str, ...]) -> AnyRows:
    costs = Cost.objects.filter(category__in=categories, month__lt=window.end)
    return costs.annotate(until=MONTH_END).filter(until__gt=window.start)


def _costs(*categories: str) -> Measure:
    """What was spent in the window, each month's costs spread over its days."""

    def without_rate(window: Window) -> AnyRows:
        rated = _spent(window, categories).annotate(worth_of_one=rate_on("month"))
        return with_reason(rated.filter(worth_of_one=None), NO_RATE)

    return Measure(
        rows=lambda window: _spent(window, categories),
        expr=lambda window: F("amount") * rate_on("month") * _share(window),
        account_path=None,
        segment_path="segment",
        columns=COLUMNS,
        excluded=without_rate,
    )


WINNING, KEEPING = _costs(*TO_WIN), _costs(*TO_KEEP)
CAC = Metric(
    key="cac",
    name=_("Customer acquisition cost"),
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    source=Source.SALES,
    when_missing=UNKNOWN,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("Costs of sales and marketing in the period ÷ customers won in it"),
            numerator=WINNING,
            denominator=rows.NEW,
            when_empty=_("Nobody became a customer in the period."),
            requires=WINNING,
            when_requirement_missing=NO_COSTS,
        )
    },
)
CRC = Metric(
    key="crc",
    name=_("Customer retention cost"),
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    source=Source.SALES,
    when_missing=UNKNOWN,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Costs of customer success in the period (payroll, programmes, services, training, "
                "customer marketing) ÷ customers at its end"
            ),
            numerator=KEEPING,
            denominator=rows.CUSTOMERS_AT_END,
            when_empty=_("There are no customers."),
            requires=KEEPING,
            when_requirement_missing=NO_COSTS,
        )
    },
)


def _clv_and_cac(
    variant: str, how: Operator, label: StrOrPromise, formula: StrOrPromise
) -> Variant:
    """A lifetime value, over or less the cost of acquisition."""
    cac = Factor(operator=how, metric=CAC, variant="all")
    clv = CLV.variants[variant]
    return replace(clv, label=label, formula=formula, factors=(*clv.factors, cac))


CLV_CAC_RATIO = Metric(
    key="clv_cac_ratio",
    name=_("Lifetime value to acquisition cost"),
    unit=Unit.RATIO,
    direction=Direction.HIGHER,
    source=Source.SALES,
    when_missing=_("3 and more is good, 2 is thin, 1 and less loses money."),
    variants={
        name: _clv_and_cac(
            name,
            Operator.DIVIDE,
            CLV.variants[name].label,
            _("CLV ÷ CAC. 3 and more is good, 2 is thin, 1 and less loses money."),
        )
        for name in CLV.variants
    },
)
PROFIT = Metric(
    key="profit_per_customer",
    name=_("Profit per customer"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=Source.SALES,
    when_missing=UNKNOWN,
    variants={
        **{
            name: _clv_and_cac(name, Operator.SUBTRACT, CLV.variants[name].label, _("CLV − CAC"))
            for name in CLV.variants
        },
        "ratio": _clv_and_cac(
            "purchases",
            Operator.DIVIDE,
            _("as a quotient"),
            _("CLV ÷ CAC, as some define it: a number of times, no amount of money"),
        ),
    },
)

METRICS = [CAC, CRC, CLV_CAC_RATIO, PROFIT]
