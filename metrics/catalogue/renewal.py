"""Renewals: whether terms that came to their end were followed by another."""

from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from accounts.models import Rate, Renewal, TermPhase
from metrics.catalogue.records import Direction, Measure, Metric, Rows, Source, Unit, Variant
from metrics.catalogue.rows import TEST_ACCOUNT, with_reason
from metrics.intervals import wilson
from metrics.periods import Window

MONEY = DecimalField(max_digits=34, decimal_places=10)
NONE_DUE = _("No term was due in the period.")
OF_RENEWAL = (
    "subscription__account__name",
    "subscription__external_id",
    "due_on",
    "renewed_on",
    "auto_renew",
)


def _all_due(window: Window) -> QuerySet[Any, Any]:
    return Renewal.objects.filter(due_on__gte=window.start, due_on__lt=window.end)


def _due(window: Window) -> QuerySet[Any, Any]:
    return _all_due(window).filter(subscription__account__is_test=False)


def _of_tests(window: Window) -> QuerySet[Any, Any]:
    tests = _all_due(window).filter(subscription__account__is_test=True)
    return with_reason(tests, TEST_ACCOUNT)


def _renewed(window: Window) -> QuerySet[Any, Any]:
    """Those of which it is written down, and those that go on by themselves and did."""
    serves = Q(subscription__ended_on=None) | Q(subscription__ended_on__gt=F("due_on"))
    by_itself = Q(auto_renew=True, renewed_on=None) & serves
    return _due(window).filter(Q(renewed_on__lt=window.end) | by_itself)


def _mrr(*, on_due_day: bool) -> Subquery:
    """What the subscription paid a month: on the day it was due, or until then."""
    here = TermPhase.objects.filter(subscription=OuterRef("subscription"))
    if on_due_day:
        here = here.filter(starts_on__lte=OuterRef("due_on"))
        here = here.filter(Q(ends_on=None) | Q(ends_on__gt=OuterRef("due_on")))
    else:
        here = here.filter(starts_on__lt=OuterRef("due_on"))
        here = here.filter(Q(ends_on=None) | Q(ends_on__gte=OuterRef("due_on")))
    return Subquery(here.order_by("-starts_on").values("mrr")[:1])


def _with_mrr(rows: Rows) -> Rows:
    """Renewals with the MRR that was due, and with what was renewed of it: never more."""
    rate = Rate.objects.filter(
        currency=OuterRef("subscription__currency"), day__lte=OuterRef("due_on")
    )
    agreed = Func(
        F("amount") * Subquery(rate.order_by("-day").values("rate")[:1]),
        F("subscription__interval"),
        F("subscription__interval_count"),
        function="accounts_monthly",
        output_field=MONEY,
    )

    def annotated(window: Window) -> QuerySet[Any, Any]:
        found: QuerySet[Any, Any] = rows(window).annotate(mrr_due=_mrr(on_due_day=False))
        went_on = Coalesce(_mrr(on_due_day=True), Value(0, output_field=MONEY))
        told: QuerySet[Any, Any] = found.annotate(
            mrr_renewed=Case(
                When(amount__isnull=False, then=Least(F("mrr_due"), agreed)),
                default=Least(F("mrr_due"), went_on),
                output_field=MONEY,
            )
        )
        return told.filter(mrr_due__gt=0)

    return annotated


def _renewals(rows: Rows, left_out: Rows | None = None, **options: Any) -> Measure:
    return Measure(
        rows=rows,
        account="subscription__account",
        left_out=left_out,
        **({"columns": OF_RENEWAL} | options),
    )


OF_MONEY = (*OF_RENEWAL[:4], "mrr_due", "mrr_renewed")
RENEWAL_RATE = Metric(
    key="renewal_rate",
    name=_("Renewal rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=Source.CARE,
    silence=_("A term that is due and of which nothing is written down was not renewed."),
    variants={
        "terms": Variant(
            label=_("by terms"),
            formula=_("Terms due in the period that were renewed by its end ÷ terms due in it"),
            numerator=_renewals(_renewed),
            denominator=_renewals(_due, left_out=_of_tests),
            scale=100,
            when_empty=NONE_DUE,
            interval=wilson,
        ),
        "revenue": Variant(
            label=_("by MRR"),
            formula=_(
                "MRR that the renewed terms go on to pay, of each no more than before ÷ MRR that "
                "all terms due paid until then"
            ),
            numerator=_renewals(_with_mrr(_renewed), worth=F("mrr_renewed"), columns=OF_MONEY),
            denominator=_renewals(_with_mrr(_due), worth=F("mrr_due"), columns=OF_MONEY),
            scale=100,
            when_empty=NONE_DUE,
        ),
    },
)

METRICS = [RENEWAL_RATE]
