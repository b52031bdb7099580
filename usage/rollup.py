"""The stage that counts events: sessions and days of use, of the days that were marked dirty.

What local day an event belongs to is derived here, from its moment and the tenant's time zone.
"""

from datetime import date

from django.db import connection

from accounts.models import CountingRules, DirtyDay
from tenants.typing import SqlParameters
from usage.models import DailyUsage

SILENCE_MINUTES = 30

# An account's events of a local day. The bounds are for the index, and an hour wide on either
# side: there are days that begin twice.
ON_DAY = """
    e.account_id = {of}.account_id
    AND e.occurred_at >= ({day})::timestamp AT TIME ZONE %(zone)s - interval '1 hour'
    AND e.occurred_at < (({day}) + 1)::timestamp AT TIME ZONE %(zone)s + interval '1 hour'
    AND (e.occurred_at AT TIME ZONE %(zone)s)::date = {day}
"""
# Between the first and the last of many days, for the planner, who knows these two as numbers.
BETWEEN = """
    e.occurred_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s - interval '1 hour'
    AND e.occurred_at < (%(last)s::date + 2)::timestamp AT TIME ZONE %(zone)s
"""
DIRTY = "SELECT account_id, day FROM accounts_dirtyday WHERE facts = 'usage'"
# Days that were counted before the first event that is left stay: their events are gone.
EVERYTHING = """
SELECT account_id, (occurred_at AT TIME ZONE %(zone)s)::date AS day FROM usage_event
UNION
SELECT account_id, day
FROM (SELECT account_id, day FROM usage_dailyusage
      UNION SELECT account_id, day FROM usage_session) counted,
     (SELECT (min(occurred_at) AT TIME ZONE %(zone)s)::date - 2 AS first FROM usage_event) event
WHERE day >= first
"""
# A late event can split or join sessions that began the day before or end the day after.
MARKED = """
DROP TABLE IF EXISTS pg_temp.usage_marked;
CREATE TEMPORARY TABLE usage_marked ON COMMIT DROP AS
SELECT DISTINCT account_id, day + shift AS day
FROM ({days}) days, generate_series(-1, 1) shift;
CREATE UNIQUE INDEX ON pg_temp.usage_marked (account_id, day);
ANALYZE pg_temp.usage_marked
"""
# And sessions may run over any number of days: those days are joined on either side on which
# somebody's events go on over midnight without a silence. No session leaves what is found here.
LINKED = f"""
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
            WHERE {ON_DAY.format(of="linked", day="linked.day + least(step, 0)")}
            GROUP BY e.user_id
        ) last JOIN (
            SELECT e.user_id, min(e.occurred_at) AS at FROM usage_event e
            WHERE {ON_DAY.format(of="linked", day="linked.day + least(step, 0) + 1")}
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
DAILY = f"""
DELETE FROM usage_dailyusage used USING usage_marked marked
WHERE used.account_id = marked.account_id AND used.day = marked.day;
INSERT INTO usage_dailyusage (account_id, user_id, day, event, feature, events, seconds)
WITH around AS (
    SELECT DISTINCT account_id, day + shift AS day FROM usage_marked, generate_series(0, 1) shift
), told AS (
    SELECT e.account_id, e.user_id, around.day, e.event, e.feature,
           lead(e.occurred_at) OVER next - e.occurred_at AS gap
    FROM usage_event e JOIN around ON {ON_DAY.format(of="around", day="around.day")}
    WHERE {BETWEEN}
    WINDOW next AS (PARTITION BY e.account_id, e.user_id
                    ORDER BY e.occurred_at, e.message_id COLLATE "C")
)
SELECT account_id, user_id, day, event, feature, count(*),
       coalesce(sum(extract(epoch FROM gap)) FILTER (WHERE gap <= %(silence)s::interval), 0)
FROM told JOIN usage_marked marked USING (account_id, day)
GROUP BY account_id, user_id, day, event, feature
"""
SESSIONS = f"""
DROP TABLE IF EXISTS pg_temp.usage_was;
CREATE TEMPORARY TABLE usage_was ON COMMIT DROP AS
SELECT s.account_id, s.user_id, s.day, s.started_at, s.ended_at, s.events
FROM usage_session s JOIN usage_linked USING (account_id, day);
DELETE FROM usage_session was USING usage_linked linked
WHERE was.account_id = linked.account_id AND was.day = linked.day;
INSERT INTO usage_session (account_id, user_id, day, started_at, ended_at, events)
WITH told AS (
    SELECT e.account_id, e.user_id, linked.day, e.occurred_at,
           coalesce(e.occurred_at - lag(e.occurred_at) OVER past > %(silence)s::interval,
                    true) AS begins
    FROM usage_event e JOIN usage_linked linked ON {ON_DAY.format(of="linked", day="linked.day")}
    WHERE {BETWEEN}
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


def rebuild() -> date | None:
    """Count again whatever days have new, changed or removed events.

    All of them where nothing has been counted yet, or the tenant's time zone has changed since.
    Returns the first day of which a session changed (None: no day). Must run inside a transaction.
    """
    dirty = DirtyDay.objects.filter(facts=DirtyDay.Facts.USAGE)
    everything = dirty.filter(day=None).exists() or not DailyUsage.objects.exists()
    if not everything and not dirty.exists():
        return None
    zone = CountingRules.objects.values_list("timezone", flat=True).get()
    words: SqlParameters = {"zone": zone, "silence": f"{SILENCE_MINUTES} minutes"}
    with connection.cursor() as cursor:
        cursor.execute(MARKED.format(days=EVERYTHING if everything else DIRTY), words)
        cursor.execute(LINKED, words)
        cursor.execute(DAILY, words | _bounds("usage_marked"))
        cursor.execute(SESSIONS, words | _bounds("usage_linked"))
        cursor.execute(CHANGED)
        first: date | None = cursor.fetchone()[0]
    dirty.delete()
    return first


def _bounds(days: str) -> dict[str, date | None]:
    """The first and the last day of a table of days."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(day), max(day) FROM {days}")
        first, last = cursor.fetchone()
        return {"first": first, "last": last}
