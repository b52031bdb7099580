"""Renewals: whether terms that came to their end were followed by another."""

from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from accounts.models.money import renewal_terms
from metrics.catalogue.expressions import with_reason
from metrics.catalogue.records import Direction, Measure, Metric, Rows, Source, Unit, Variant
from metrics.catalogue.rows import TEST_ACCOUNT
from metrics.windows.intervals import wilson
from metrics.windows.periods import Window
from tenants.typing import AnyRows

NONE_DUE = _("No term was due in the period.")
OF_RENEWAL = (
    "account__name",
    "subscription__external_id",
    "due_on",
    "renewed_on",
    "auto_renew",
)
OF_MONEY = (*OF_RENEWAL[:4], "mrr_due", "mrr_renewed")


def _all_due(window: Window) -> AnyRows:
    return renewal_terms(window.day).filter(due_on__gte=window.start, due_on__lt=window.end)


def _due(window: Window) -> AnyRows:
    return _all_due(window).filter(account__is_test=False)


def _of_tests(window: Window) -> AnyRows:
    return with_reason(_all_due(window).filter(account__is_test=True), TEST_ACCOUNT)


def _renewed(window: Window) -> AnyRows:
    return _due(window).filter(renewed=True)


def _with_mrr(rows: Rows) -> Rows:
    """Of some renewals those of terms that paid something; an unknown amount is one."""
    return lambda window: rows(window).filter(Q(mrr_due__gt=0) | Q(mrr_due=None))


def _renewals(
    rows: Rows,
    excluded: Rows | None = None,
    *,
    columns: tuple[str, ...] = OF_RENEWAL,
    expr: Combinable | None = None,
) -> Measure:
    return Measure(
        rows=rows,
        account_path="account",
        columns=columns,
        expr=expr,
        excluded=excluded,
    )


RENEWAL_RATE = Metric(
    key="renewal_rate",
    name=_("Renewal rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=Source.CARE,
    when_missing=_("A term that is due and of which nothing is written down was not renewed."),
    variants={
        "terms": Variant(
            label=_("by terms"),
            formula=_(
                "Terms due in the period that were renewed by its end, or that renew by "
                "themselves and whose account is served beyond the due day, by this subscription "
                "or by one that follows it ÷ terms due in it"
            ),
            numerator=_renewals(_renewed),
            denominator=_renewals(_due, excluded=_of_tests),
            scale=100,
            when_empty=NONE_DUE,
            interval=wilson,
        ),
        "revenue": Variant(
            label=_("by MRR"),
            formula=_(
                "MRR that the renewed terms go on to pay, of each no more than before ÷ MRR that "
                "all terms due paid until then; both at one exchange rate, with the quantity and "
                "the discounts that count"
            ),
            numerator=_renewals(_with_mrr(_renewed), expr=F("mrr_renewed"), columns=OF_MONEY),
            denominator=_renewals(_with_mrr(_due), expr=F("mrr_due"), columns=OF_MONEY),
            scale=100,
            when_empty=NONE_DUE,
        ),
    },
)

METRICS = [RENEWAL_RATE]
