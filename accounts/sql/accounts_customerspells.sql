CREATE FUNCTION accounts_customerspells()
RETURNS TABLE (account_id bigint, starts_on date, ends_on date)
LANGUAGE sql STABLE AS $$
SELECT served.account_id, lower(served.spell), upper(served.spell)
FROM (
    SELECT spells.account_id, unnest(range_agg(spells.spell)) AS spell
    FROM (
        SELECT p.account_id, daterange(p.starts_on, p.ends_on) AS spell
        FROM accounts_mrrphase p, accounts_countingrules rules
        WHERE rules.customers_by <> 'purchases'
        UNION ALL
        SELECT p.account_id, daterange(p.occurred_on, p.occurred_on + rules.bought_within_days)
        FROM accounts_purchase p, accounts_countingrules rules
        WHERE rules.customers_by = 'purchases' OR (rules.customers_by = 'auto'
            AND NOT EXISTS (SELECT FROM accounts_subscription))
    ) spells
    GROUP BY spells.account_id
) served
$$;
