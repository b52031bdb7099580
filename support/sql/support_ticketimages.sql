-- What a ticket has said of itself, and since when: the images of its history that still count. An
-- image counts from its own last date where that is news, else from the moment it was written
-- down. What was said later counts instead of what it reaches back behind; what was undone was
-- never said.
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
$$;
