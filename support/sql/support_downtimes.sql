-- The minutes of incidents, each told once: stretches [starts_at, ends_at) of which `share` is told
-- by an incident, less what those before it tell. `minutes_down` is spread over an incident's
-- own span; where it has none, it is so long.
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
$$;
