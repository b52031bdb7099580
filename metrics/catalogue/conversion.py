"""Conversion: how visitors become leads, trials and free accounts customers, and get started."""

from django.db.models import (
    DateField,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Account, MrrPhase, Subscription, TermPhase
from accounts.models.book import AccountQuerySet
from metrics.catalogue import funnel, onboarding
from metrics.catalogue.expressions import with_reason
from metrics.catalogue.records import (
    STANDARD,
    Direction,
    Measure,
    Metric,
    Rows,
    Source,
    Unit,
    Variant,
)
from metrics.catalogue.rows import accounts
from metrics.windows.intervals import wilson
from metrics.windows.periods import Window
from tenants.typing import AnyRows

STILL_GOING = gettext_noop("the trial was not over at the end of the period")
OF_TRIAL = ("account__name", "external_id", "plan", "started_on", "trial_ends_on", "ended_on")
DAY_AFTER = Func("over_on", template="((%(expressions)s) + 1)", output_field=DateField())


def _trials() -> AnyRows:
    """Subscriptions with a trial, the day on which it is over, and the one on which it paid.

    A trial may be broken off. It turned into what pays first: its own subscription, or another of
    the account that began between the trial's first day and the day after its end.
    """
    over = Least("trial_ends_on", Coalesce("ended_on", "trial_ends_on"))
    trials = Subscription.objects.filter(account__is_test=False, trial_ends_on__gt=F("started_on"))
    paid = MrrPhase.objects.paying().filter(
        Q(subscription=OuterRef("pk"))
        | Q(
            subscription__started_on__gte=OuterRef("started_on"),
            subscription__started_on__lte=OuterRef("day_after"),
        ),
        account=OuterRef("account"),
    )
    first = Subquery(paid.order_by("starts_on").values("starts_on")[:1])
    ended = trials.annotate(over_on=over).annotate(day_after=DAY_AFTER)
    return ended.annotate(paid_on=first)


def _ended(window: Window) -> AnyRows:
    """Trials that ended in the window; and those that, free at first, began to pay in it."""
    began = MrrPhase.objects.paying().filter(starts_on__gte=window.start, starts_on__lt=window.end)
    late = Q(
        account__in=began.values("account"),
        over_on__lt=window.start,
        paid_on__gte=window.start,
        paid_on__lt=window.end,
    )
    return _trials().filter(Q(over_on__gte=window.start, over_on__lt=window.end) | late)


def _started(window: Window) -> AnyRows:
    return _trials().filter(started_on__gte=window.start, started_on__lt=window.end)


def _converted(window: Window) -> AnyRows:
    """Of those that ended, the ones that pay, or have paid, by the end of the window."""
    return _ended(window).filter(paid_on__lt=window.end)


def _of_trials(rows: Rows, excluded: Rows | None = None) -> Measure:
    return Measure(rows=rows, account_path="account", columns=OF_TRIAL, excluded=excluded)


def _going_on(window: Window) -> AnyRows:
    begun = _trials().filter(started_on__lt=window.end, over_on__gte=window.end)
    return with_reason(begun, STILL_GOING)


TRIALS_ENDED = _of_trials(_ended, excluded=_going_on)
TRIAL_CONVERSION = Metric(
    key="trial_conversion_rate",
    name=_("Trial conversion rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=Source.MONEY,
    when_missing=_(
        "A trial that was broken off ended on that day. One that is followed by free time counts "
        "again once it pays."
    ),
    variants={
        "ended": Variant(
            label=_("of the trials that ended"),
            formula=_(
                "Trials that ended in the period, or began to pay in it after free time, and "
                "turned into a paid subscription, their own or one that the account began "
                "meanwhile or by the day after ÷ trials that ended in the period or began to pay "
                "in it"
            ),
            numerator=_of_trials(_converted),
            denominator=TRIALS_ENDED,
            scale=100,
            when_empty=_("No trial ended in the period."),
            interval=wilson,
        ),
        "started": Variant(
            label=_("to the trials that started"),
            formula=_(
                "Trials that ended in the period, or began to pay in it after free time, and "
                "turned into a paid subscription ÷ trials that started in it"
            ),
            numerator=_of_trials(_converted),
            denominator=_of_trials(_started),
            scale=100,
            when_empty=_("No trial started in the period."),
        ),
    },
)


def _free(window: Window) -> AccountQuerySet:
    """Accounts that use a plan for nothing at the start, and pay for no other."""
    free = TermPhase.objects.on(window.eve).filter(amount=0)
    using = Account.objects.counted().not_customers_on(window.eve)
    return using.filter(pk__in=free.values("account_id"))


def _free_that_pay(window: Window) -> AccountQuerySet:
    paying = MrrPhase.objects.paying().on(window.day)
    return _free(window).customers_on(window.day).filter(pk__in=paying.values("account_id"))


FREE_TO_PAID = Metric(
    key="free_to_paid_rate",
    name=_("Free-to-paid rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=Source.MONEY,
    when_missing=_(
        "A plan with a price of 0 is free, whatever its quantity; a trial, a discount of 100 % "
        "and a quantity of 0 are not."
    ),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Accounts on a free plan at the start that pay at the end ÷ accounts on a free "
                "plan at the start"
            ),
            numerator=accounts(_free_that_pay),
            denominator=accounts(_free),
            scale=100,
            when_empty=_("No account was on a free plan at the start of the period."),
            interval=wilson,
        )
    },
)

METRICS = [*funnel.METRICS, TRIAL_CONVERSION, FREE_TO_PAID, *onboarding.METRICS]
ACCOUNT_METRICS = onboarding.ACCOUNT_METRICS
