"""Retention of revenue: what the customers of the start pay now, and what was lost of it."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models.money import Movement
from metrics.catalogue import rows
from metrics.catalogue.records import (
    AccountMetric,
    Direction,
    Measure,
    Metric,
    Source,
    Unit,
    Variant,
    trailing_days,
)

SUBSCRIPTIONS = Source.MONEY
KIND = Movement.Kind
LOSSES, GAINS = (KIND.CHURN, KIND.CONTRACTION), (KIND.EXPANSION, KIND.REACTIVATION)
NO_MRR = _("There was no MRR at the start of the period.")


def _of_opening(*kinds: str, label: StrOrPromise, formula: StrOrPromise) -> Variant:
    """Movements of the accounts that paid at the start over their MRR then."""
    return _of_opening_mrr(label, formula, rows.of_opening(*kinds, sign=-1))


def _of_all(*kinds: str, formula: StrOrPromise) -> Variant:
    """Movements of all accounts over the MRR of the start."""
    label = _("of all, also of those who joined")
    return _of_opening_mrr(label, formula, rows.movements(*kinds, sign=-1))


def _of_opening_mrr(label: StrOrPromise, formula: StrOrPromise, numerator: Measure) -> Variant:
    """Something over the MRR at the start, in percent."""
    return Variant(
        label=label,
        formula=formula,
        numerator=numerator,
        denominator=rows.MRR_AT_START,
        scale=100,
        when_empty=NO_MRR,
    )


GROSS_MRR_CHURN = Metric(
    key="gross_mrr_churn",
    name=_("Gross MRR churn"),
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    source=SUBSCRIPTIONS,
    when_missing=_("Nothing lost is 0."),
    variants={
        "opening": _of_opening_mrr(
            _("of the customers at the start"),
            _(
                "What is gone at the end of the MRR of the customers at the start, of each no "
                "more than it was ÷ MRR at the start; that is 100 − gross revenue retention"
            ),
            rows.LOST_OF_OPENING,
        ),
        "movements": _of_opening(
            *LOSSES,
            label=_("by movements"),
            formula=_(
                "(churned + contraction MRR) of the customers at the start ÷ MRR at the start; "
                "can pass 100 where somebody rises first and leaves then"
            ),
        ),
        "all_movements": _of_all(
            *LOSSES,
            formula=_("(churned + contraction MRR) of all accounts ÷ MRR at the start"),
        ),
    },
)
NET_MRR_CHURN = Metric(
    key="net_mrr_churn",
    name=_("Net MRR churn"),
    unit=Unit.PERCENT,
    direction=Direction.LOWER,
    source=SUBSCRIPTIONS,
    when_missing=_("No movement is 0; below 0 the book has grown by itself."),
    variants={
        "opening": _of_opening(
            *LOSSES,
            *GAINS,
            label=_("of the customers at the start"),
            formula=_(
                "(churned + contraction − expansion − reactivation MRR) of the customers at the "
                "start ÷ MRR at the start"
            ),
        ),
        "all_movements": _of_all(
            *LOSSES,
            *GAINS,
            formula=_(
                "(churned + contraction − expansion − reactivation MRR) of all accounts "
                "÷ MRR at the start"
            ),
        ),
    },
)
NRR = Metric(
    key="nrr",
    name=_("Net revenue retention"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=SUBSCRIPTIONS,
    when_missing=_("An account that has left pays 0 now."),
    variants={
        "opening": _of_opening_mrr(
            _("of the customers at the start"),
            _("MRR now of the customers at the start ÷ their MRR then"),
            rows.KEPT,
        ),
        "with_reactivation": _of_opening_mrr(
            _("with those who came back"),
            _(
                "MRR now of the customers at the start and of those who had left before and came "
                "back in the period ÷ MRR at the start"
            ),
            rows.KEPT_WITH_COMEBACKS,
        ),
    },
)
GRR = Metric(
    key="grr",
    name=_("Gross revenue retention"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=SUBSCRIPTIONS,
    when_missing=_("An account that has left pays 0 now."),
    variants={
        "opening": _of_opening_mrr(
            _("of the customers at the start"),
            _(
                "MRR now of the customers at the start, of each no more than it was then "
                "÷ their MRR then"
            ),
            rows.KEPT_CAPPED,
        )
    },
)

METRICS = [GROSS_MRR_CHURN, NET_MRR_CHURN, NRR, GRR]

ACCOUNT_METRICS = [
    AccountMetric.of(
        NRR,
        slot=21,
        name=_("Net revenue retention of a year"),
        formula=_("MRR now ÷ MRR a year (365 days) ago"),
        when_missing=_("Unknown for an account that paid nothing a year ago."),
        over=trailing_days(365),
    )
]
