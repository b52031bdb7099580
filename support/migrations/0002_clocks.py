"""What the events of a ticket come to.

The functions are written as text: their names are looked up when they are called, so that a
transaction which has worked the clocks out once (`support.clocks`) reads its own tables.
"""

from django.db import migrations

# The seconds of business hours in [first, last), by the tenant's rules and in its time zone.
BUSINESS_SECONDS = """
CREATE FUNCTION support_business_seconds(first timestamptz, last timestamptz) RETURNS numeric
LANGUAGE sql STABLE AS $$
SELECT coalesce(sum(greatest(extract(epoch FROM
    least(last, (day::date + rules.business_until) AT TIME ZONE rules.timezone)
    - greatest(first, (day::date + rules.business_from) AT TIME ZONE rules.timezone)), 0)), 0)
FROM accounts_countingrules rules,
     generate_series((first AT TIME ZONE rules.timezone)::date,
                     (last AT TIME ZONE rules.timezone)::date, interval '1 day') day
WHERE extract(isodow FROM day) = ANY (CASE WHEN cardinality(rules.business_days) = 0
    THEN '{1,2,3,4,5}'::smallint[] ELSE rules.business_days END)
$$
"""
# The moment at which so many seconds of business hours have passed since `first`.
BUSINESS_END = """
CREATE FUNCTION support_business_end(first timestamptz, seconds numeric) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
WITH hours AS (
    SELECT greatest(first, (day::date + rules.business_from) AT TIME ZONE rules.timezone) AS begins,
           (day::date + rules.business_until) AT TIME ZONE rules.timezone AS ends
    FROM accounts_countingrules rules,
         generate_series(
             (first AT TIME ZONE rules.timezone)::date,
             (first AT TIME ZONE rules.timezone)::date + 14 + 7 * ceil(
                 seconds / extract(epoch FROM rules.business_until - rules.business_from))::int,
             interval '1 day') day
    WHERE extract(isodow FROM day) = ANY (CASE WHEN cardinality(rules.business_days) = 0
        THEN '{1,2,3,4,5}'::smallint[] ELSE rules.business_days END)
), passed AS (
    SELECT hours.begins, sum(extract(epoch FROM hours.ends - hours.begins))
        OVER (ORDER BY hours.begins) AS until,
        extract(epoch FROM hours.ends - hours.begins) AS here
    FROM hours WHERE hours.ends > hours.begins
)
SELECT passed.begins + (seconds - passed.until + passed.here) * interval '1 second'
FROM passed WHERE passed.until >= seconds ORDER BY passed.begins LIMIT 1
$$
"""
# Each time that a ticket was done or opened again. One whose events do not say so is done when
# its own columns say.
TURNS = """
CREATE FUNCTION support_turns()
RETURNS TABLE (ticket_id bigint, at timestamptz, done boolean)
LANGUAGE sql STABLE AS $$
WITH said AS (
    SELECT e.ticket_id, e.at, e.id, e.status IN ('solved', 'closed') AS done
    FROM support_ticketentry e WHERE e.kind = 'status'
    UNION ALL
    SELECT t.id, coalesce(t.solved_at, t.closed_at), 0, true
    FROM support_ticket t
    WHERE coalesce(t.solved_at, t.closed_at) IS NOT NULL AND NOT EXISTS (
        SELECT FROM support_ticketentry e WHERE e.ticket_id = t.id AND e.kind = 'status'
        AND e.status IN ('solved', 'closed'))
), told AS (
    SELECT said.*, lag(said.done, 1, false) OVER (
        PARTITION BY said.ticket_id ORDER BY said.at, said.id) AS before
    FROM said
)
SELECT told.ticket_id, told.at, told.done FROM told WHERE told.done <> told.before
$$
"""
CLOCKS = """
CREATE FUNCTION support_ticketclocks()
RETURNS TABLE (ticket_id bigint, account_id bigint, opened_at timestamptz, replied_at timestamptz,
               solved_at timestamptz, reopened_at timestamptz, replies integer,
               handed_over boolean, response_seconds numeric, business_response_seconds numeric,
               resolution_seconds numeric, business_resolution_seconds numeric)
LANGUAGE sql STABLE AS $$
WITH turns AS (
    SELECT turn.ticket_id, min(turn.at) FILTER (WHERE turn.done) AS solved_at,
           min(turn.at) FILTER (WHERE NOT turn.done) AS reopened_at
    FROM support_turns() turn GROUP BY turn.ticket_id
), replies AS (
    SELECT e.ticket_id, min(e.at) AS replied_at,
           count(*) FILTER (WHERE turns.solved_at IS NULL OR e.at <= turns.solved_at) AS replies
    FROM support_ticketentry e LEFT JOIN turns USING (ticket_id)
    WHERE e.kind = 'message' AND e.author = 'agent' AND e.public
    GROUP BY e.ticket_id
), waits AS (
    SELECT spans.ticket_id,
           sum(extract(epoch FROM spans.until - spans.at)) AS seconds,
           sum(support_business_seconds(spans.at, spans.until)) AS business_seconds
    FROM (
        SELECT e.ticket_id, e.at, e.status, least(turns.solved_at, coalesce(
            lead(e.at) OVER (PARTITION BY e.ticket_id ORDER BY e.at, e.id),
            turns.solved_at)) AS until
        FROM support_ticketentry e JOIN turns USING (ticket_id) WHERE e.kind = 'status'
    ) spans
    WHERE spans.status = 'pending' AND spans.until > spans.at
    GROUP BY spans.ticket_id
), teams AS (
    SELECT e.ticket_id, count(DISTINCT e.team) AS teams
    FROM support_ticketentry e WHERE e.team <> '' GROUP BY e.ticket_id
)
SELECT t.id, t.account_id, t.opened_at, replies.replied_at, turns.solved_at, turns.reopened_at,
       coalesce(replies.replies, 0)::int, coalesce(teams.teams > 1, false),
       extract(epoch FROM replies.replied_at - t.opened_at),
       CASE WHEN replies.replied_at IS NOT NULL
            THEN support_business_seconds(t.opened_at, replies.replied_at) END,
       extract(epoch FROM turns.solved_at - t.opened_at) - coalesce(waits.seconds, 0),
       CASE WHEN turns.solved_at IS NOT NULL
            THEN support_business_seconds(t.opened_at, turns.solved_at)
                 - coalesce(waits.business_seconds, 0) END
FROM support_ticket t
LEFT JOIN turns ON turns.ticket_id = t.id
LEFT JOIN replies ON replies.ticket_id = t.id
LEFT JOIN waits ON waits.ticket_id = t.id
LEFT JOIN teams ON teams.ticket_id = t.id
$$
"""
SPELLS = """
CREATE FUNCTION support_openspells()
RETURNS TABLE (ticket_id bigint, account_id bigint, starts_at timestamptz, ends_at timestamptz)
LANGUAGE sql STABLE AS $$
WITH begun AS (
    SELECT t.id AS ticket_id, t.opened_at AS at, false AS done FROM support_ticket t
    UNION ALL
    SELECT turn.ticket_id, turn.at, turn.done FROM support_turns() turn
), spells AS (
    SELECT begun.*, lead(begun.at) OVER (
        PARTITION BY begun.ticket_id ORDER BY begun.at, begun.done) AS until
    FROM begun
)
SELECT spells.ticket_id, t.account_id, spells.at, spells.until
FROM spells JOIN support_ticket t ON t.id = spells.ticket_id
WHERE NOT spells.done
$$
"""
PROMISES = """
CREATE FUNCTION support_promises()
RETURNS TABLE (ticket_id bigint, account_id bigint, kind text, due_at timestamptz,
               kept_at timestamptz)
LANGUAGE sql STABLE AS $$
SELECT c.ticket_id, c.account_id, promised.kind,
       -- What a ticket waited for its customer, its solution may come later.
       CASE WHEN target.in_business_hours
            THEN support_business_end(c.opened_at, promised.minutes * 60.0)
            ELSE c.opened_at + promised.minutes * interval '1 minute' END
       + CASE WHEN promised.kind = 'resolution' THEN coalesce(
            extract(epoch FROM c.solved_at - c.opened_at) - c.resolution_seconds, 0)
         ELSE 0 END * interval '1 second',
       promised.kept_at
FROM support_ticketclock c
JOIN support_ticket t ON t.id = c.ticket_id
JOIN support_slatarget target ON target.priority = t.priority
CROSS JOIN LATERAL (VALUES
    ('response', target.first_response_minutes, c.replied_at),
    ('resolution', target.resolution_minutes, c.solved_at)) promised (kind, minutes, kept_at)
WHERE promised.minutes IS NOT NULL AND t.closed_as NOT IN ('spam', 'merged')
$$
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0001_facts"), ("accounts", "0010_lifetimes")]

    operations = [
        migrations.RunSQL(BUSINESS_SECONDS),
        migrations.RunSQL(BUSINESS_END),
        migrations.RunSQL(TURNS),
        migrations.RunSQL(CLOCKS),
        migrations.RunSQL(
            "CREATE VIEW support_ticketclock AS SELECT * FROM support_ticketclocks()"
        ),
        migrations.RunSQL(SPELLS),
        migrations.RunSQL("CREATE VIEW support_openspell AS SELECT * FROM support_openspells()"),
        migrations.RunSQL(PROMISES),
        migrations.RunSQL("CREATE VIEW support_promise AS SELECT * FROM support_promises()"),
    ]
