"""Revenue: what the book pays now, and how that moved."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import MrrPhase
from accounts.models.book import paid_on
from accounts.models.money import Movement
from metrics.catalogue.expressions import summed
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
from metrics.catalogue.rows import (
    CUSTOMERS_AT_END,
    MRR_AT_END,
    MRR_NOT_CANCELLED,
    at_price,
    movements,
)
from metrics.catalogue.sql import Sql, compiled
from metrics.windows.periods import DAY, Window
from tenants.typing import RowsOf

SUBSCRIPTIONS = Source.MONEY
KIND = Movement.Kind

MRR = Metric(
    key="mrr",
    name=_("Monthly recurring revenue"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=SUBSCRIPTIONS,
    when_missing=_("An account without a paid subscription pays 0."),
    point_in_time=True,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Sum over paid subscriptions of amount × quantity, less the discount of the day, "
                "per month (year ÷ 12, half-year ÷ 6, quarter ÷ 3, week × 52 ÷ 12, "
                "day × 365 ÷ 12). Trials, pauses, tax and one-off sales are not counted."
            ),
            numerator=at_price("mrr"),
        ),
        "forever": Variant(
            label=_("less lasting discounts alone"),
            formula=_("As the standard, but a discount that will end is not taken off"),
            numerator=at_price("forever"),
        ),
        "none": Variant(
            label=_("before discounts"),
            formula=_("As the standard, but no discount is taken off"),
            numerator=at_price("listed"),
        ),
        "cancellation": Variant(
            label=_("without what is called off"),
            formula=_("As the standard, but a subscription counts until the day it was cancelled"),
            numerator=MRR_NOT_CANCELLED,
        ),
    },
)
ARR = Metric(
    key="arr",
    name=_("Annual recurring revenue"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=SUBSCRIPTIONS,
    when_missing=_("An account without a paid subscription pays 0."),
    point_in_time=True,
    variants={
        "all": Variant(label=STANDARD, formula=_("MRR × 12"), numerator=MRR_AT_END, scale=12)
    },
)


def _movement(
    key: str, name: StrOrPromise, direction: Direction, formula: StrOrPromise, moved: Measure
) -> Metric:
    """The sum of one class of movements."""
    return total(
        key=key,
        name=name,
        unit=Unit.MONEY,
        direction=direction,
        source=SUBSCRIPTIONS,
        when_missing=_("No movement is 0."),
        formula=formula,
        numerator=moved,
    )


NEW_MRR = _movement(
    "new_mrr",
    _("New MRR"),
    Direction.HIGHER,
    _("Sum of the first rises above 0 of accounts, by day"),
    movements(KIND.NEW),
)
CHURNED_MRR = _movement(
    "churned_mrr",
    _("Churned MRR"),
    Direction.LOWER,
    _("Sum of the falls to 0 of accounts, by day"),
    movements(KIND.CHURN, sign=-1),
)
EXPANSION_MRR = _movement(
    "expansion_mrr",
    _("Expansion MRR"),
    Direction.HIGHER,
    _("Sum of the rises of accounts that paid already, by day"),
    movements(KIND.EXPANSION),
)
CONTRACTION_MRR = _movement(
    "contraction_mrr",
    _("Contraction MRR"),
    Direction.LOWER,
    _("Sum of the falls of accounts that stay above 0, by day"),
    movements(KIND.CONTRACTION, sign=-1),
)
REACTIVATION_MRR = _movement(
    "reactivation_mrr",
    _("Reactivation MRR"),
    Direction.HIGHER,
    _("Sum of the rises from 0 of accounts that paid before, by day"),
    movements(KIND.REACTIVATION),
)
QUICK_RATIO = Metric(
    key="quick_ratio",
    name=_("Quick ratio"),
    unit=Unit.RATIO,
    direction=Direction.HIGHER,
    source=SUBSCRIPTIONS,
    when_missing=_("Where nothing was lost there is no ratio."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("(new + expansion + reactivation) ÷ (contraction + churned MRR)"),
            numerator=movements(KIND.NEW, KIND.EXPANSION, KIND.REACTIVATION),
            denominator=movements(KIND.CONTRACTION, KIND.CHURN, sign=-1),
            when_empty=_("Nothing was lost in the period."),
        )
    },
)
ARPA = Metric(
    key="arpa",
    name=_("Average revenue per account"),
    unit=Unit.MONEY,
    direction=Direction.HIGHER,
    source=SUBSCRIPTIONS,
    when_missing=_("Without customers there is no average."),
    point_in_time=True,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("MRR ÷ customers"),
            numerator=MRR_AT_END,
            denominator=CUSTOMERS_AT_END,
            when_empty=_("There are no customers."),
        )
    },
)

METRICS = [
    MRR,
    ARR,
    NEW_MRR,
    EXPANSION_MRR,
    CONTRACTION_MRR,
    CHURNED_MRR,
    REACTIVATION_MRR,
    QUICK_RATIO,
    ARPA,
]


def _mrr(window: Window) -> RowsOf[MrrPhase]:
    paid = MrrPhase.objects.on(window.day)
    return paid.values("account_id").annotate(value=summed("mrr")).values("account_id", "value")


def _change(window: Window) -> RowsOf[MrrPhase]:
    now, then = paid_on(window.day), paid_on(window.day - 90 * DAY)
    both = MrrPhase.objects.filter(now | then).values("account_id")
    return (
        both.annotate(now=summed("mrr", filter=now), then=summed("mrr", filter=then))
        .filter(then__gt=0)
        .annotate(value=(F("now") - F("then")) * 100 / F("then"))
        .values("account_id", "value")
    )


def _against_segment(window: Window) -> Sql:
    paid = MrrPhase.objects.on(window.day).values("account_id")
    known = compiled(paid.annotate(mrr=summed("mrr")).filter(mrr__gt=0))
    text = AGAINST_SEGMENT.replace("{rows}", known.text)
    return Sql(text, (*known.parameters, window.day))


AGAINST_SEGMENT = """
WITH paying AS MATERIALIZED (
    SELECT paid.account_id, segment, mrr FROM ({rows}) paid (account_id, mrr)
    JOIN accounts_memberships(%s) USING (account_id)
),
middle AS (
    SELECT segment, percentile_cont(0.5) WITHIN GROUP (ORDER BY mrr)::numeric AS mrr
    FROM paying GROUP BY segment
)
SELECT paying.account_id, paying.mrr / middle.mrr AS value
FROM paying JOIN middle USING (segment)
"""

ACCOUNT_METRICS = [
    AccountMetric.of(
        MRR,
        slot=0,
        values=_mrr,
        value_when_missing=0,
    ),
    AccountMetric(
        key="mrr_change_90d",
        slot=2,
        name=_("Change of MRR in 90 days"),
        formula=_("(MRR now − MRR 90 days ago) ÷ MRR 90 days ago"),
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        source=SUBSCRIPTIONS,
        when_missing=_("Unknown for an account that paid nothing 90 days ago."),
        values=_change,
    ),
    AccountMetric(
        key="mrr_vs_segment",
        slot=3,
        name=_("MRR against its segment"),
        formula=_("MRR ÷ median MRR of the paying accounts of the same segment"),
        unit=Unit.RATIO,
        direction=Direction.HIGHER,
        source=SUBSCRIPTIONS,
        when_missing=_("Unknown for an account that pays nothing."),
        values=_against_segment,
    ),
]
