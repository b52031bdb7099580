"""What the events of a ticket come to, on any day: nothing in it looks ahead.

What a ticket says of itself (priority, kind, team, how it was closed, its status) counts from the
day on which it said so; a ticket may be solved any number of times; a promise falls due when its
clock, which stands still while the ticket waits for the customer, has used up its minutes.

As before, the functions are written as text: their names are looked up when they are called, so
that a transaction which has worked the clocks out once (`support.clocks`) reads its own tables.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("support.migrations.0002_clocks")

# The seconds of business hours in [first, last), by the tenant's rules and in its time zone.
BUSINESS_SECONDS = """
CREATE OR REPLACE FUNCTION support_business_seconds(first timestamptz, last timestamptz)
RETURNS numeric
LANGUAGE sql STABLE AS $$
SELECT coalesce(sum(greatest(extract(epoch FROM
    least(last, (day::date + rules.business_until) AT TIME ZONE rules.timezone)
    - greatest(first, (day::date + rules.business_from) AT TIME ZONE rules.timezone)), 0)), 0)
FROM accounts_countingrules rules,
     generate_series((first AT TIME ZONE rules.timezone)::date,
                     (last AT TIME ZONE rules.timezone)::date, interval '1 day') day
WHERE extract(isodow FROM day) = ANY (CASE WHEN cardinality(rules.business_days) = 0
    THEN '{1,2,3,4,5}'::smallint[] ELSE rules.business_days END)
  AND day::date <> ALL (rules.holidays)
$$
"""
# The moment at which so many seconds of business hours have passed since `first`. Each holiday may
# cost a week, where a week has one business day.
BUSINESS_END = """
CREATE OR REPLACE FUNCTION support_business_end(first timestamptz, seconds numeric)
RETURNS timestamptz
LANGUAGE sql STABLE AS $$
WITH rules AS (
    SELECT rules.*, (first AT TIME ZONE rules.timezone)::date AS first_day,
           CASE WHEN cardinality(rules.business_days) = 0 THEN '{1,2,3,4,5}'::smallint[]
                ELSE rules.business_days END AS weekdays
    FROM accounts_countingrules rules
), hours AS (
    SELECT greatest(first, (day::date + rules.business_from) AT TIME ZONE rules.timezone) AS begins,
           (day::date + rules.business_until) AT TIME ZONE rules.timezone AS ends
    FROM rules, generate_series(
        rules.first_day, rules.first_day + 7 * (2 + ceil(seconds
            / extract(epoch FROM rules.business_until - rules.business_from)
            / cardinality(rules.weekdays))::int
            + (SELECT count(*) FROM unnest(rules.holidays) holiday
               WHERE holiday >= rules.first_day)::int),
        interval '1 day') day
    WHERE extract(isodow FROM day) = ANY (rules.weekdays) AND day::date <> ALL (rules.holidays)
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
# What a ticket has said of itself, and since when: the images of its history that still count. An
# image counts from its own last date where that is news, else from the moment it was written
# down. What was said later counts instead of what it reaches back behind; what was undone was
# never said.
IMAGES = """
CREATE FUNCTION support_ticketimages()
RETURNS TABLE (ticket_id bigint, number bigint, since timestamptz, status text,
               solved_at timestamptz, closed_at timestamptz, priority text, kind text, team text,
               closed_as text)
LANGUAGE sql STABLE AS $$
WITH changed AS MATERIALIZED (
    SELECT DISTINCT e.pgh_obj_id AS id FROM support_ticketevent e WHERE e.pgh_label = 'update'
), written AS (
    SELECT e.*, c.metadata ->> 'import' AS by_import,
           coalesce(c.metadata ->> 'source' = 'undo', false) AS undoes
    FROM changed JOIN support_ticketevent e ON e.pgh_obj_id = changed.id
    LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id
    WHERE e.pgh_label <> 'delete'
), stayed AS (
    SELECT w.* FROM written w
    WHERE NOT w.undoes AND NOT EXISTS (
        SELECT FROM written u WHERE u.undoes AND u.pgh_obj_id = w.pgh_obj_id
        AND u.by_import = w.by_import AND u.pgh_id > w.pgh_id)
), dated AS (
    SELECT s.*, CASE
        WHEN lag(s.pgh_id) OVER earlier IS NULL
            OR greatest(s.opened_at, s.solved_at, s.closed_at) > max(
                greatest(s.opened_at, s.solved_at, s.closed_at)) OVER earlier
        THEN greatest(s.opened_at, s.solved_at, s.closed_at)
        ELSE s.pgh_created_at END AS since
    FROM stayed s
    WINDOW earlier AS (PARTITION BY s.pgh_obj_id ORDER BY s.pgh_id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), reached AS (
    SELECT d.*, min(d.since) OVER (PARTITION BY d.pgh_obj_id ORDER BY d.pgh_id
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS replaced_since
    FROM dated d
)
SELECT r.pgh_obj_id, r.pgh_id, r.since, r.status, r.solved_at, r.closed_at, r.priority, r.kind,
       r.team, r.closed_as
FROM reached r WHERE r.replaced_since IS NULL OR r.replaced_since > r.since
UNION ALL
SELECT t.id, 0, greatest(t.opened_at, t.solved_at, t.closed_at), t.status, t.solved_at,
       t.closed_at, t.priority, t.kind, t.team, t.closed_as
FROM support_ticket t WHERE NOT EXISTS (SELECT FROM changed WHERE changed.id = t.id)
$$
"""
# The same as stretches of time, of what figures ask. What was first said holds from the opening on,
# but for how the ticket was closed: that counts from the day on which it was.
STATES = """
CREATE FUNCTION support_ticketstates()
RETURNS TABLE (ticket_id bigint, account_id bigint, since timestamptz, until timestamptz,
               said_at timestamptz, priority text, kind text, team text, closed_as text)
LANGUAGE sql STABLE AS $$
WITH image AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.ticket_id ORDER BY i.number) = 1 AS first
    FROM support_ticketimage i
), said AS (
    SELECT image.ticket_id, 0 AS place, t.opened_at AS since, image.since AS said_at,
           image.priority, image.kind, image.team,
           CASE WHEN coalesce(image.closed_at, image.since) > t.opened_at THEN ''
                ELSE image.closed_as END AS closed_as
    FROM image JOIN support_ticket t ON t.id = image.ticket_id WHERE image.first
    UNION ALL
    SELECT image.ticket_id, image.number + 1, CASE WHEN image.first
               THEN coalesce(image.closed_at, image.since) ELSE image.since END, image.since,
           image.priority, image.kind, image.team, image.closed_as
    FROM image WHERE NOT image.first OR image.closed_as <> ''
), changes AS (
    SELECT said.*, lag((said.priority, said.kind, said.team, said.closed_as)) OVER (
        PARTITION BY said.ticket_id ORDER BY said.since, said.place)
        IS DISTINCT FROM (said.priority, said.kind, said.team, said.closed_as) AS changed
    FROM said
)
SELECT state.ticket_id, t.account_id, state.since, state.until, state.said_at, state.priority,
       state.kind, state.team, state.closed_as
FROM (
    SELECT c.*, lead(c.since) OVER (PARTITION BY c.ticket_id ORDER BY c.since, c.place) AS until
    FROM changes c WHERE c.changed
) state JOIN support_ticket t ON t.id = state.ticket_id
WHERE state.until IS DISTINCT FROM state.since
$$
"""
# What was said of whether a ticket is done, in the order in which it happened; `turns` where it
# became another. A ticket is solved when its `solved` events say, else `solved_at`, else its
# `closed` events, else `closed_at`; `known` is false where its status alone says that it is.
# Whatever is dated before the opening counts at the opening; ties are told apart by external id.
STATUSES = """
CREATE FUNCTION support_ticketstatuses()
RETURNS TABLE (ticket_id bigint, place bigint, at timestamptz, until timestamptz, done boolean,
               waits boolean, known boolean, turns boolean)
LANGUAGE sql STABLE AS $$
WITH event AS (
    SELECT e.ticket_id, greatest(e.at, t.opened_at) AS at, e.at AS said_at, e.external_id,
           e.status, e.status IN ('solved', 'closed') AS done
    FROM support_ticketentry e JOIN support_ticket t ON t.id = e.ticket_id
    WHERE e.kind = 'status'
), evented AS MATERIALIZED (
    SELECT event.ticket_id, bool_or(event.status = 'solved') AS solved,
           bool_or(event.done) AS done
    FROM event GROUP BY event.ticket_id
), image AS MATERIALIZED (
    -- The images that say something else of the status than the one before.
    SELECT said.*, row_number() OVER (PARTITION BY said.ticket_id ORDER BY said.number) AS place,
           lead(said.number) OVER (PARTITION BY said.ticket_id ORDER BY said.number) IS NULL
               AS newest
    FROM (
        SELECT i.ticket_id, i.number, i.since, i.status, i.status IN ('solved', 'closed') AS done,
               coalesce(i.solved_at, i.closed_at) AS moment,
               lag((i.status, i.solved_at, i.closed_at)) OVER (
                   PARTITION BY i.ticket_id ORDER BY i.number)
                   IS DISTINCT FROM (i.status, i.solved_at, i.closed_at) AS news
        FROM support_ticketimage i
    ) said WHERE said.news
), alone AS (
    -- Without events the images are all that is known.
    SELECT i.*, lag(i.done) OVER w AS was_done, lag(i.moment) OVER w AS was_moment,
           lead(i.done) OVER w AS stays_done,
           -- When it was solved again it does not say.
           coalesce(i.moment = ANY (array_agg(i.moment) FILTER (WHERE NOT i.done) OVER (
               PARTITION BY i.ticket_id ORDER BY i.place
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), false) AS of_before
    FROM image i WHERE NOT EXISTS (SELECT FROM evented WHERE evented.ticket_id = i.ticket_id)
    WINDOW w AS (PARTITION BY i.ticket_id ORDER BY i.place)
), told AS (
    SELECT event.ticket_id, event.at, 1 AS rank, event.said_at, event.external_id, event.done,
           event.status = 'pending' AS waits, true AS known
    FROM event
    UNION ALL
    SELECT t.id, CASE WHEN t.solved_at IS NULL THEN t.closed_at ELSE t.solved_at END, 2, NULL, '',
           true, false, true
    FROM evented JOIN support_ticket t ON t.id = evented.ticket_id
    WHERE CASE WHEN t.solved_at IS NULL THEN t.closed_at IS NOT NULL AND NOT evented.done
               ELSE NOT evented.solved END
), last_told AS (
    SELECT DISTINCT ON (told.ticket_id) told.ticket_id, told.at, told.done
    FROM told
    ORDER BY told.ticket_id, told.at DESC, told.rank DESC, told.said_at DESC,
             told.external_id COLLATE "C" DESC
), now_said AS (
    -- What the status says that the events do not.
    SELECT last.ticket_id, last.at, last.done AS was_done, now.done, now.since, now.status,
           (SELECT min(moment) FROM (VALUES (t.solved_at), (t.closed_at)) column_of (moment)
            WHERE moment > last.at) AS moment, evented.done AS ever_done
    FROM last_told last
    JOIN evented ON evented.ticket_id = last.ticket_id
    JOIN support_ticket t ON t.id = last.ticket_id
    JOIN image now ON now.ticket_id = last.ticket_id AND now.newest
    WHERE now.done <> last.done
), said AS (
    SELECT told.* FROM told
    UNION ALL
    SELECT now_said.ticket_id,
           coalesce(now_said.moment, greatest(now_said.since, now_said.at)), 3, NULL, '', true,
           false, now_said.moment IS NOT NULL
    FROM now_said
    WHERE now_said.done AND (now_said.moment IS NOT NULL OR NOT now_said.ever_done
                             OR now_said.since > now_said.at)
    UNION ALL
    SELECT now_said.ticket_id, now_said.since, 3, NULL, '', false, now_said.status = 'pending',
           true
    FROM now_said WHERE NOT now_said.done AND now_said.since >= now_said.at
    UNION ALL
    SELECT alone.ticket_id, CASE WHEN alone.of_before THEN alone.since
               ELSE coalesce(alone.moment, alone.since) END, alone.place * 2, NULL, '', true, false,
           alone.moment IS NOT NULL AND NOT alone.of_before
    FROM alone
    WHERE CASE WHEN alone.done THEN alone.stays_done IS NOT TRUE
               ELSE alone.moment IS DISTINCT FROM alone.was_moment AND alone.moment IS NOT NULL END
    UNION ALL
    SELECT alone.ticket_id, alone.since, alone.place * 2 + 1, NULL, '', false,
           alone.status = 'pending', true
    FROM alone WHERE NOT alone.done
), placed AS (
    SELECT said.*, row_number() OVER w AS place, lead(said.at) OVER w AS until,
           lag(said.done, 1, false) OVER w <> said.done AS turns
    FROM said
    WINDOW w AS (PARTITION BY said.ticket_id
                 ORDER BY said.at, said.rank, said.said_at, said.external_id COLLATE "C")
)
SELECT p.ticket_id, p.place, p.at, p.until, p.done, p.waits, p.known, p.turns FROM placed p
$$
"""
# The public replies of agents. The message with which an agent opens a ticket is none.
REPLIES = """
CREATE FUNCTION support_ticketreplies() RETURNS TABLE (ticket_id bigint, at timestamptz)
LANGUAGE sql STABLE AS $$
WITH message AS (
    SELECT e.ticket_id, greatest(e.at, t.opened_at) AS at, e.author = 'agent' AND e.public AS reply,
           e.at = t.opened_at AND e.author = 'agent' AND e.public
               AND row_number() OVER same_moment = 1
               AND bool_or(e.author = 'customer' AND e.at <= t.opened_at) OVER of_ticket
                   IS NOT TRUE AS opens
    FROM support_ticketentry e JOIN support_ticket t ON t.id = e.ticket_id
    WHERE e.kind = 'message'
    WINDOW of_ticket AS (PARTITION BY e.ticket_id),
           same_moment AS (PARTITION BY e.ticket_id, e.at, e.author, e.public
                           ORDER BY e.external_id COLLATE "C")
)
SELECT message.ticket_id, message.at FROM message WHERE message.reply AND NOT message.opens
$$
"""
# Each time that a ticket was solved; beside it what it says of itself, a row for each time at which
# that became another.
SOLVINGS = """
CREATE FUNCTION support_ticketsolvings()
RETURNS TABLE (ticket_id bigint, account_id bigint, opened_at timestamptz, since timestamptz,
               until timestamptz, priority text, team text, closed_as text,
               solved_at timestamptz, reopened_at timestamptz, previous_solved_at timestamptz,
               next_solved_at timestamptz, soon_reopened_at timestamptz, replies integer,
               handed_over boolean, resolution_seconds numeric,
               business_resolution_seconds numeric)
LANGUAGE sql STABLE AS $$
WITH turn AS (
    SELECT s.ticket_id, s.place, s.at, s.done, s.known,
           lead(s.at) OVER (PARTITION BY s.ticket_id ORDER BY s.place) AS next_at
    FROM support_ticketstatus s WHERE s.turns
), solving AS MATERIALIZED (
    SELECT turn.ticket_id, turn.place, turn.at AS solved_at, turn.next_at AS reopened_at,
           lag(turn.at) OVER w AS previous_solved_at, lead(turn.at) OVER w AS next_solved_at,
           min(turn.next_at) FILTER (
               WHERE turn.next_at < turn.at + rules.fcr_reopen_days * interval '1 day')
               OVER (PARTITION BY turn.ticket_id) AS soon_reopened_at
    FROM turn, accounts_countingrules rules
    WHERE turn.done AND turn.known
    WINDOW w AS (PARTITION BY turn.ticket_id ORDER BY turn.place)
), replies AS (
    SELECT s.ticket_id, s.place, count(*)::int AS replies
    FROM solving s JOIN support_ticketreply r ON r.ticket_id = s.ticket_id AND r.at <= s.solved_at
    GROUP BY s.ticket_id, s.place
), assigned AS (
    SELECT e.ticket_id, e.at, e.team, e.external_id
    FROM support_ticketentry e WHERE e.kind = 'assignment' AND e.team <> ''
), last_team AS (
    SELECT DISTINCT ON (a.ticket_id) a.ticket_id, a.team
    FROM assigned a ORDER BY a.ticket_id, a.at DESC, a.external_id COLLATE "C" DESC
), team AS (
    SELECT a.ticket_id, a.at, a.team FROM assigned a
    UNION ALL
    -- A team that the last hand-over names came with it.
    SELECT s.ticket_id, s.said_at, s.team
    FROM support_ticketstate s LEFT JOIN last_team l ON l.ticket_id = s.ticket_id
    WHERE s.team <> '' AND s.team IS DISTINCT FROM l.team
), teams AS (
    SELECT s.ticket_id, s.place, count(DISTINCT team.team) > 1 AS handed_over
    FROM solving s JOIN team ON team.ticket_id = s.ticket_id AND team.at <= s.solved_at
    GROUP BY s.ticket_id, s.place
), waits AS MATERIALIZED (
    SELECT s.ticket_id, s.place, sum(extract(epoch FROM w.until - w.at)) AS seconds,
           sum(support_business_seconds(w.at, w.until)) AS business_seconds
    FROM solving s
    JOIN support_ticketstatus w ON w.ticket_id = s.ticket_id AND w.waits AND w.place < s.place
    WHERE w.until > w.at
    GROUP BY s.ticket_id, s.place
), timed AS MATERIALIZED (
    SELECT s.*, t.opened_at,
           extract(epoch FROM s.solved_at - t.opened_at) - coalesce(waits.seconds, 0) AS seconds,
           support_business_seconds(t.opened_at, s.solved_at)
               - coalesce(waits.business_seconds, 0) AS business_seconds
    FROM solving s
    JOIN support_ticket t ON t.id = s.ticket_id
    LEFT JOIN waits ON waits.ticket_id = s.ticket_id AND waits.place = s.place
)
SELECT s.ticket_id, state.account_id, s.opened_at, state.since, state.until, state.priority,
       state.team, state.closed_as, s.solved_at, s.reopened_at, s.previous_solved_at,
       s.next_solved_at, s.soon_reopened_at, coalesce(replies.replies, 0),
       coalesce(teams.handed_over, false), s.seconds, s.business_seconds
FROM timed s
JOIN support_ticketstate state ON state.ticket_id = s.ticket_id
LEFT JOIN replies ON replies.ticket_id = s.ticket_id AND replies.place = s.place
LEFT JOIN teams ON teams.ticket_id = s.ticket_id AND teams.place = s.place
$$
"""
# Each ticket, with its first reply and the first time that it was solved. From `unknown_from` to
# `unknown_until` it is solved by its status alone, and nobody knows since when.
CLOCKS = """
CREATE FUNCTION support_ticketclocks()
RETURNS TABLE (ticket_id bigint, account_id bigint, opened_at timestamptz, since timestamptz,
               until timestamptz, priority text, kind text, team text, closed_as text,
               replied_at timestamptz, response_seconds numeric,
               business_response_seconds numeric, solved_at timestamptz,
               reopened_at timestamptz, soon_reopened_at timestamptz, replies integer,
               handed_over boolean, unknown_from timestamptz, unknown_until timestamptz)
LANGUAGE sql STABLE AS $$
WITH replied AS MATERIALIZED (
    SELECT r.ticket_id, min(r.at) AS at, count(*)::int AS replies
    FROM support_ticketreply r GROUP BY r.ticket_id
), waits AS MATERIALIZED (
    SELECT r.ticket_id, sum(extract(epoch FROM least(w.until, r.at) - w.at)) AS seconds,
           sum(support_business_seconds(w.at, least(w.until, r.at))) AS business_seconds
    FROM replied r
    JOIN support_ticketstatus w ON w.ticket_id = r.ticket_id AND w.waits AND w.at < r.at
    WHERE w.until IS DISTINCT FROM w.at
    GROUP BY r.ticket_id
), timed AS MATERIALIZED (
    SELECT r.*, extract(epoch FROM r.at - t.opened_at) - coalesce(waits.seconds, 0) AS seconds,
           support_business_seconds(t.opened_at, r.at)
               - coalesce(waits.business_seconds, 0) AS business_seconds
    FROM replied r
    JOIN support_ticket t ON t.id = r.ticket_id
    LEFT JOIN waits ON waits.ticket_id = r.ticket_id
), unknown AS (
    SELECT DISTINCT ON (turn.ticket_id) turn.ticket_id, turn.at, turn.next_at
    FROM (
        SELECT s.ticket_id, s.place, s.at, s.done, s.known,
               lead(s.at) OVER (PARTITION BY s.ticket_id ORDER BY s.place) AS next_at
        FROM support_ticketstatus s WHERE s.turns
    ) turn WHERE turn.done AND NOT turn.known ORDER BY turn.ticket_id, turn.place
)
SELECT t.id, t.account_id, t.opened_at, state.since, state.until, state.priority, state.kind,
       state.team, state.closed_as, timed.at, timed.seconds, timed.business_seconds,
       first.solved_at, first.reopened_at, first.soon_reopened_at,
       coalesce(first.replies, timed.replies, 0), coalesce(first.handed_over, false),
       unknown.at, unknown.next_at
FROM support_ticket t
JOIN support_ticketstate state ON state.ticket_id = t.id
LEFT JOIN timed ON timed.ticket_id = t.id
LEFT JOIN support_ticketsolving first ON first.ticket_id = t.id AND first.since = state.since
    AND first.previous_solved_at IS NULL
LEFT JOIN unknown ON unknown.ticket_id = t.id
$$
"""
SPELLS = """
CREATE FUNCTION support_openspells()
RETURNS TABLE (ticket_id bigint, account_id bigint, since timestamptz, until timestamptz,
               priority text, team text, closed_as text, starts_at timestamptz,
               ends_at timestamptz)
LANGUAGE sql STABLE AS $$
WITH begun AS (
    SELECT t.id AS ticket_id, 0 AS place, t.opened_at AS at, false AS done FROM support_ticket t
    UNION ALL
    SELECT s.ticket_id, s.place, s.at, s.done FROM support_ticketstatus s WHERE s.turns
), spell AS (
    SELECT begun.*, lead(begun.at) OVER (PARTITION BY begun.ticket_id ORDER BY begun.place)
        AS until
    FROM begun
)
SELECT spell.ticket_id, state.account_id, state.since, state.until, state.priority, state.team,
       state.closed_as, spell.at, spell.until
FROM spell JOIN support_ticketstate state ON state.ticket_id = spell.ticket_id
WHERE NOT spell.done AND spell.until IS DISTINCT FROM spell.at
$$
"""
# What was promised. A promise falls due when the clock, by the hours that are counted, has used up
# the minutes; the clock stands still while the ticket waits. Of another priority another promise
# holds from then on, unless one has fallen due. It is kept where, at that moment, there was a
# reply, or the ticket was solved; `unknown` where its status alone says that it was.
PROMISES = """
CREATE FUNCTION support_promises()
RETURNS TABLE (ticket_id bigint, account_id bigint, since timestamptz, until timestamptz,
               priority text, team text, closed_as text, kind text,
               due_at timestamptz, kept_at timestamptz, unknown boolean)
LANGUAGE sql STABLE AS $$
WITH wait AS (
    SELECT s.ticket_id, s.place, s.at, s.until FROM support_ticketstatus s
    WHERE s.waits AND s.until IS DISTINCT FROM s.at
), run AS (
    SELECT t.id AS ticket_id, 0 AS place, t.opened_at AS starts, min(wait.at) AS ends
    FROM support_ticket t LEFT JOIN wait ON wait.ticket_id = t.id GROUP BY t.id
    UNION ALL
    SELECT wait.ticket_id, wait.place, wait.until,
           lead(wait.at) OVER (PARTITION BY wait.ticket_id ORDER BY wait.place)
    FROM wait
), promised AS (
    SELECT DISTINCT state.ticket_id, state.priority, target.in_business_hours, promise.kind,
           promise.minutes * 60.0 AS seconds
    FROM support_ticketstate state
    JOIN support_slatarget target ON target.priority = state.priority
    CROSS JOIN LATERAL (VALUES
        ('response', target.first_response_minutes),
        ('resolution', target.resolution_minutes)) promise (kind, minutes)
    WHERE promise.minutes IS NOT NULL
), ran AS (
    SELECT promised.*, run.place, run.starts, run.ends, CASE
        WHEN run.ends IS NULL THEN NULL
        WHEN promised.in_business_hours THEN support_business_seconds(run.starts, run.ends)
        ELSE extract(epoch FROM run.ends - run.starts) END AS here
    FROM promised JOIN run ON run.ticket_id = promised.ticket_id
    WHERE run.starts IS NOT NULL
), used AS (
    SELECT ran.*, coalesce(sum(ran.here) OVER (
        PARTITION BY ran.ticket_id, ran.priority, ran.kind ORDER BY ran.place
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM ran
), ends AS MATERIALIZED (
    SELECT DISTINCT ON (used.ticket_id, used.priority, used.kind)
           used.ticket_id, used.priority, used.kind, CASE WHEN used.in_business_hours
               THEN support_business_end(used.starts, used.seconds - used.before)
               ELSE used.starts + (used.seconds - used.before) * interval '1 second' END AS due_at
    FROM used WHERE used.here IS NULL OR used.before + used.here >= used.seconds
    ORDER BY used.ticket_id, used.priority, used.kind, used.place
), due AS (
    SELECT ends.ticket_id, ends.kind, min(greatest(ends.due_at, state.since)) AS at
    FROM ends
    JOIN support_ticketstate state
        ON state.ticket_id = ends.ticket_id AND state.priority = ends.priority
    WHERE state.until IS NULL OR greatest(ends.due_at, state.since) < state.until
    GROUP BY ends.ticket_id, ends.kind
), turn AS (
    SELECT s.ticket_id, s.at, s.done, s.known,
           lead(s.at) OVER (PARTITION BY s.ticket_id ORDER BY s.place) AS next_at
    FROM support_ticketstatus s WHERE s.turns
), kept AS (
    SELECT due.ticket_id, due.kind, due.at AS due_at,
           min(turn.at) FILTER (WHERE turn.known AND (turn.at > due.at OR
               turn.next_at IS NULL OR turn.next_at > due.at)) AS kept_at,
           coalesce(bool_or(turn.at <= due.at AND NOT turn.known
               AND (turn.next_at IS NULL OR turn.next_at > due.at)), false) AS unknown
    FROM due LEFT JOIN turn ON turn.ticket_id = due.ticket_id AND turn.done
    WHERE due.kind = 'resolution'
    GROUP BY due.ticket_id, due.kind, due.at
    UNION ALL
    SELECT due.ticket_id, due.kind, due.at, min(reply.at), false
    FROM due LEFT JOIN support_ticketreply reply ON reply.ticket_id = due.ticket_id
    WHERE due.kind = 'response'
    GROUP BY due.ticket_id, due.kind, due.at
)
SELECT kept.ticket_id, state.account_id, state.since, state.until, state.priority, state.team,
       state.closed_as, kept.kind, kept.due_at, kept.kept_at, kept.unknown
FROM kept JOIN support_ticketstate state ON state.ticket_id = kept.ticket_id
$$
"""
# The minutes of incidents, each told once: stretches [starts_at, ends_at) of which `share` is told
# by an incident, less what those before it tell. `minutes_down` is spread over an incident's
# own span; where it has none, it is so long.
DOWNTIME = """
CREATE FUNCTION support_downtimes()
RETURNS TABLE (incident_id bigint, starts_at timestamptz, ends_at timestamptz, share numeric)
LANGUAGE sql STABLE AS $$
WITH span AS (
    SELECT i.id, i.external_id, i.started_at, CASE
               WHEN i.ended_at > i.started_at THEN i.ended_at
               WHEN i.minutes_down IS NOT NULL
               THEN i.started_at + i.minutes_down * interval '1 minute'
               ELSE coalesce(i.ended_at, 'infinity') END AS ended_at,
           CASE WHEN i.ended_at > i.started_at AND i.minutes_down IS NOT NULL
                THEN round(i.minutes_down * 60, 24) / extract(epoch FROM i.ended_at - i.started_at)
                ELSE 1 END AS share
    FROM support_incident i
), begun AS (
    SELECT span.*, coalesce(max(span.ended_at) OVER (
        ORDER BY span.started_at, span.external_id COLLATE "C"
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) <= span.started_at, true) AS apart
    FROM span WHERE span.ended_at > span.started_at
), island AS (
    SELECT begun.*, count(*) FILTER (WHERE begun.apart)
        OVER (ORDER BY begun.started_at, begun.external_id COLLATE "C") AS number
    FROM begun
), edge AS (
    SELECT island.number, island.started_at AS at FROM island
    UNION
    SELECT island.number, island.ended_at FROM island
), piece AS (
    SELECT edge.number, edge.at AS starts_at,
           lead(edge.at) OVER (PARTITION BY edge.number ORDER BY edge.at) AS ends_at
    FROM edge
), told AS (
    SELECT i.id, piece.starts_at, piece.ends_at, i.share, max(i.share) OVER (
        PARTITION BY piece.number, piece.starts_at
        ORDER BY i.started_at, i.external_id COLLATE "C"
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS told_share
    FROM island i
    JOIN piece ON piece.number = i.number
        AND piece.starts_at >= i.started_at AND piece.ends_at <= i.ended_at
)
SELECT told.id, told.starts_at, nullif(told.ends_at, 'infinity'),
       greatest(told.share - coalesce(told.told_share, 0), 0)
FROM told
$$
"""
VIEWS = {
    "support_ticketimage": IMAGES,
    "support_ticketstate": STATES,
    "support_ticketstatus": STATUSES,
    "support_ticketreply": REPLIES,
    "support_ticketsolving": SOLVINGS,
    "support_ticketclock": CLOCKS,
    "support_openspell": SPELLS,
    "support_promise": PROMISES,
    "support_downtime": DOWNTIME,
}
PLURALS = {
    "support_ticketstatus": "support_ticketstatuses",
    "support_ticketreply": "support_ticketreplies",
}
FORMER = {
    "support_ticketclock": before.CLOCKS,
    "support_openspell": before.SPELLS,
    "support_promise": before.PROMISES,
}


def function_of(view):
    return PLURALS.get(view, f"{view}s")


def created(views):
    """The statements that create each view with the function that it shows, in their order."""
    for view, text in views.items():
        yield text
        yield f"CREATE VIEW {view} AS SELECT * FROM {function_of(view)}()"


def dropped(views):
    for view in reversed(views):
        yield f"DROP VIEW {view}"
        yield f"DROP FUNCTION {function_of(view)}()"


class Migration(migrations.Migration):
    dependencies = [("support", "0002_clocks"), ("accounts", "0015_holidays_facts")]

    operations = [
        migrations.RunSQL(
            BUSINESS_SECONDS, before.BUSINESS_SECONDS.replace("CREATE", "CREATE OR REPLACE", 1)
        ),
        migrations.RunSQL(
            BUSINESS_END, before.BUSINESS_END.replace("CREATE", "CREATE OR REPLACE", 1)
        ),
        migrations.RunSQL(list(dropped(FORMER)), list(created(FORMER))),
        migrations.RunSQL("DROP FUNCTION support_turns()", before.TURNS),
        migrations.RunSQL(list(created(VIEWS)), list(dropped(VIEWS))),
        migrations.CreateModel(
            name="Downtime",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "incident_id",
                        "starts_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "share",
                    models.DecimalField(decimal_places=30, max_digits=60),
                ),
            ],
            options={
                "db_table": "support_downtime",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="TicketSolving",
            fields=[
                ("since", models.DateTimeField(verbose_name="from")),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "low"),
                            ("normal", "normal"),
                            ("high", "high"),
                            ("urgent", "urgent"),
                        ],
                        max_length=10,
                        verbose_name="priority",
                    ),
                ),
                ("team", models.CharField(max_length=100, verbose_name="team")),
                (
                    "closed_as",
                    models.CharField(
                        choices=[
                            ("solved", "solved"),
                            ("spam", "spam"),
                            ("abandoned", "abandoned"),
                            ("merged", "merged into another"),
                        ],
                        max_length=10,
                        verbose_name="closed as",
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "ticket_id",
                        "since",
                        "solved_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("solved_at", models.DateTimeField(verbose_name="solved at")),
                ("reopened_at", models.DateTimeField(null=True, verbose_name="opened again at")),
                (
                    "previous_solved_at",
                    models.DateTimeField(null=True, verbose_name="solved at"),
                ),
                ("next_solved_at", models.DateTimeField(null=True, verbose_name="solved at")),
                (
                    "soon_reopened_at",
                    models.DateTimeField(null=True, verbose_name="opened again at"),
                ),
                ("replies", models.IntegerField(verbose_name="replies")),
                ("handed_over", models.BooleanField(verbose_name="handed over")),
                (
                    "resolution_seconds",
                    models.DecimalField(decimal_places=6, max_digits=20, verbose_name="seconds"),
                ),
                (
                    "business_resolution_seconds",
                    models.DecimalField(decimal_places=6, max_digits=20, verbose_name="seconds"),
                ),
            ],
            options={
                "db_table": "support_ticketsolving",
                "managed": False,
            },
        ),
    ]
