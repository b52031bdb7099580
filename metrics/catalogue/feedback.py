"""Feedback: what customers answer when they are asked."""

from collections.abc import Callable
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from metrics import intervals
from metrics.catalogue.records import (
    STANDARD,
    AccountMetric,
    Direction,
    Measure,
    Metric,
    Source,
    Unit,
    Variant,
    trailing,
)
from metrics.catalogue.rows import TEST_ACCOUNT, moments_of
from metrics.periods import Window
from surveys.models import Response

ANSWERS = Source.ANSWERS
NO_ANSWERS = _("Nobody has answered in the period.")
NOT_FRESH = _("Unknown without an answer in the last 180 days.")
FRESH = 180
UNKNOWN = _("Without answers it is unknown, not 0.")
NOT_ANSWERED = gettext_noop("seen, not answered")
EARLIER = gettext_noop("an earlier answer of the same person")
COLUMNS = ("account__name", "survey__name", "answered_at", "score", "touchpoint", "comment")

Responses = QuerySet[Response, Any]


def seen(window: Window) -> Responses:
    """What was answered or seen in the window, test accounts left out."""
    asked = Response.objects.filter(moments_of("answered_at", window))
    return asked.filter(Q(account=None) | Q(account__is_test=False))


def answers(kind: str) -> Callable[[Window], Responses]:
    return lambda window: seen(window).filter(kind=kind, score__isnull=False)


def _left_out(kind: str) -> Callable[[Window], Responses]:
    def rows(window: Window) -> Responses:
        asked = Response.objects.filter(moments_of("answered_at", window), kind=kind)
        why = Case(
            When(account__is_test=True, then=Value(TEST_ACCOUNT)),
            default=Value(NOT_ANSWERED),
            output_field=CharField(),
        )
        return asked.filter(Q(score=None) | Q(account__is_test=True)).annotate(reason=why)

    return rows


def _latest(window: Window) -> Responses:
    """Of each person the last answer; what nobody is known to have said counts by itself."""
    later = answers("nps")(window).filter(
        Q(answered_at__gt=OuterRef("answered_at"))
        | Q(answered_at=OuterRef("answered_at"), pk__gt=OuterRef("pk")),
        contact=OuterRef("contact"),
    )
    return answers("nps")(window).filter(Q(contact=None) | ~Exists(later))


def _not_latest(window: Window) -> Responses:
    kept = _latest(window).values("pk")
    asked = answers("nps")(window).exclude(pk__in=kept)
    return asked.annotate(reason=Value(EARLIER, output_field=CharField()))


def points(*classes: tuple[int, int, int]) -> Case:
    """What a score counts: (lowest, highest, counts) by class, else 0."""
    whens = [When(score__range=(low, high), then=Value(counts)) for low, high, counts in classes]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _scored(kind: str, worth: Any, rows: Any = None, left: Any = None) -> Measure:
    return Measure(
        rows=rows or answers(kind),
        worth=worth,
        account="account",
        columns=COLUMNS,
        left_out=left or _left_out(kind),
    )


def _all(kind: str, rows: Any = None, left: Any = None) -> Measure:
    return Measure(
        rows=rows or answers(kind),
        account="account",
        columns=COLUMNS,
        left_out=left or _left_out(kind),
    )


PROMOTERS_LESS_DETRACTORS = points((9, 10, 1), (0, 6, -1))

NPS = Metric(
    key="nps",
    name=_("Net promoter score"),
    unit=Unit.SCORE,
    direction=Direction.HIGHER,
    source=ANSWERS,
    silence=UNKNOWN,
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
            numerator=_scored("nps", PROMOTERS_LESS_DETRACTORS, rows=_latest, left=_not_latest),
            denominator=_all("nps", rows=_latest, left=_not_latest),
            scale=100,
            when_empty=NO_ANSWERS,
            interval=intervals.adjusted_wald,
        ),
    },
)


def _share(kind: str, low: int, high: int, label: Any, formula: Any) -> Variant:
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
    silence=UNKNOWN,
    variants={"all": _share("csat", 4, 5, STANDARD, _("Answers of 4 or 5, of 1 to 5 ÷ answers"))},
)
CSS = Metric(
    key="css",
    name=_("Customer success score"),
    unit=Unit.PERCENT,
    direction=Direction.HIGHER,
    source=ANSWERS,
    silence=UNKNOWN,
    variants={"all": _share("css", 6, 10, STANDARD, _("Answers of 6 to 10, of 1 to 10 ÷ answers"))},
)
CES = Metric(
    key="ces",
    name=_("Customer effort score"),
    unit=Unit.SCORE,
    direction=Direction.HIGHER,
    source=ANSWERS,
    silence=UNKNOWN,
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
    silence=_("A question that was seen and not answered counts as asked."),
    variants={
        "all": Variant(
            label=STANDARD,
            formula=_("Answers with a score ÷ questions that were seen"),
            numerator=Measure(
                rows=lambda window: seen(window).filter(score__isnull=False),
                account="account",
                columns=COLUMNS,
            ),
            denominator=Measure(rows=seen, account="account", columns=COLUMNS),
            scale=100,
            when_empty=_("Nobody was asked in the period."),
            interval=intervals.wilson,
        )
    },
)

METRICS = [NPS, CSAT, CSS, CES, RESPONSE_RATE]


def _last(kind: str) -> Callable[[Window], Responses]:
    """Of each account the latest score of half a year."""

    def values(window: Window) -> Responses:
        given = answers(kind)(trailing(FRESH)(window)).filter(account__isnull=False)
        latest = given.order_by("account_id", "-answered_at", "-pk").distinct("account_id")
        return latest.values("account_id", value=F("score"))

    return values


def _of_account(metric: Metric, slot: int) -> AccountMetric:
    variant = metric.variants[metric.default_variant]
    return AccountMetric(
        key=metric.key,
        slot=slot,
        name=metric.name,
        formula=variant.formula,
        unit=metric.unit,
        direction=metric.direction,
        source=ANSWERS,
        silence=NOT_FRESH,
        variant=variant,
        over=trailing(FRESH),
    )


def _last_of_account(key: str, slot: int, name: Any, kind: str) -> AccountMetric:
    return AccountMetric(
        key=key,
        slot=slot,
        name=name,
        formula=_("The score of the latest answer of the last 180 days"),
        unit=Unit.SCORE,
        direction=Direction.HIGHER,
        source=ANSWERS,
        silence=NOT_FRESH,
        values=_last(kind),
    )


OF_ACCOUNTS = [
    _of_account(NPS, 4),
    _of_account(CSAT, 5),
    _of_account(CES, 6),
    _last_of_account("last_nps", 7, _("Last NPS answer"), "nps"),
    _last_of_account("last_csat", 8, _("Last CSAT answer"), "csat"),
    _last_of_account("last_ces", 9, _("Last CES answer"), "ces"),
]
