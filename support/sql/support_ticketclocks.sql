-- Each ticket, with its first reply and the first time that it was solved. From `unknown_from` to
-- `unknown_until` it is solved by its status alone, and nobody knows since when.
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
$$;
