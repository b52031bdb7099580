"""Retention: who stays, who leaves, and for how long they have been here."""

from django.db.models import Min
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import CustomerSpell
from accounts.models.book import paid_on
from metrics.catalogue import rows
from metrics.catalogue.expressions import months_since
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    Source,
    Unit,
    Variant,
    total,
)
from metrics.windows.periods import Window
from tenants.typing import RowsOf

SUBSCRIPTIONS = Source.MONEY
NO_CUSTOMERS = _("There were no customers at the start of the period.")


def _counted(
    key: str,
    name: StrOrPromise,
    direction: Direction,
    formula: StrOrPromise,
    measure: Measure,
    *,
    point_in_time: bool = False,
) -> Metric:
    """A number of accounts."""
    return total(
        key=key,
        name=name,
        unit=Unit.COUNT,
        direction=direction,
        source=SUBSCRIPTIONS,
        when_missing=_("An account without a paid subscription is no customer."),
        formula=formula,
        numerator=measure,
        point_in_time=point_in_time,
    )


CUSTOMERS = _counted(
    "customers",
    _("Customers"),
    Direction.HIGHER,
    _(
        "Accounts that pay for a subscription at the end of the day; where customers are known by "
        "purchases, accounts that bought something lately"
    ),
    rows.CUSTOMERS_AT_END,
    point_in_time=True,
)
CHURN_RATE = Metric(
    key="customer_churn_rate",
    name=_("Customer churn rate"),
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    source=SUBSCRIPTIONS,
    when_missing=_("An account that is back at the end of the period is not lost."),
    variants={
        "opening": Variant(
            label=_("of the customers at the start"),
            formula=_("Customers at the start who are none at the end ÷ customers at the start"),
            numerator=rows.LOST_OF_START,
            denominator=rows.CUSTOMERS_AT_START,
            scale=100,
            when_empty=NO_CUSTOMERS,
        ),
        "opening_plus_new": Variant(
            label=_("all leavers to customers at the start"),
            formula=_(
                "Everyone who left in the period and is not back, new ones included "
                "÷ customers at the start"
            ),
            numerator=rows.LEFT,
            denominator=rows.CUSTOMERS_AT_START,
            scale=100,
            when_empty=NO_CUSTOMERS,
        ),
        "all": Variant(
            label=_("all leavers to all customers of the period"),
            formula=_(
                "Everyone who left in the period and is not back "
                "÷ (customers at the start + new and returned in the period)"
            ),
            numerator=rows.LEFT,
            denominator=rows.EVER_IN_WINDOW,
            scale=100,
            when_empty=_("There were no customers in the period."),
        ),
        "to_new": Variant(
            label=_("all leavers to new customers"),
            formula=_("Everyone who left in the period and is not back ÷ new customers"),
            numerator=rows.LEFT,
            denominator=rows.NEW,
            scale=100,
            when_empty=_("Nobody became a customer in the period."),
        ),
    },
)
RETENTION_RATE = Metric(
    key="customer_retention_rate",
    name=_("Customer retention rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=SUBSCRIPTIONS,
    when_missing=_("An account that is back at the end of the period was kept."),
    variants={
        "opening": Variant(
            label=_("of the customers at the start"),
            formula=_(
                "Customers at the start who are customers at the end ÷ customers at the start"
            ),
            numerator=rows.STAYED,
            denominator=rows.CUSTOMERS_AT_START,
            scale=100,
            when_empty=NO_CUSTOMERS,
        )
    },
)
NEW_CUSTOMERS = _counted(
    "new_customers",
    _("New customers"),
    Direction.HIGHER,
    _("Accounts that paid for the first time in the period"),
    rows.NEW,
)
CHURNED_CUSTOMERS = _counted(
    "churned_customers",
    _("Churned customers"),
    Direction.LOWER,
    _("Accounts that fell to 0 in the period and are not back at its end"),
    rows.LEFT,
)
TENURE = Metric(
    key="tenure",
    name=_("Mean tenure"),
    unit=Unit.MONTHS,
    direction=Direction.HIGHER,
    source=SUBSCRIPTIONS,
    when_missing=_("Only customers have a tenure."),
    point_in_time=True,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("Months since the first payment, a mean over customers"),
            numerator=rows.TENURE,
            denominator=rows.CUSTOMERS_AT_END,
            when_empty=_("There are no customers."),
        )
    },
)

METRICS = [
    CUSTOMERS,
    NEW_CUSTOMERS,
    CHURNED_CUSTOMERS,
    CHURN_RATE,
    RETENTION_RATE,
    TENURE,
]


def _tenure(window: Window) -> RowsOf[CustomerSpell]:
    """Of every customer at the end of the day, from the day on which it first was one."""
    begun = CustomerSpell.objects.filter(starts_on__lte=window.day).order_by()
    here = begun.filter(paid_on(window.day)).values("account")
    return (
        begun.filter(account__in=here)
        .values("account_id")
        .annotate(first_paid=Min("starts_on"))
        .annotate(value=months_since("first_paid", end=window.end))
        .values("account_id", "value")
    )


ACCOUNT_METRICS = [
    AccountMetric(
        key="tenure",
        slot=1,
        name=_("Tenure"),
        formula=_("Months since the first payment"),
        unit=Unit.MONTHS,
        direction=Direction.HIGHER,
        source=SUBSCRIPTIONS,
        when_missing=_("Unknown for an account that is no customer."),
        values=_tenure,
    )
]
