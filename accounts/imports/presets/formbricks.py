"""Formbricks: Responses, Download. Its questions are the columns with a number before them."""

from accounts.imports.presets.records import Preset

# The first question that is answered with a number gives the score, the first in words the comment.
ANSWERS = """
UPDATE {staged} SET
 cells[{place:score}] = coalesce((SELECT answer FROM unnest({answers}) WITH ORDINALITY
   AS given(answer, number) WHERE trim(answer) ~ '^[0-9]{{1,2}}$' ORDER BY number LIMIT 1), ''),
 cells[{place:comment}] = coalesce((SELECT answer FROM unnest({answers}) WITH ORDINALITY
   AS given(answer, number) WHERE trim(answer) !~ '^[0-9]*$' ORDER BY number LIMIT 1), ''),
 cells[{place:kind}] = CASE WHEN coalesce({kind}, '') <> '' THEN {kind}
   WHEN {questions} ~* 'recommend|polec|توص|پیشنهاد' THEN 'nps'
   WHEN {questions} ~* 'effort|easy|ease|łatw' THEN 'ces'
   WHEN {questions} ~* 'satisf|zadowol' THEN 'csat' ELSE '' END
WHERE problem = ''
"""
# Whoever answered is looked up; a person that nobody knows keeps no answer out.
PEOPLE = """
UPDATE {staged} SET cells[{place:account_external_id}] = coalesce((SELECT account.external_id
  FROM accounts_contact person JOIN accounts_account account ON account.id = person.account_id
  WHERE person.external_id = {contact_external_id}), '') WHERE problem = '';
UPDATE {staged} SET cells[{place:contact_external_id}] = '' WHERE problem = ''
 AND NOT EXISTS (SELECT FROM accounts_contact WHERE external_id = {contact_external_id})
"""

FORMBRICKS = Preset(
    name="formbricks",
    label="Formbricks",
    kind="responses",
    columns={
        "response id": "external_id",
        "survey id": "survey",
        "user id": "contact_external_id",
        "person id": "contact_external_id",
        "timestamp": "answered_at",
        "created at": "answered_at",
        "language": "language",
        "source": "channel",
        "url": "touchpoint",
    },
    patterns=((r"(\d+\. .+)", r"answer.\1"),),
    further=("score", "comment", "kind", "account_external_id", "contact_external_id"),
    prepare=(ANSWERS, PEOPLE),
)
