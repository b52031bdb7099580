"""Comments of survey answers, and the words that several of them have in common."""

from decimal import Decimal

from django.db import connection
from django.db.models import (
    Case,
    DecimalField,
    F,
    Func,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.feedback_rows import ANSWERS, COLUMNS, Responses, seen
from metrics.catalogue.records import (
    Direction,
    Measure,
    Metric,
    RowDimension,
    Rows,
    Unit,
    Variant,
    dimension_of,
)
from metrics.catalogue.sql import Sql
from metrics.catalogue.stop_words import STOP_WORDS
from metrics.windows.periods import Window
from surveys.models import SCALES
from tenants.typing import AnyRows

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


def common_words(rows: AnyRows) -> list[str]:
    """The words that several comments have in common, the most frequent first."""
    query = Sql.around(rows.values("comment"), COMMON_WORDS)
    with connection.cursor() as cursor:
        cursor.execute(query.text, [*query.parameters, NO_LETTER, STOP_WORDS])
        return [word for (word,) in cursor.fetchall()]


def _about(rows: Rows) -> dict[str, RowDimension]:
    """By the words that comments have in common; nobody's feelings are guessed."""

    def with_word(window: Window, word: str) -> AnyRows:
        padded: AnyRows = rows(window).annotate(words=PADDED)
        return padded.filter(words__contains=f" {word} ")

    theme = RowDimension(rows=with_word, values=lambda window: common_words(rows(window)))
    return {"theme": theme, "language": dimension_of(rows, "language")}


def _of_comments(rows: Rows, expr: Combinable | None = None) -> Measure:
    return Measure(
        rows=rows, expr=expr, account_path="account", columns=COLUMNS, dimensions=_about(rows)
    )


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
    when_missing=_("No comments are 0. A theme is a word that several comments have in common."),
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
