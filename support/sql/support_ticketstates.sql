-- The same as stretches of time, of what figures ask. What was first said holds from the opening on,
-- but for how the ticket was closed: that counts from the day on which it was.
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
$$;
