CREATE FUNCTION accounts_renewalterms(asked date)
RETURNS TABLE (renewal_id bigint, account_id bigint, subscription_id bigint, due_on date,
               renewed_on date, auto_renew boolean, renewed boolean,
               mrr_due numeric, mrr_renewed numeric)
LANGUAGE sql STABLE AS $$
SELECT r.id, s.account_id, s.id, r.due_on, r.renewed_on, r.auto_renew,
       coalesce(r.renewed_on <= asked, false) OR (r.auto_renew AND (
           s.ended_on IS NULL OR s.ended_on > r.due_on OR follow_up.id IS NOT NULL)),
       due.mrr,
       CASE WHEN due.mrr IS NOT NULL AND agreed.mrr IS NOT NULL
            THEN least(due.mrr, agreed.mrr) END
FROM accounts_renewal r
JOIN accounts_subscription s ON s.id = r.subscription_id
CROSS JOIN accounts_countingrules rules
LEFT JOIN LATERAL (
    SELECT f.id, f.interval, f.interval_count, f.currency, greatest(r.due_on, f.started_on) AS day
    FROM accounts_subscription f
    WHERE f.account_id = s.account_id AND f.id <> s.id AND f.started_on > s.started_on
      AND f.started_on <= least(r.due_on + 1, asked)
      AND (f.ended_on IS NULL OR f.ended_on > greatest(r.due_on, f.started_on))
    ORDER BY f.started_on DESC, f.external_id COLLATE "C" DESC LIMIT 1
) follow_up ON true
LEFT JOIN LATERAL (
    SELECT t.* FROM accounts_termphase t
    WHERE t.account_id = s.account_id AND t.subscription_id = s.id
      AND t.starts_on < r.due_on AND (t.ends_on IS NULL OR t.ends_on >= r.due_on)
) before ON true
LEFT JOIN LATERAL (
    SELECT t.*, t.subscription_id = s.id AS same FROM accounts_termphase t
    WHERE t.account_id = s.account_id AND t.subscription_id IN (s.id, follow_up.id)
      AND t.starts_on <= CASE WHEN t.subscription_id = s.id THEN r.due_on ELSE follow_up.day END
      AND (t.ends_on IS NULL OR t.ends_on >
           CASE WHEN t.subscription_id = s.id THEN r.due_on ELSE follow_up.day END)
    ORDER BY same DESC LIMIT 1
) after ON true
CROSS JOIN LATERAL (
    SELECT CASE WHEN before.subscription_id IS NULL THEN 0
           ELSE CASE rules.discounts WHEN 'all' THEN before.mrr WHEN 'forever' THEN before.forever
                ELSE before.listed END END AS mrr
) due
CROSS JOIN LATERAL (
    -- An agreed amount is the price of a unit, in the terms of the subscription that was due.
    SELECT coalesce(r.amount, after.amount, 0)
               * coalesce(after.quantity, before.quantity, s.quantity) AS listed,
           CASE WHEN after.same IS NULL THEN before.percent ELSE after.percent END AS percent,
           CASE WHEN after.same IS NULL THEN before.discount ELSE after.discount END AS discount,
           CASE WHEN after.same IS NULL THEN before.discount_ends_on
                ELSE after.discount_ends_on END AS discount_ends_on,
           r.amount IS NOT NULL OR after.same IS NOT FALSE AS own
) terms
CROSS JOIN LATERAL (
    SELECT accounts_price(terms.listed, terms.percent, terms.discount, terms.discount_ends_on,
                          r.due_on, rules.discounts) AS native,
           CASE WHEN terms.own THEN s.interval ELSE follow_up.interval END AS per,
           CASE WHEN terms.own THEN s.interval_count ELSE follow_up.interval_count END AS times,
           CASE WHEN terms.own THEN s.currency ELSE follow_up.currency END AS currency
) price
CROSS JOIN LATERAL (
    SELECT CASE WHEN price.native = 0 THEN 0 ELSE round(accounts_monthly(price.native * (
        SELECT rate.rate FROM accounts_rate rate
        WHERE rate.currency = price.currency AND rate.day <= before.priced_on
        ORDER BY rate.day DESC LIMIT 1), price.per, price.times), 10) END AS mrr
) agreed
$$;
