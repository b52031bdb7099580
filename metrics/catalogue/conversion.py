"""Conversion: how visitors become leads, trials and free accounts customers, and get started."""

from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Account, FunnelStep, MrrPhase, OnboardingStep, Subscription, TermPhase
from accounts.models.book import AccountQuerySet
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Cut,
    Direction,
    Measure,
    Metric,
    Rows,
    Source,
    Unit,
    Variant,
    by_column,
    names_in,
    total,
    uncut,
)
from metrics.catalogue.rows import (
    MONEY,
    OF_ACCOUNT,
    accounts,
    begins,
    days_after,
    moments_of,
    named_by,
    with_reason,
)
from metrics.intervals import wilson
from metrics.periods import Window

JOURNEY = Source.JOURNEY
STAGE = FunnelStep.Stage
NOBODY_CAME = _("Nobody is known to have come in the period.")
STILL_GOING = gettext_noop("the trial was not over at the end of the period")
OF_VISITOR = ("visitor_id", "first_at", "steps")
OF_TRIAL = ("account__name", "external_id", "plan", "started_on", "trial_ends_on", "ended_on")


def _steps(window: Window, *stages: str) -> QuerySet[Any, Any]:
    found = FunnelStep.objects.filter(moments_of("occurred_at", window), stage__in=stages)
    counted: QuerySet[Any, Any] = found.filter(Q(account=None) | Q(account__is_test=False))
    return counted


def _visitors(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Each visitor of some steps once, with the account that they turned out to be of."""
    each = rows.order_by().values("visitor_id")
    found: QuerySet[Any, Any] = each.annotate(
        account_id=Max("account"), first_at=Min("occurred_at"), steps=Count("id")
    )
    return found


def _people(*stages: str, whatever_goal: bool = False) -> Measure:
    """People who reached a stage in the window, each counted once.

    `whatever_goal`: cut by a goal they are still all, for who comes is not known to come for one.
    """

    def rows(window: Window) -> QuerySet[Any, Any]:
        return _visitors(_steps(window, *stages))

    def with_value(column: str) -> Cut:
        return Cut(
            rows=lambda window, value: _visitors(_steps(window, *stages).filter(**{column: value})),
            values=lambda window: _names(window, column),
        )

    goal = with_value("goal")
    return Measure(
        rows=rows,
        account="account",
        columns=OF_VISITOR,
        cuts={
            "goal": uncut(rows, goal.values) if whatever_goal else goal,
            "source": with_value("source"),
        },
    )


def _names(window: Window, column: str) -> QuerySet[Any, Any]:
    return names_in(_steps(window, *STAGE.values), column)


def _new_leads(window: Window) -> QuerySet[Any, Any]:
    """The step by which a visitor became a lead: the first one ever."""
    earlier = FunnelStep.objects.filter(
        Q(occurred_at__lt=OuterRef("occurred_at"))
        | Q(occurred_at=OuterRef("occurred_at"), pk__lt=OuterRef("pk")),
        visitor_id=OuterRef("visitor_id"),
        stage=STAGE.LEAD,
    )
    return _steps(window, STAGE.LEAD).filter(~Exists(earlier))


LEADS = total(
    key="leads",
    name=_("New leads"),
    unit=Unit.COUNT,
    direction=Direction.HIGHER,
    source=JOURNEY,
    silence=_("Who was a lead before is none again."),
    formula=_("Visitors who became leads in the period, for the first time"),
    numerator=Measure(
        rows=_new_leads,
        account="account",
        columns=("visitor_id", "goal", "source", "occurred_at"),
        cuts={"source": by_column(_new_leads, "source"), "goal": by_column(_new_leads, "goal")},
    ),
)
CONVERSION_RATE = Metric(
    key="conversion_rate",
    name=_("Conversion rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=JOURNEY,
    silence=_("A person who reached a goal twice is counted once."),
    variants={
        "of_visitors": Variant(
            label=_("of the visitors"),
            formula=_(
                "People who reached a goal in the period ÷ people who came, left their name or "
                "reached one; of one goal: people who reached it ÷ the same"
            ),
            numerator=_people(STAGE.CONVERSION),
            denominator=_people(*STAGE.values, whatever_goal=True),
            scale=100,
            when_empty=NOBODY_CAME,
            interval=wilson,
        ),
        "of_leads": Variant(
            label=_("of the leads"),
            formula=_("People who reached a goal in the period ÷ people who were leads in it"),
            numerator=_people(STAGE.CONVERSION),
            denominator=_people(STAGE.LEAD, whatever_goal=True),
            scale=100,
            when_empty=_("Nobody is known to have been a lead in the period."),
        ),
    },
)


def _trials() -> QuerySet[Any, Any]:
    """Subscriptions with a trial, and the day on which it is over: one may be broken off."""
    over = Least("trial_ends_on", Coalesce("ended_on", "trial_ends_on"))
    trials = Subscription.objects.filter(account__is_test=False, trial_ends_on__gt=F("started_on"))
    found: QuerySet[Any, Any] = trials.annotate(over_on=over)
    return found


def _ended(window: Window) -> QuerySet[Any, Any]:
    return _trials().filter(over_on__gte=window.start, over_on__lt=window.end)


def _started(window: Window) -> QuerySet[Any, Any]:
    return _trials().filter(started_on__gte=window.start, started_on__lt=window.end)


def _converted(rows: Rows) -> Rows:
    """Of some trials those that pay, or have paid, by the end of the window."""

    def paying(window: Window) -> QuerySet[Any, Any]:
        paid = MrrPhase.objects.filter(subscription=OuterRef("pk"), starts_on__lte=window.day)
        return rows(window).filter(Exists(paid))

    return paying


def _of_trials(rows: Rows, left_out: Rows | None = None) -> Measure:
    return Measure(rows=rows, account="account", columns=OF_TRIAL, left_out=left_out)


def _going_on(window: Window) -> QuerySet[Any, Any]:
    begun = _trials().filter(started_on__lt=window.end, over_on__gte=window.end)
    return with_reason(begun, STILL_GOING)


TRIALS_ENDED = _of_trials(_ended, left_out=_going_on)
TRIAL_CONVERSION = Metric(
    key="trial_conversion_rate",
    name=_("Trial conversion rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=Source.MONEY,
    silence=_("A trial that was broken off ended on that day and did not convert."),
    variants={
        "ended": Variant(
            label=_("of the trials that ended"),
            formula=_(
                "Trials that ended in the period and turned into a paid subscription ÷ trials "
                "that ended in it"
            ),
            numerator=_of_trials(_converted(_ended)),
            denominator=TRIALS_ENDED,
            scale=100,
            when_empty=_("No trial ended in the period."),
            interval=wilson,
        ),
        "started": Variant(
            label=_("to the trials that started"),
            formula=_(
                "Trials that ended in the period and turned into a paid subscription ÷ trials "
                "that started in it"
            ),
            numerator=_of_trials(_converted(_ended)),
            denominator=_of_trials(_started),
            scale=100,
            when_empty=_("No trial started in the period."),
        ),
    },
)


def _free(window: Window) -> AccountQuerySet:
    """Accounts that use a plan for nothing at the start, and pay for no other."""
    free = TermPhase.objects.on(window.eve).filter(listed=0)
    using = Account.objects.counted().not_customers_on(window.eve)
    return using.filter(pk__in=free.values("account_id"))


FREE_TO_PAID = Metric(
    key="free_to_paid_rate",
    name=_("Free-to-paid rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=Source.MONEY,
    silence=_("A plan with a price of 0 is free; a trial and a discount of 100 % are not."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Accounts on a free plan at the start that pay at the end ÷ accounts on a free "
                "plan at the start"
            ),
            numerator=accounts(lambda window: _free(window).customers_on(window.day)),
            denominator=accounts(_free),
            scale=100,
            when_empty=_("No account was on a free plan at the start of the period."),
            interval=wilson,
        )
    },
)

# The last step: as the rules say, or the one that accounts reach last.
IN_ORDER = "(SELECT onboarding_steps FROM accounts_countingrules)"


def _last_step(window: Window) -> Func:
    return Func(
        begins(window.end),
        template=(
            f"CASE WHEN cardinality({IN_ORDER}) > 0 THEN ({IN_ORDER})[cardinality({IN_ORDER})]"
            " ELSE (SELECT step FROM (SELECT known.*,"
            "   min(reached_at) OVER (PARTITION BY account_id) AS begun"
            "   FROM accounts_onboardingstep known WHERE reached_at < %(expressions)s) known"
            " GROUP BY step ORDER BY avg(extract(epoch FROM reached_at - begun)) DESC, step"
            " LIMIT 1) END"
        ),
        output_field=CharField(),
    )


IS_STEP = named_by("onboarding_steps", "step")


def _number_of_steps(window: Window) -> Func:
    return Func(
        begins(window.end),
        template=(
            f"CASE WHEN cardinality({IN_ORDER}) > 0 THEN cardinality({IN_ORDER})"
            " ELSE (SELECT count(DISTINCT step) FROM accounts_onboardingstep"
            "   WHERE reached_at < %(expressions)s) END::numeric"
        ),
        output_field=MONEY,
    )


OF_ONBOARDING = (*OF_ACCOUNT, "begun_at", "steps", "last_step", "done_at")


def _onboarding(window: Window) -> QuerySet[Any, Any]:
    """Accounts with their onboarding as it stood at the end of the window."""
    reached = OnboardingStep.objects.filter(
        account=OuterRef("pk"), reached_at__lt=begins(window.end)
    )
    done = reached.filter(step=_last_step(window)).order_by("reached_at")
    by_then = Q(onboarding_steps__reached_at__lt=begins(window.end))
    found: QuerySet[Any, Any] = Account.objects.counted().annotate(
        begun_at=Min("onboarding_steps__reached_at", filter=by_then),
        steps=Count("onboarding_steps", filter=by_then),
        last_step=Subquery(reached.order_by("-reached_at", "-pk").values("step")[:1]),
        done_at=Subquery(done.values("reached_at")[:1]),
    )
    return found


def _began(window: Window) -> QuerySet[Any, Any]:
    return _onboarding(window).filter(moments_of("begun_at", window))


def _finished(window: Window) -> QuerySet[Any, Any]:
    return _began(window).filter(done_at__lte=days_after("begun_at", days="onboarding_days"))


def _of_step(rows: Rows) -> Cut:
    """Where accounts stand: those whose latest step it is."""
    return Cut(
        rows=lambda window, step: rows(window).filter(last_step=step),
        values=lambda window: (
            OnboardingStep.objects.filter(reached_at__lt=begins(window.end))
            .order_by("step")
            .values_list("step", flat=True)
        ),
    )


def _stage_of_onboarding(rows: Rows) -> Measure:
    return Measure(rows=rows, account="", columns=OF_ONBOARDING, cuts={"step": _of_step(rows)})


ONBOARDING = Metric(
    key="onboarding_completion_rate",
    name=_("Onboarding completion rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=JOURNEY,
    silence=_("An account of which no step is known has not started."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_(
                "Accounts that started in the period and reached the last step within the days "
                "of the rules ÷ accounts that started in it"
            ),
            numerator=_stage_of_onboarding(_finished),
            denominator=_stage_of_onboarding(_began),
            scale=100,
            when_empty=_("No account started its onboarding in the period."),
            interval=wilson,
        )
    },
)

METRICS = [LEADS, CONVERSION_RATE, TRIAL_CONVERSION, FREE_TO_PAID, ONBOARDING]


def _progress(window: Window) -> QuerySet[Any, Any]:
    """Of the steps that the rules name, or of all that anybody has reached."""
    known = OnboardingStep.objects.filter(IS_STEP, reached_at__lt=begins(window.end)).order_by()
    reached = known.values("account_id").annotate(
        value=Count("step") * Value(100) / _number_of_steps(window)
    )
    found: QuerySet[Any, Any] = reached.values("account_id", "value")
    return found


OF_ACCOUNTS = [
    AccountMetric(
        key="onboarding_progress",
        slot=24,
        name=_("Progress of onboarding"),
        formula=_("Steps of onboarding reached ÷ all steps"),
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        source=JOURNEY,
        silence=_("Unknown where no step is known."),
        values=_progress,
    )
]
