"""The stage that counts events: sessions and days of use, of the days that were marked dirty."""

from datetime import date

from django.db import connection
from django.db.models import Value

from accounts.inserting import insert_select
from accounts.models import DirtyDay
from usage.models import DailyUsage, Event

SILENCE_MINUTES = 30

# A late event can split or join sessions that began the day before or end the day after.
MARKED = """
DROP TABLE IF EXISTS pg_temp.usage_marked;
CREATE TEMPORARY TABLE usage_marked ON COMMIT DROP AS
SELECT DISTINCT account_id, day + shift AS day
FROM accounts_dirtyday, generate_series(-1, 1) shift
WHERE facts = 'usage';
CREATE UNIQUE INDEX ON pg_temp.usage_marked (account_id, day);
ANALYZE pg_temp.usage_marked
"""
# And sessions may run over any number of days: those days are joined on either side on which
# somebody's events go on over midnight without a silence. No session leaves what is found here.
LINKED = """
DROP TABLE IF EXISTS pg_temp.usage_linked;
CREATE TEMPORARY TABLE usage_linked ON COMMIT DROP AS
WITH RECURSIVE linked AS (
    SELECT account_id, day FROM usage_marked
    UNION
    SELECT linked.account_id, linked.day + step
    FROM linked CROSS JOIN (VALUES (-1), (1)) steps (step)
    WHERE NOT EXISTS (
        SELECT FROM usage_marked known
        WHERE known.account_id = linked.account_id AND known.day = linked.day + step
    ) AND EXISTS (
        SELECT FROM (
            SELECT e.user_id, max(e.occurred_at) AS at FROM usage_event e
            WHERE e.account_id = linked.account_id AND e.day = linked.day + least(step, 0)
            GROUP BY e.user_id
        ) last JOIN (
            SELECT e.user_id, min(e.occurred_at) AS at FROM usage_event e
            WHERE e.account_id = linked.account_id AND e.day = linked.day + least(step, 0) + 1
            GROUP BY e.user_id
        ) first USING (user_id)
        WHERE first.at - last.at <= %(silence)s::interval
    )
)
SELECT account_id, day FROM linked;
CREATE UNIQUE INDEX ON pg_temp.usage_linked (account_id, day);
ANALYZE pg_temp.usage_linked
"""
# The event of the day after says how long the last one of a day went on.
DAILY = """
DELETE FROM usage_dailyusage used USING usage_marked marked
WHERE used.account_id = marked.account_id AND used.day = marked.day;
INSERT INTO usage_dailyusage (account_id, user_id, day, event, feature, events, seconds)
WITH around AS (
    SELECT DISTINCT account_id, day + shift AS day FROM usage_marked, generate_series(0, 1) shift
), told AS (
    SELECT e.account_id, e.user_id, e.day, e.event, e.feature,
           lead(e.occurred_at) OVER next - e.occurred_at AS gap
    FROM usage_event e JOIN around USING (account_id, day)
    WINDOW next AS (PARTITION BY e.account_id, e.user_id
                    ORDER BY e.occurred_at, e.message_id COLLATE "C")
)
SELECT account_id, user_id, day, event, feature, count(*),
       coalesce(sum(extract(epoch FROM gap)) FILTER (WHERE gap <= %(silence)s::interval), 0)
FROM told JOIN usage_marked marked USING (account_id, day)
GROUP BY account_id, user_id, day, event, feature
"""
SESSIONS = """
DROP TABLE IF EXISTS pg_temp.usage_was;
CREATE TEMPORARY TABLE usage_was ON COMMIT DROP AS
SELECT s.account_id, s.user_id, s.day, s.started_at, s.ended_at, s.events
FROM usage_session s JOIN usage_linked USING (account_id, day);
DELETE FROM usage_session was USING usage_linked linked
WHERE was.account_id = linked.account_id AND was.day = linked.day;
INSERT INTO usage_session (account_id, user_id, day, started_at, ended_at, events)
WITH told AS (
    SELECT e.account_id, e.user_id, e.day, e.occurred_at,
           coalesce(e.occurred_at - lag(e.occurred_at) OVER past > %(silence)s::interval,
                    true) AS begins
    FROM usage_event e JOIN usage_linked USING (account_id, day)
    WINDOW past AS (PARTITION BY e.account_id, e.user_id ORDER BY e.occurred_at)
), numbered AS (
    SELECT told.*, count(*) FILTER (WHERE begins) OVER (
        PARTITION BY account_id, user_id ORDER BY occurred_at) AS number
    FROM told
)
SELECT account_id, user_id, min(day), min(occurred_at), max(occurred_at), count(*)
FROM numbered GROUP BY account_id, user_id, number
"""

# The first day of which a session became another: it may lie days before the events that came.
CHANGED = """
WITH now AS (
    SELECT s.account_id, s.user_id, s.day, s.started_at, s.ended_at, s.events
    FROM usage_session s JOIN usage_linked USING (account_id, day)
)
SELECT min(day) FROM (
    (TABLE usage_was EXCEPT ALL TABLE now) UNION ALL (TABLE now EXCEPT ALL TABLE usage_was)
) changed
"""


def write_down() -> date | None:
    """Count again whatever days have new, changed or removed events.

    Returns the first day of which a session changed (None: no day). Must run inside a transaction.
    """
    if not DailyUsage.objects.exists():
        _mark_everything()
    dirty = DirtyDay.objects.filter(facts=DirtyDay.Facts.USAGE)
    if not dirty.exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(MARKED)
        for statement in (LINKED, DAILY, SESSIONS):
            cursor.execute(statement, {"silence": f"{SILENCE_MINUTES} minutes"})
        cursor.execute(CHANGED)
        first: date | None = cursor.fetchone()[0]
    dirty.delete()
    return first


def _mark_everything() -> None:
    """What nights have counted is gone, or has never been: every day is counted."""
    days = Event.objects.values("account_id", "day").distinct()
    marks = days.annotate(facts=Value(DirtyDay.Facts.USAGE))
    insert_select(into=DirtyDay, columns=["account_id", "day", "facts"], source=marks)
