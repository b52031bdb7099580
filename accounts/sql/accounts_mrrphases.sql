-- One that is wholly discounted pays nothing: it counts, with 0, where the rules say so.
CREATE FUNCTION accounts_mrrphases()
RETURNS TABLE (subscription_id bigint, account_id bigint, starts_on date, ends_on date,
               plan text, mrr numeric)
LANGUAGE sql STABLE AS $$
SELECT t.subscription_id, t.account_id, t.starts_on,
       CASE rules.churn_at WHEN 'cancellation' THEN least(t.ends_on, t.cancelled_on)
            ELSE t.ends_on END,
       t.plan,
       CASE rules.discounts WHEN 'all' THEN t.mrr WHEN 'forever' THEN t.forever ELSE t.listed END
FROM accounts_termphase t CROSS JOIN accounts_countingrules rules
WHERE (CASE WHEN rules.fully_discounted = 'customer' THEN t.listed
            WHEN rules.discounts = 'all' THEN t.mrr
            WHEN rules.discounts = 'forever' THEN t.forever ELSE t.listed END
       > 0) IS NOT FALSE
  AND (rules.churn_at <> 'cancellation' OR t.cancelled_on IS NULL OR t.starts_on < t.cancelled_on)
$$;
