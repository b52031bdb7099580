-- The public replies of agents. The message with which an agent opens a ticket is none.
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
$$;
