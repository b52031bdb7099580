-- Who has a phase is a customer, even one of 0: then a fall to 0 is a contraction, and what rises
-- from it an expansion.
CREATE FUNCTION accounts_livemovements()
RETURNS TABLE (account_id bigint, day date, amount numeric, mrr_after numeric, kind text)
LANGUAGE sql STABLE AS $$
WITH step AS (
    SELECT p.account_id, p.starts_on AS day, p.mrr AS amount, (p.mrr IS NULL)::int AS unknown,
           1 AS phases
    FROM accounts_mrrphase p
    UNION ALL
    SELECT p.account_id, p.ends_on, -p.mrr, -(p.mrr IS NULL)::int, -1
    FROM accounts_mrrphase p WHERE p.ends_on IS NOT NULL
), daily AS (
    SELECT step.account_id, step.day, coalesce(sum(step.amount), 0) AS amount,
           sum(step.unknown) AS unknown, bool_or(step.amount IS NULL) AS blind,
           sum(step.phases) AS phases, coalesce(sum(step.amount), 0) <> 0
               OR bool_or(step.amount IS NULL) AS moved
    FROM step GROUP BY step.account_id, step.day
), running AS (
    SELECT daily.*, sum(daily.amount) OVER past AS known_after,
           sum(daily.unknown) OVER past AS unknown_after,
           sum(daily.phases) OVER past AS phases_after,
           count(*) FILTER (WHERE daily.moved) OVER past = 1 AS is_first
    FROM daily WINDOW past AS (PARTITION BY daily.account_id ORDER BY daily.day)
)
SELECT running.account_id, running.day, CASE WHEN NOT running.blind THEN running.amount END,
       CASE WHEN running.unknown_after = 0 THEN running.known_after END,
       CASE WHEN running.is_first THEN 'new'
            WHEN running.phases_after = running.phases THEN 'reactivation'
            WHEN running.phases_after = 0 THEN 'churn'
            WHEN running.blind OR running.amount > 0 THEN 'expansion'
            ELSE 'contraction' END
FROM running WHERE running.moved
$$;
