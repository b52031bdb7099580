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
$$;
