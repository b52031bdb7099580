-- Kaplan and Meier's estimate S(t) of the share that is still there after t days. Who has left has
-- lived; who is there may expect the area under the curve beyond their age, divided by S there.
-- The mean of lived + expected over all is the mean of the curve, restricted to the longest life.
CREATE FUNCTION accounts_lifetimes(asked date)
RETURNS TABLE (account_id bigint, first_paid date, left_on date, days integer, expected numeric)
LANGUAGE sql STABLE AS $$
WITH life AS (
    SELECT s.account_id, min(s.starts_on) AS first_paid,
           CASE WHEN NOT bool_or(s.ends_on IS NULL OR s.ends_on > asked) THEN max(s.ends_on) END
               AS left_on
    FROM accounts_customerspell s JOIN accounts_account a ON a.id = s.account_id
    WHERE NOT a.is_test AND s.starts_on <= asked
    GROUP BY s.account_id
), aged AS (
    SELECT life.*, coalesce(life.left_on, asked + 1) - life.first_paid AS days FROM life
), ages AS (
    SELECT aged.days, count(*) AS n, count(aged.left_on) AS leavers FROM aged GROUP BY aged.days
), at_risk AS (
    SELECT ages.days, ages.leavers, sum(ages.n) OVER (ORDER BY ages.days DESC) AS here,
           lead(ages.days) OVER (ORDER BY ages.days) AS next_days
    FROM ages
), curve AS (
    SELECT at_risk.days, at_risk.next_days,
           CASE WHEN at_risk.leavers = at_risk.here THEN 0 ELSE
               exp(sum(CASE WHEN at_risk.leavers < at_risk.here
                       THEN ln(1 - at_risk.leavers / at_risk.here) END)
                   OVER (ORDER BY at_risk.days)) END AS share
    FROM at_risk
), beyond AS (
    SELECT curve.days, curve.share,
           coalesce(sum(curve.share * (curve.next_days - curve.days))
               OVER (ORDER BY curve.days DESC), 0) AS area
    FROM curve
)
SELECT aged.account_id, aged.first_paid, aged.left_on, aged.days,
       CASE WHEN aged.left_on IS NULL THEN round(beyond.area / beyond.share, 10) ELSE 0 END
FROM aged JOIN beyond ON beyond.days = aged.days
$$;
