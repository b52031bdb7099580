"""Onboarding: how accounts get started, step by step."""

from django.db.models import (
    CharField,
    Count,
    Func,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, OnboardingStep
from metrics.catalogue.expressions import (
    MONEY,
    bytewise,
    days_after,
    during,
    named_by,
    start_of_day,
)
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    RowDimension,
    Rows,
    Source,
    Unit,
    Variant,
)
from metrics.catalogue.rows import OF_ACCOUNT
from metrics.windows.intervals import wilson
from metrics.windows.periods import Window
from tenants.typing import AnyRows

JOURNEY = Source.JOURNEY
# The last step: as the rules say, or the one that accounts reach last.
IN_ORDER = "(SELECT onboarding_steps FROM accounts_countingrules)"


def _last_step(window: Window) -> Func:
    return Func(
        start_of_day(window.end),
        template=(
            f"CASE WHEN cardinality({IN_ORDER}) > 0 THEN ({IN_ORDER})[cardinality({IN_ORDER})]"
            " ELSE (SELECT step FROM (SELECT known.*,"
            "   min(reached_at) OVER (PARTITION BY account_id) AS begun"
            "   FROM accounts_onboardingstep known WHERE reached_at < %(expressions)s) known"
            " GROUP BY step ORDER BY avg(extract(epoch FROM reached_at - begun)) DESC,"
            '  step COLLATE "C" DESC LIMIT 1) END'
        ),
        output_field=CharField(),
    )


IS_STEP = named_by("onboarding_steps", "step")


def _number_of_steps(window: Window) -> Func:
    return Func(
        start_of_day(window.end),
        template=(
            f"CASE WHEN cardinality({IN_ORDER}) > 0 THEN cardinality({IN_ORDER})"
            " ELSE (SELECT count(DISTINCT step) FROM accounts_onboardingstep"
            "   WHERE reached_at < %(expressions)s) END::numeric"
        ),
        output_field=MONEY,
    )


OF_ONBOARDING = (*OF_ACCOUNT, "begun_at", "steps", "last_step", "done_at")


def _onboarding(window: Window) -> AnyRows:
    """Accounts with their onboarding as it stood at the end of the window."""
    reached = OnboardingStep.objects.filter(
        account=OuterRef("pk"), reached_at__lt=start_of_day(window.end)
    )
    latest = reached.order_by("-reached_at", bytewise("step").desc())
    done = reached.filter(step=_last_step(window)).order_by("reached_at")
    by_then = Q(onboarding_steps__reached_at__lt=start_of_day(window.end))
    return Account.objects.counted().annotate(
        begun_at=Min("onboarding_steps__reached_at", filter=by_then),
        steps=Count("onboarding_steps", filter=by_then),
        last_step=Subquery(latest.values("step")[:1]),
        done_at=Subquery(done.values("reached_at")[:1]),
    )


def _began(window: Window) -> AnyRows:
    return _onboarding(window).filter(during("begun_at", window))


def _finished(window: Window) -> AnyRows:
    return _began(window).filter(done_at__lte=days_after("begun_at", days="onboarding_days"))


def _of_step(rows: Rows) -> RowDimension:
    """Where accounts stand: those whose latest step it is."""
    return RowDimension(
        rows=lambda window, step: rows(window).filter(last_step=step),
        values=lambda window: (
            OnboardingStep.objects.filter(reached_at__lt=start_of_day(window.end))
            .order_by("step")
            .values_list("step", flat=True)
        ),
    )


def _stage_of_onboarding(rows: Rows) -> Measure:
    return Measure(
        rows=rows, account_path="", columns=OF_ONBOARDING, dimensions={"step": _of_step(rows)}
    )


ONBOARDING = Metric(
    key="onboarding_completion_rate",
    name=_("Onboarding completion rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=JOURNEY,
    when_missing=_("An account of which no step is known has not started."),
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

METRICS = [ONBOARDING]


def _progress(window: Window) -> AnyRows:
    """Of the steps that the rules name, or of all that anybody has reached."""
    known = OnboardingStep.objects.filter(
        IS_STEP, reached_at__lt=start_of_day(window.end)
    ).order_by()
    reached = known.values("account_id").annotate(
        value=Count("step") * Value(100) / _number_of_steps(window)
    )
    return reached.values("account_id", "value")


ACCOUNT_METRICS = [
    AccountMetric(
        key="onboarding_progress",
        slot=24,
        name=_("Progress of onboarding"),
        formula=_("Steps of onboarding reached ÷ all steps"),
        unit=Unit.PERCENT,
        direction=Direction.HIGHER,
        source=JOURNEY,
        when_missing=_("Unknown where no step is known."),
        values=_progress,
    )
]
