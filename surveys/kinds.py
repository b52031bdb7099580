"""The facts of this floor: what people answered."""

from django.utils.translation import gettext_lazy as _

from accounts.imports.kinds import register
from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import CONTACT_OF_ACCOUNT, EXTERNAL_ID, account
from accounts.models import Contact
from surveys.models import SCALES, Response, Survey, SurveyKind

# A survey of which nobody has heard comes along with its answers.
NEW_SURVEYS = """
INSERT INTO surveys_survey (key, name, kind, imported)
SELECT DISTINCT ON (key) key, key, kind, true
FROM (SELECT line, {survey} AS key, {kind} AS kind FROM {staged} WHERE NOT bad) answered
WHERE key <> '' AND kind <> '' ORDER BY key, line
ON CONFLICT (key) DO NOTHING
"""
# ... unless none of them was good.
WITHOUT_ANSWERS = """
DELETE FROM surveys_survey survey WHERE imported
AND NOT EXISTS (SELECT FROM surveys_response WHERE survey_id = survey.id)
"""
SCALE = " OR ".join(
    f"({{kind}} = '{kind}' AND {{score}} NOT BETWEEN {low} AND {high})"
    for kind, (low, high) in SCALES.items()
)
SCALE_OF = " ".join(
    f"WHEN '{kind}' THEN '{kind} {low}–{high}'" for kind, (low, high) in SCALES.items()
)

RESPONSES = Kind(
    name="responses",
    label=_("Responses"),
    model=Response,
    columns=(
        EXTERNAL_ID,
        Column(
            name="survey",
            required=True,
            max_length=100,
            references=Survey,
            by="key",
            aliases=("survey key", "survey name", "survey id", "questionnaire"),
        ),
        Column(
            name="kind",
            required=True,
            max_length=5,
            choices=tuple(SurveyKind.values),
            aliases=("type", "survey type", "metric"),
        ),
        Column(
            name="score",
            type=Type.COUNT,
            max_value=10,
            aliases=(
                "rating",
                "answer",
                "value",
                "nps",
                "nps score",
                "csat",
                "csat score",
                "ocena",
            ),
        ),
        account(),
        Column(
            name="contact_external_id",
            field="contact",
            max_length=200,
            references=Contact,
            aliases=("contact", "contact id", "person", "respondent", "respondent id", "user id"),
        ),
        Column(
            name="comment",
            max_length=20000,
            aliases=("feedback", "text", "remarks", "comments", "verbatim", "reason", "uwagi"),
        ),
        Column(name="language", max_length=35),
        Column(
            name="answered_at",
            type=Type.MOMENT,
            required=True,
            aliases=(
                *("date", "submitted at", "completed at", "time", "responded at", "timestamp"),
                *("answered", "submission", "created at", "response date"),
            ),
        ),
        Column(
            name="invited_at",
            type=Type.MOMENT,
            aliases=("sent at", "sent", "invited", "invitation"),
        ),
        Column(name="channel", max_length=40, aliases=("source",)),
        Column(name="touchpoint", max_length=100),
    ),
    rules=(
        Rule(
            column="score",
            code="scale",
            violated_when=SCALE,
            detail=f"CASE {{kind}} {SCALE_OF} END",
        ),
        Rule(
            column="kind",
            code="kind_differs",
            violated_when="{kind} <> (SELECT asked.kind FROM surveys_survey asked"
            " WHERE asked.id = {survey_key})",
            detail="(SELECT asked.kind FROM surveys_survey asked WHERE asked.id = {survey_key})",
        ),
        CONTACT_OF_ACCOUNT,
    ),
    before=NEW_SURVEYS,
    after=WITHOUT_ANSWERS,
)

register(RESPONSES)
