"""The funnel: how visitors become leads, and both do what was hoped for."""

from django.db.models import (
    Count,
    Exists,
    Min,
    OuterRef,
    Q,
    Subquery,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import FunnelStep
from metrics.catalogue.expressions import bytewise, during, start_of_day, with_reason
from metrics.catalogue.records import (
    Direction,
    Measure,
    Metric,
    RowDimension,
    Rows,
    Source,
    Unit,
    Variant,
    dimension_of,
    names_in,
    total,
    whole_rows,
)
from metrics.windows.intervals import wilson
from metrics.windows.periods import Window
from tenants.typing import AnyRows

JOURNEY = Source.JOURNEY
STAGE = FunnelStep.Stage
NOBODY_CAME = _("Nobody is known to have come in the period.")
NO_LEAD = gettext_noop("reached a goal and was no lead")
OF_VISITOR = ("visitor_id", "first_at", "steps")


def _steps(window: Window, *stages: str) -> AnyRows:
    found = FunnelStep.objects.filter(during("occurred_at", window), stage__in=stages)
    return found.filter(Q(account=None) | Q(account__is_test=False))


def _visitors(rows: AnyRows, window: Window) -> AnyRows:
    """Each visitor of some steps once, with the account that they turned out to be of by then.

    That is of their latest step with an account, whatever its stage: so a visitor is of the same
    account above and below the line.
    """
    known = FunnelStep.objects.filter(
        visitor_id=OuterRef("visitor_id"),
        account__is_test=False,
        occurred_at__lt=start_of_day(window.end),
    )
    latest = known.order_by("-occurred_at", bytewise("account__external_id").desc())
    each = rows.order_by().values("visitor_id")
    visitors: AnyRows = each.annotate(
        account_id=Subquery(latest.values("account")[:1]),
        first_at=Min("occurred_at"),
        steps=Count("id"),
    )
    return visitors


def _reached(*stages: str) -> Rows:
    """The steps of some stages in the window."""
    return lambda window: _steps(window, *stages)


def _was_lead(window: Window) -> Exists:
    """Whether the visitor of a step had become a lead by the end of the window."""
    leads = FunnelStep.objects.filter(
        visitor_id=OuterRef("visitor_id"),
        stage=STAGE.LEAD,
        occurred_at__lt=start_of_day(window.end),
    )
    return Exists(leads)


def _by_leads(window: Window) -> AnyRows:
    return _steps(window, STAGE.CONVERSION).filter(_was_lead(window))


def _leads_and_by_leads(window: Window) -> AnyRows:
    """The leads of the window, and the conversions in it of those who were leads before."""
    return _steps(window, STAGE.LEAD, STAGE.CONVERSION).filter(_was_lead(window))


def _by_others(window: Window) -> AnyRows:
    others = _steps(window, STAGE.CONVERSION).filter(~_was_lead(window))
    return with_reason(_visitors(others, window), NO_LEAD)


def _people(steps: Rows, *, whatever_goal: bool = False, excluded: Rows | None = None) -> Measure:
    """The people of some steps in the window, each counted once.

    `whatever_goal`: cut by a goal they are still all, for who comes is not known to come for one.
    """

    def with_value(column: str) -> RowDimension:
        return RowDimension(
            rows=lambda window, value: _visitors(steps(window).filter(**{column: value}), window),
            values=lambda window: _names(window, column),
        )

    def all_of_them(window: Window) -> AnyRows:
        return _visitors(steps(window), window)

    goal = with_value("goal")
    return Measure(
        rows=all_of_them,
        account_path="account",
        columns=OF_VISITOR,
        excluded=excluded,
        dimensions={
            "goal": whole_rows(all_of_them, goal.values) if whatever_goal else goal,
            "source": with_value("source"),
        },
    )


def _names(window: Window, column: str) -> AnyRows:
    return names_in(_steps(window, *STAGE.values), column)


def _new_leads(window: Window) -> AnyRows:
    """The step by which a visitor became a lead: the first one ever."""
    steps = FunnelStep.objects.alias(name=bytewise("goal"))
    earlier = steps.filter(
        Q(occurred_at__lt=OuterRef("occurred_at"))
        | Q(occurred_at=OuterRef("occurred_at"), name__lt=bytewise(OuterRef("goal"))),
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
    when_missing=_("Who was a lead before is none again."),
    formula=_("Visitors who became leads in the period, for the first time"),
    numerator=Measure(
        rows=_new_leads,
        account_path="account",
        columns=("visitor_id", "goal", "source", "occurred_at"),
        dimensions={
            "source": dimension_of(_new_leads, "source"),
            "goal": dimension_of(_new_leads, "goal"),
        },
    ),
)
CONVERSION_RATE = Metric(
    key="conversion_rate",
    name=_("Conversion rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=JOURNEY,
    when_missing=_("A person who reached a goal twice is counted once."),
    variants={
        "of_visitors": Variant(
            label=_("of the visitors"),
            formula=_(
                "People who reached a goal in the period ÷ people who came, left their name or "
                "reached one; of one goal: people who reached it ÷ the same"
            ),
            numerator=_people(_reached(STAGE.CONVERSION)),
            denominator=_people(_reached(*STAGE.values), whatever_goal=True),
            scale=100,
            when_empty=NOBODY_CAME,
            interval=wilson,
        ),
        "of_leads": Variant(
            label=_("of the leads"),
            formula=_(
                "Leads who reached a goal in the period ÷ those who became leads in it or, being "
                "leads before, reached a goal in it"
            ),
            numerator=_people(_by_leads, excluded=_by_others),
            denominator=_people(_leads_and_by_leads, whatever_goal=True),
            scale=100,
            when_empty=_("Nobody is known to have been a lead in the period."),
            interval=wilson,
        ),
    },
)


METRICS = [LEADS, CONVERSION_RATE]
