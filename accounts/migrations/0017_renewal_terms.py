"""Phases say what they are priced by; wholly discounted ones may be a customer's; renewal terms.

The view of the terms has further columns at its end. What is renewed of a term is priced by the
same function as what was due, so that both are discounted and converted alike.
"""

from django.db import migrations

# The native price of some days: `discounts` is one of the tenant's rules.
PRICE = """
CREATE FUNCTION accounts_price(listed numeric, percent numeric, discount numeric, until date,
                               day date, discounts text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN discounts = 'none' OR (until IS NOT NULL AND (discounts = 'forever' OR day >= until))
    THEN listed
    ELSE greatest(listed * (100 - coalesce(percent, 0)) / 100 - coalesce(discount, 0), 0) END
"""

TERM_PHASE = """
CREATE OR REPLACE VIEW accounts_termphase AS
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
           AND (s.paused_until IS NULL OR phase.starts_on < s.paused_until))
"""

# One that is wholly discounted pays nothing: it counts, with 0, where the rules say so.
MRR_PHASES = """
CREATE OR REPLACE FUNCTION accounts_mrrphases()
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
$$
"""

# Who has a phase is a customer, even one of 0: then a fall to 0 is a contraction, and what rises
# from it an expansion.
LIVE_MOVEMENTS = """
CREATE OR REPLACE FUNCTION accounts_livemovements()
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
$$
"""

RENEWAL_TERMS = """
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
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_whole_discounts_facts")]

    operations = [
        migrations.RunSQL(PRICE, migrations.RunSQL.noop),
        migrations.RunSQL(TERM_PHASE, migrations.RunSQL.noop),
        migrations.RunSQL(MRR_PHASES, migrations.RunSQL.noop),
        migrations.RunSQL(LIVE_MOVEMENTS, migrations.RunSQL.noop),
        migrations.RunSQL(RENEWAL_TERMS, "DROP FUNCTION accounts_renewalterms"),
    ]
