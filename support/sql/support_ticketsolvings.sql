-- Each time that a ticket was solved; beside it what it says of itself, a row for each time at which
-- that became another.
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
$$;
