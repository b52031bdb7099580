"""Feedback: what customers answer when they are asked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import Activity
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
    trailing,
)
from metrics.catalogue.rows import TEST_ACCOUNT, begins, bytewise, moments_of
from metrics.catalogue.sql import Sql
from metrics.catalogue.stop_words import STOP_WORDS
from metrics.windows import intervals
from metrics.windows.periods import Window
from surveys.models import SCALES, Response

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
    named = answers("nps")(window).alias(name=bytewise("external_id"))
    later = named.filter(
        Q(answered_at__gt=OuterRef("answered_at"))
        | Q(answered_at=OuterRef("answered_at"), name__gt=bytewise(OuterRef("external_id"))),
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


def _of_answers(rows: Rows, left_out: Rows | None = None, worth: Any = None) -> Measure:
    """Answers, which may also be cut by where and how they were given."""
    cuts = {name: by_column(rows, name) for name in ("touchpoint", "channel", "language")}
    return Measure(
        rows=rows, worth=worth, account="account", columns=COLUMNS, left_out=left_out, cuts=cuts
    )


def _scored(kind: str, worth: Any, rows: Any = None, left: Any = None) -> Measure:
    return _of_answers(rows or answers(kind), left or _left_out(kind), worth)


def _all(kind: str, rows: Any = None, left: Any = None) -> Measure:
    return _of_answers(rows or answers(kind), left or _left_out(kind))


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
            numerator=_of_answers(lambda window: seen(window).filter(score__isnull=False)),
            denominator=_of_answers(seen),
            scale=100,
            when_empty=_("Nobody was asked in the period."),
            interval=intervals.wilson,
        )
    },
)

# Letters of the four languages, whatever the server knows of alphabets; shorter words say little.
NO_LETTER = "[^a-z0-9\u00c0-\u024f\u0620-\u064a\u066e-\u06d3\u200c]+"
COMMON_WORDS = """
SELECT word FROM (
    SELECT DISTINCT number, word
    FROM (SELECT row_number() OVER () AS number, said.comment FROM ({rows}) said) numbered,
         regexp_split_to_table(lower(numbered.comment), %s) word
) words
WHERE length(word) > 2 AND word <> ALL (%s)
GROUP BY word HAVING count(*) > 1 ORDER BY count(*) DESC, word COLLATE "C" LIMIT 50
"""
PADDED = Concat(
    Value(" "),
    Func(
        Func(F("comment"), function="lower"),
        Value(NO_LETTER),
        Value(" "),
        Value("g"),
        function="regexp_replace",
    ),
    Value(" "),
    output_field=TextField(),
)


def comments(window: Window) -> Responses:
    return seen(window).exclude(comment="")


def scored_comments(window: Window) -> Responses:
    return comments(window).filter(score__isnull=False)


def common_words(rows: Responses) -> list[str]:
    """The words that several comments have in common, the most frequent first."""
    asked = Sql.around(rows.values("comment"), COMMON_WORDS)
    with connection.cursor() as cursor:
        cursor.execute(asked.text, [*asked.parameters, NO_LETTER, STOP_WORDS])
        return [word for (word,) in cursor.fetchall()]


def _about(rows: Rows) -> dict[str, Cut]:
    """By the words that comments have in common; nobody's feelings are guessed."""

    def with_word(window: Window, word: str) -> Responses:
        padded: QuerySet[Any, Any] = rows(window).annotate(words=PADDED)
        found: Responses = padded.filter(words__contains=f" {word} ")
        return found

    theme = Cut(rows=with_word, values=lambda window: common_words(rows(window)))
    return {"theme": theme, "language": by_column(rows, "language")}


def _of_comments(rows: Rows, worth: Any = None) -> Measure:
    return Measure(rows=rows, worth=worth, account="account", columns=COLUMNS, cuts=_about(rows))


# A score as a share of its scale, so that different questions can be told together.
SHARE_OF_SCALE = Case(
    *[
        When(kind=kind, then=(F("score") - Value(low)) * Value(Decimal(100)) / Value(high - low))
        for kind, (low, high) in SCALES.items()
    ],
    output_field=DecimalField(max_digits=24, decimal_places=10),
)
THEMES = Metric(
    key="comment_themes",
    name=_("Comments and their themes"),
    unit=Unit.COUNT,
    direction=Direction.NEITHER,
    source=ANSWERS,
    silence=_("No comments are 0. A theme is a word that several comments have in common."),
    variants={
        "comments": Variant(
            label=_("comments"),
            formula=_("Answers of the period with a comment; by theme, those with that word"),
            numerator=_of_comments(comments),
        ),
        "mean_score": Variant(
            label=_("mean score, 0 to 100"),
            formula=_(
                "The scores that the people who commented gave themselves, each as a share of "
                "its scale × 100, a mean"
            ),
            numerator=_of_comments(scored_comments, SHARE_OF_SCALE),
            denominator=_of_comments(scored_comments),
            when_empty=_("Nobody has commented and given a score in the period."),
        ),
    },
)

METRICS = [NPS, CSAT, CSS, CES, RESPONSE_RATE, THEMES]


def _last(kind: str) -> Callable[[Window], Responses]:
    """Of each account the latest score of half a year."""

    def values(window: Window) -> Responses:
        given = answers(kind)(trailing(FRESH)(window)).filter(account__isnull=False)
        latest = given.order_by("account_id", "-answered_at", bytewise("external_id").desc())
        return latest.distinct("account_id").values("account_id", value=F("score"))

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


def _unanswered(window: Window) -> Responses:
    """Detractors of half a year after whose answer nobody has been in touch with the account."""
    given = answers("nps")(trailing(FRESH)(window)).filter(score__lte=6, account__isnull=False)
    touched = Activity.objects.filter(
        account=OuterRef("account"), at__gte=OuterRef("answered_at"), at__lt=begins(window.end)
    )
    alone = given.filter(~Exists(touched)).order_by()
    return alone.values("account_id").annotate(value=Count("id")).values("account_id", "value")


OF_ACCOUNTS = [
    AccountMetric(
        key="detractors_unanswered",
        slot=31,
        name=_("Detractors whom nobody has answered"),
        formula=_("NPS answers of 0 to 6 in 180 days after which no activity was written down"),
        unit=Unit.COUNT,
        direction=Direction.LOWER,
        source=ANSWERS,
        silence=_("No such answers are 0."),
        values=_unanswered,
        when_silent=0,
    ),
    _of_account(NPS, 4),
    _of_account(CSAT, 5),
    _of_account(CES, 6),
    _last_of_account("last_nps", 7, _("Last NPS answer"), "nps"),
    _last_of_account("last_csat", 8, _("Last CSAT answer"), "csat"),
    _last_of_account("last_ces", 9, _("Last CES answer"), "ces"),
]
