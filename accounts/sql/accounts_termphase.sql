CREATE VIEW accounts_termphase AS
SELECT s.id AS subscription_id, s.account_id, phase.starts_on, phase.ends_on,
       list.plan, list.quantity, s.cancelled_on,
       CASE WHEN net.paid = 0 THEN 0
            ELSE round(accounts_monthly(net.paid * worth.rate, s.interval, s.interval_count), 10)
       END AS mrr,
       CASE WHEN net.forever = 0 THEN 0 ELSE
            round(accounts_monthly(net.forever * worth.rate, s.interval, s.interval_count), 10)
       END AS forever,
       CASE WHEN net.listed = 0 THEN 0 ELSE
            round(accounts_monthly(net.listed * worth.rate, s.interval, s.interval_count), 10)
       END AS listed,
       list.amount, list.percent, list.discount, list.discount_ends_on, list.priced_on
FROM accounts_subscription s
CROSS JOIN LATERAL (
    -- The days on which the price can change, each until the next one.
    SELECT edge.day AS starts_on,
           coalesce(lead(edge.day) OVER (ORDER BY edge.day), s.ended_on) AS ends_on
    FROM (
        SELECT day
        FROM unnest(ARRAY[
            greatest(s.started_on, s.trial_ends_on),
            s.paused_from, s.paused_until, s.discount_ends_on]) AS day
        WHERE day >= greatest(s.started_on, s.trial_ends_on)
          AND (s.ended_on IS NULL OR day < s.ended_on)
        UNION
        SELECT day
        FROM accounts_subscriptionchange c, unnest(ARRAY[c.effective_on, c.discount_ends_on]) AS day
        WHERE c.subscription_id = s.id
          AND day >= greatest(s.started_on, s.trial_ends_on)
          AND (s.ended_on IS NULL OR day < s.ended_on)
    ) edge
) phase
CROSS JOIN LATERAL (
    -- Of each term the last one said by then. A discount is one thing, but may be prolonged.
    SELECT (array_agg(c.amount ORDER BY c.effective_on DESC)
               FILTER (WHERE c.amount IS NOT NULL))[1] AS amount,
           (array_agg(c.quantity ORDER BY c.effective_on DESC)
               FILTER (WHERE c.quantity IS NOT NULL))[1] AS quantity,
           (array_agg(c.plan ORDER BY c.effective_on DESC)
               FILTER (WHERE c.plan <> ''))[1] AS plan,
           bool_or(c.discount_percent IS NOT NULL OR c.discount_amount IS NOT NULL) AS reduced,
           (array_agg(c.discount_percent ORDER BY c.effective_on DESC) FILTER (WHERE
               c.discount_percent IS NOT NULL OR c.discount_amount IS NOT NULL))[1] AS percent,
           (array_agg(c.discount_amount ORDER BY c.effective_on DESC) FILTER (WHERE
               c.discount_percent IS NOT NULL OR c.discount_amount IS NOT NULL))[1] AS discount,
           bool_or(c.discount_percent IS NOT NULL OR c.discount_amount IS NOT NULL
               OR c.discount_ends_on IS NOT NULL) AS end_said,
           (array_agg(c.discount_ends_on ORDER BY c.effective_on DESC) FILTER (WHERE
               c.discount_percent IS NOT NULL OR c.discount_amount IS NOT NULL
               OR c.discount_ends_on IS NOT NULL))[1] AS discount_ends_on,
           max(c.effective_on) AS last_on
    FROM accounts_subscriptionchange c
    WHERE c.subscription_id = s.id AND c.effective_on <= phase.starts_on
) changed
CROSS JOIN LATERAL (
    SELECT coalesce(changed.amount, s.amount) AS amount,
           coalesce(changed.quantity, s.quantity) AS quantity,
           coalesce(changed.plan, s.plan) AS plan,
           CASE WHEN changed.reduced THEN changed.percent ELSE s.discount_percent END AS percent,
           CASE WHEN changed.reduced THEN changed.discount ELSE s.discount_amount END AS discount,
           CASE WHEN changed.end_said THEN changed.discount_ends_on
                ELSE s.discount_ends_on END AS discount_ends_on,
           -- At the rate of the day on which the terms last changed, so that exchange rates move
           -- no MRR.
           greatest(s.started_on, changed.last_on) AS priced_on
) list
CROSS JOIN LATERAL (
    SELECT accounts_price(list.amount * list.quantity, list.percent, list.discount,
                          list.discount_ends_on, phase.starts_on, 'all') AS paid,
           accounts_price(list.amount * list.quantity, list.percent, list.discount,
                          list.discount_ends_on, phase.starts_on, 'forever') AS forever,
           list.amount * list.quantity AS listed
) net
LEFT JOIN LATERAL (
    SELECT r.rate FROM accounts_rate r
    WHERE r.currency = s.currency AND r.day <= list.priced_on
    ORDER BY r.day DESC LIMIT 1
) worth ON true
WHERE NOT (s.paused_from IS NOT NULL AND phase.starts_on >= s.paused_from
           AND (s.paused_until IS NULL OR phase.starts_on < s.paused_until));
