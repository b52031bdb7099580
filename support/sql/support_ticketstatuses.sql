-- What was said of whether a ticket is done, in the order in which it happened; `turns` where it
-- became another. A ticket is solved when its `solved` events say, else `solved_at`, else its
-- `closed` events, else `closed_at`; `known` is false where its status alone says that it is.
-- Whatever is dated before the opening counts at the opening; ties are told apart by external id.
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
$$;
