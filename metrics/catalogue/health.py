"""Health: how well the book is, as the night has scored it, and how much money is at risk."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import MrrPhase
from metrics.catalogue.expressions import MONEY, summed
from metrics.catalogue.records import (
    STANDARD,
    Direction,
    Measure,
    Metric,
    Source,
    Unit,
    Variant,
)
from metrics.models import HealthScore, HealthStatus
from metrics.windows.periods import Window
from tenants.typing import AnyRows

NO_NIGHT = _("No night has scored the accounts in the week up to this day.")
WEEK = timedelta(days=6)
OF_SCORE = ("account__name", "account__external_id", "account__owner_email", "score", "status")


def _scored(window: Window) -> AnyRows:
    """The scores of the last night in the week up to the end, if not every night is run."""
    scores = HealthScore.objects.filter(day__range=(window.day - WEEK, window.day))
    latest = scores.order_by("-day").values("day")[:1]
    here = HealthScore.objects.filter(day=Subquery(latest), account__is_test=False)
    return here.filter(score__isnull=False)


def _at_risk(window: Window) -> AnyRows:
    return _scored(window).filter(status=HealthStatus.RED)


def _with_mrr(window: Window) -> AnyRows:
    paid = MrrPhase.objects.on(window.day).filter(account=OuterRef("account")).order_by()
    each = paid.values("account").annotate(all=summed("mrr")).values("all")
    found: AnyRows = _at_risk(window).annotate(mrr=Subquery(each, output_field=MONEY))
    return found.filter(Q(mrr__gt=0) | (Q(mrr=None) & Exists(paid)))


SCORED = Measure(rows=_scored, account_path="account", columns=OF_SCORE)


def _of_the_night(
    *,
    formula: StrOrPromise,
    numerator: Measure,
    denominator: Measure | None = None,
    when_empty: StrOrPromise = "",
) -> Variant:
    return Variant(
        label=STANDARD,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        when_empty=when_empty,
        requires=SCORED,
        when_requirement_missing=NO_NIGHT,
    )


MEAN_HEALTH = Metric(
    key="mean_health",
    name=_("Mean health"),
    unit=Unit.SCORE,
    direction=Direction.HIGHER,
    source=Source.RULES,
    when_missing=_("An account of which too little is known has no score."),
    point_in_time=True,
    of_nights=True,
    variants={
        "all": _of_the_night(
            formula=_("Health scores of the accounts, summed ÷ their number"),
            numerator=Measure(
                rows=_scored, expr=F("score"), account_path="account", columns=OF_SCORE
            ),
            denominator=SCORED,
            when_empty=NO_NIGHT,
        )
    },
)
ACCOUNTS_AT_RISK = Metric(
    key="accounts_at_risk",
    name=_("Accounts at risk"),
    unit=Unit.COUNT,
    direction=Direction.LOWER,
    source=Source.RULES,
    when_missing=_("An account without a colour is not counted."),
    point_in_time=True,
    of_nights=True,
    variants={
        "all": _of_the_night(
            formula=_("Accounts whose health is red at the end of the day"),
            numerator=Measure(rows=_at_risk, account_path="account", columns=OF_SCORE),
        )
    },
)
MRR_AT_RISK = Metric(
    key="mrr_at_risk",
    name=_("MRR at risk"),
    unit=Unit.MONEY,
    direction=Direction.LOWER,
    source=Source.RULES,
    when_missing=_("An account without a colour is not counted."),
    point_in_time=True,
    of_nights=True,
    variants={
        "all": _of_the_night(
            formula=_("MRR of the accounts whose health is red at the end of the day"),
            numerator=Measure(
                rows=_with_mrr, expr=F("mrr"), account_path="account", columns=(*OF_SCORE, "mrr")
            ),
        )
    },
)

METRICS = [MEAN_HEALTH, ACCOUNTS_AT_RISK, MRR_AT_RISK]
