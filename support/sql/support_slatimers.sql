-- What was promised. A promise falls due when the clock, by the hours that are counted, has used up
-- the minutes; the clock stands still while the ticket waits. Of another priority another promise
-- holds from then on, unless one has fallen due. It is kept where, at that moment, there was a
-- reply, or the ticket was solved; `unknown` where its status alone says that it was.
CREATE FUNCTION support_slatimers()
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
$$;
