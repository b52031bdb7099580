"""Feedback: what customers answer when they are asked."""

from collections.abc import Callable

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Activity
from metrics.catalogue.comment_themes import THEMES
from metrics.catalogue.expressions import bytewise, start_of_day
from metrics.catalogue.feedback_rows import (
    ANSWERS,
    COLUMNS,
    FRESH,
    NO_ANSWERS,
    NOT_FRESH,
    UNKNOWN,
    Responses,
    answers,
    excluded_answers,
    latest,
    seen,
    superseded,
)
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    Rows,
    Unit,
    Variant,
    dimension_of,
    trailing_days,
)
from metrics.windows import intervals
from metrics.windows.periods import Window


def points(*classes: tuple[int, int, int]) -> Case:
    """What a score counts: (lowest, highest, counts) by class, else 0."""
    whens = [When(score__range=(low, high), then=Value(counts)) for low, high, counts in classes]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _of_answers(
    rows: Rows, excluded: Rows | None = None, expr: Combinable | None = None
) -> Measure:
    """Answers, which may also be cut by where and how they were given."""
    cuts = {name: dimension_of(rows, name) for name in ("touchpoint", "channel", "language")}
    return Measure(
        rows=rows,
        expr=expr,
        account_path="account",
        columns=COLUMNS,
        excluded=excluded,
        dimensions=cuts,
    )


def _scored(
    kind: str, expr: Combinable, rows: Rows | None = None, left: Rows | None = None
) -> Measure:
    return _of_answers(rows or answers(kind), left or excluded_answers(kind), expr)


def _all(kind: str, rows: Rows | None = None, left: Rows | None = None) -> Measure:
    return _of_answers(rows or answers(kind), left or excluded_answers(kind))


PROMOTERS_LESS_DETRACTORS = points((9, 10, 1), (0, 6, -1))

NPS = Metric(
    key="nps",
    name=_("Net promoter score"),
    unit=Unit.SCORE,
    direction=Direction.HIGHER,
    source=ANSWERS,
    when_missing=UNKNOWN,
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("(answers of 9 or 10 − answers of 0 to 6) ÷ answers with a score, × 100"),
            numerator=_scored("nps", PROMOTERS_LESS_DETRACTORS),
            denominator=_all("nps"),
            scale=100,
            when_empty=NO_ANSWERS,
            interval=intervals.adjusted_wald,
        ),
        "latest_per_contact": Variant(
            label=_("the latest answer of each person"),
            formula=_("As the standard, of each person's last answer in the period alone"),
            numerator=_scored("nps", PROMOTERS_LESS_DETRACTORS, rows=latest, left=superseded),
            denominator=_all("nps", rows=latest, left=superseded),
            scale=100,
            when_empty=NO_ANSWERS,
            interval=intervals.adjusted_wald,
        ),
    },
)


def _share(kind: str, low: int, high: int, label: StrOrPromise, formula: StrOrPromise) -> Variant:
    """Answers with a score from `low` to `high`, of all answers."""
    return Variant(
        label=label,
        formula=formula,
        numerator=_scored(kind, points((low, high, 1))),
        denominator=_all(kind),
        scale=100,
        when_empty=NO_ANSWERS,
        interval=intervals.wilson,
    )


CSAT = Metric(
    key="csat",
    name=_("Customer satisfaction"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=ANSWERS,
    when_missing=UNKNOWN,
    variants={"all": _share("csat", 4, 5, STANDARD, _("Answers of 4 or 5, of 1 to 5 ÷ answers"))},
)
CSS = Metric(
    key="css",
    name=_("Customer success score"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=ANSWERS,
    when_missing=UNKNOWN,
    variants={"all": _share("css", 6, 10, STANDARD, _("Answers of 6 to 10, of 1 to 10 ÷ answers"))},
)
CES = Metric(
    key="ces",
    name=_("Customer effort score"),
    unit=Unit.SCORE,
    direction=Direction.HIGHER,
    source=ANSWERS,
    when_missing=UNKNOWN,
    variants={
        "mean": Variant(
            label=STANDARD,
            formula=_("Mean agreement, from 1 to 7, with “it was made easy for me”"),
            numerator=_scored("ces", F("score")),
            denominator=_all("ces"),
            when_empty=NO_ANSWERS,
            interval=intervals.mean,
        ),
        "positive": _share(
            "ces", 5, 7, _("share that agrees, in %"), _("Answers of 5 to 7 ÷ answers, × 100")
        ),
        "index": Variant(
            label=_("those who agree less those who do not"),
            formula=_("(answers of 6 or 7 − answers of 1 to 3) ÷ answers, × 100"),
            numerator=_scored("ces", points((6, 7, 1), (1, 3, -1))),
            denominator=_all("ces"),
            scale=100,
            when_empty=NO_ANSWERS,
            interval=intervals.adjusted_wald,
        ),
    },
)


RESPONSE_RATE = Metric(
    key="response_rate",
    name=_("Response rate"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=ANSWERS,
    when_missing=_("A question that was seen and not answered counts as asked."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("Answers with a score ÷ questions that were seen"),
            numerator=_of_answers(lambda window: seen(window).filter(score__isnull=False)),
            denominator=_of_answers(seen),
            scale=100,
            when_empty=_("Nobody was asked in the period."),
            interval=intervals.wilson,
        )
    },
)

METRICS = [NPS, CSAT, CSS, CES, RESPONSE_RATE, THEMES]


def _last(kind: str) -> Callable[[Window], Responses]:
    """Of each account the latest score of half a year."""

    def values(window: Window) -> Responses:
        given = answers(kind)(trailing_days(FRESH)(window)).filter(account__isnull=False)
        latest = given.order_by("account_id", "-answered_at", bytewise("external_id").desc())
        return latest.distinct("account_id").values("account_id", value=F("score"))

    return values


def _of_account(metric: Metric, slot: int) -> AccountMetric:
    return AccountMetric.of(metric, slot=slot, when_missing=NOT_FRESH, over=trailing_days(FRESH))


def _last_of_account(key: str, slot: int, name: StrOrPromise, kind: str) -> AccountMetric:
    return AccountMetric(
        key=key,
        slot=slot,
        name=name,
        formula=_("The score of the latest answer of the last 180 days"),
        unit=Unit.SCORE,
        direction=Direction.HIGHER,
        source=ANSWERS,
        when_missing=NOT_FRESH,
        values=_last(kind),
    )


def _unanswered(window: Window) -> Responses:
    """Detractors of half a year after whose answer nobody has been in touch with the account."""
    given = answers("nps")(trailing_days(FRESH)(window)).filter(score__lte=6, account__isnull=False)
    touched = Activity.objects.filter(
        account=OuterRef("account"),
        at__gte=OuterRef("answered_at"),
        at__lt=start_of_day(window.end),
    )
    alone = given.filter(~Exists(touched)).order_by()
    return alone.values("account_id").annotate(value=Count("id")).values("account_id", "value")


ACCOUNT_METRICS = [
    AccountMetric(
        key="detractors_unanswered",
        slot=31,
        name=_("Detractors whom nobody has answered"),
        formula=_("NPS answers of 0 to 6 in 180 days after which no activity was written down"),
        unit=Unit.COUNT,
        direction=Direction.LOWER,
        source=ANSWERS,
        when_missing=_("No such answers are 0."),
        values=_unanswered,
        value_when_missing=0,
    ),
    _of_account(NPS, 4),
    _of_account(CSAT, 5),
    _of_account(CES, 6),
    _last_of_account("last_nps", 7, _("Last NPS answer"), "nps"),
    _last_of_account("last_csat", 8, _("Last CSAT answer"), "csat"),
    _last_of_account("last_ces", 9, _("Last CES answer"), "ces"),
]
