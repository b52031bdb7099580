"""What a subscription costs with and without its discounts, and the spells of customers."""

from django.db import migrations

TERM_PHASE = """
CREATE VIEW accounts_termphase AS
SELECT s.id AS subscription_id, s.account_id, phase.starts_on, phase.ends_on,
       round(net.paid * monthly.times / monthly.per, 10) AS mrr,
       round(net.forever * monthly.times / monthly.per, 10) AS forever,
       round(list.listed * monthly.times / monthly.per, 10) AS listed, list.quantity
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
    SELECT coalesce(changed.amount, s.amount) * coalesce(changed.quantity, s.quantity) AS listed,
           coalesce(changed.quantity, s.quantity) AS quantity,
           CASE WHEN changed.reduced THEN changed.percent ELSE s.discount_percent END AS percent,
           CASE WHEN changed.reduced THEN changed.discount ELSE s.discount_amount END AS discount,
           CASE WHEN changed.end_said THEN changed.discount_ends_on
                ELSE s.discount_ends_on END AS discount_ends_on
) list
CROSS JOIN LATERAL (
    SELECT greatest(list.listed * (100 - coalesce(list.percent, 0)) / 100
                    - coalesce(list.discount, 0), 0) AS paid
) reduced
CROSS JOIN LATERAL (
    SELECT CASE WHEN list.discount_ends_on IS NULL OR phase.starts_on < list.discount_ends_on
           THEN reduced.paid ELSE list.listed END AS paid,
           CASE WHEN list.discount_ends_on IS NULL THEN reduced.paid ELSE list.listed END AS forever
) net
CROSS JOIN LATERAL (
    -- At the rate of the day on which the terms last changed, so that exchange rates move no MRR.
    SELECT r.rate FROM accounts_rate r
    WHERE r.currency = s.currency AND r.day <= greatest(s.started_on, changed.last_on)
    ORDER BY r.day DESC LIMIT 1
) worth
CROSS JOIN LATERAL (
    SELECT worth.rate * CASE s.interval WHEN 'day' THEN 365 WHEN 'week' THEN 52 ELSE 1 END AS times,
           s.interval_count * CASE s.interval
               WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'half_year' THEN 6 ELSE 12 END AS per
) monthly
WHERE list.listed > 0
  AND NOT (s.paused_from IS NOT NULL AND phase.starts_on >= s.paused_from
           AND (s.paused_until IS NULL OR phase.starts_on < s.paused_until))
"""

MRR_PHASE = """
CREATE VIEW accounts_mrrphase AS
SELECT subscription_id, account_id, starts_on, ends_on, mrr FROM accounts_termphase WHERE mrr > 0
"""

LIVE_MOVEMENT = """
CREATE VIEW accounts_livemovement AS
WITH step AS (
    SELECT account_id, starts_on AS day, mrr AS amount FROM accounts_mrrphase
    UNION ALL
    SELECT account_id, ends_on, -mrr FROM accounts_mrrphase WHERE ends_on IS NOT NULL
), daily AS (
    SELECT account_id, day, sum(amount) AS amount
    FROM step GROUP BY account_id, day HAVING sum(amount) <> 0
), running AS (
    SELECT account_id, day, amount,
           sum(amount) OVER past AS mrr_after,
           row_number() OVER past = 1 AS is_first
    FROM daily WINDOW past AS (PARTITION BY account_id ORDER BY day)
)
SELECT account_id, day, amount, mrr_after,
    CASE WHEN is_first THEN 'new'
         WHEN mrr_after = amount THEN 'reactivation'
         WHEN mrr_after = 0 THEN 'churn'
         WHEN amount > 0 THEN 'expansion'
         ELSE 'contraction' END AS kind
FROM running
"""

CUSTOMER_SPELL = """
CREATE VIEW accounts_customerspell AS
SELECT account_id, lower(spell) AS starts_on, upper(spell) AS ends_on
FROM (
    SELECT account_id, unnest(range_agg(daterange(starts_on, ends_on))) AS spell
    FROM accounts_mrrphase GROUP BY account_id
) spells
"""

# Months since the year 0: a day is one part of its own month, so that what is paid per month can
# be accrued by the day.
MONTHS_OF = """
CREATE FUNCTION accounts_months_of(day date) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN extract(year FROM day) * 12 + extract(month FROM day)
    + (extract(day FROM day) - 1)
    / extract(day FROM date_trunc('month', day::timestamp) + interval '1 month - 1 day')
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_late_facts")]

    operations = [
        migrations.RunSQL("DROP VIEW accounts_livemovement; DROP VIEW accounts_mrrphase"),
        migrations.RunSQL(TERM_PHASE),
        migrations.RunSQL(MRR_PHASE),
        migrations.RunSQL(LIVE_MOVEMENT),
        migrations.RunSQL(CUSTOMER_SPELL),
        migrations.RunSQL(MONTHS_OF),
    ]
