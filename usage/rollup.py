"""The stage that counts events: sessions and days of use, of the days that were marked dirty."""

from datetime import date

from django.db import connection
from django.db.models import Max, Min, Value

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
# The event of the day after says how long the last one of a day went on.
DAILY = """
DELETE FROM usage_dailyusage used USING usage_marked marked
WHERE used.account_id = marked.account_id AND used.day = marked.day;
INSERT INTO usage_dailyusage (account_id, user_id, day, event, feature, events, seconds)
WITH around AS (
    SELECT DISTINCT account_id, day + shift AS day FROM usage_marked, generate_series(0, 1) shift
), told AS (
    SELECT e.account_id, e.user_id, e.day, e.event, e.feature,
           lead(e.occurred_at) OVER (
               PARTITION BY e.account_id, e.user_id ORDER BY e.occurred_at, e.id
           ) - e.occurred_at AS gap
    FROM usage_event e JOIN around USING (account_id, day)
)
SELECT account_id, user_id, day, event, feature, count(*),
       coalesce(sum(extract(epoch FROM gap)) FILTER (WHERE gap <= %(silence)s::interval), 0)
FROM told JOIN usage_marked marked USING (account_id, day)
GROUP BY account_id, user_id, day, event, feature
"""
# Events of the day before say whether an early one begins anything; those of the day after, how
# long a session lasts that runs over midnight. One that lasts longer still is cut there.
SESSIONS = """
DELETE FROM usage_session was USING usage_marked marked
WHERE was.account_id = marked.account_id AND was.day = marked.day;
INSERT INTO usage_session (account_id, user_id, day, started_at, ended_at, events)
WITH around AS (
    SELECT DISTINCT account_id, day + shift AS day
    FROM usage_marked, generate_series(-1, 1) shift
), told AS (
    SELECT e.account_id, e.user_id, e.day, e.occurred_at,
           coalesce(e.occurred_at - lag(e.occurred_at) OVER past > %(silence)s::interval,
                    true) AS begins
    FROM usage_event e JOIN around USING (account_id, day)
    WINDOW past AS (PARTITION BY e.account_id, e.user_id ORDER BY e.occurred_at)
), numbered AS (
    SELECT told.*, count(*) FILTER (WHERE begins) OVER (
        PARTITION BY account_id, user_id ORDER BY occurred_at) AS number
    FROM told
), sessions AS (
    SELECT account_id, user_id, min(day) AS day, min(occurred_at) AS started_at,
           max(occurred_at) AS ended_at, count(*) AS events
    FROM numbered GROUP BY account_id, user_id, number
)
SELECT account_id, user_id, day, started_at, ended_at, events
FROM sessions JOIN usage_marked marked USING (account_id, day)
"""


def write_down() -> tuple[date, date] | None:
    """Count again whatever days have new, changed or removed events.

    Returns the first and the last of them (None: no day). Must run inside a transaction.
    """
    if not DailyUsage.objects.exists():
        _mark_everything()
    dirty = DirtyDay.objects.filter(facts=DirtyDay.Facts.USAGE)
    span = dirty.aggregate(first=Min("day"), last=Max("day"))
    if span["first"] is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(MARKED)
        for statement in (DAILY, SESSIONS):
            cursor.execute(statement, {"silence": f"{SILENCE_MINUTES} minutes"})
    dirty.delete()
    return span["first"], span["last"]


def _mark_everything() -> None:
    """What nights have counted is gone, or has never been: every day is counted."""
    days = Event.objects.values("account_id", "day").distinct()
    marks = days.annotate(facts=Value(DirtyDay.Facts.USAGE))
    insert_select(into=DirtyDay, columns=["account_id", "day", "facts"], source=marks)
