"""The two views in which MRR is worked out: what `accounts.models.money` says of them."""

from django.db import migrations

MRR_PHASE = """
CREATE VIEW accounts_mrrphase AS
SELECT s.id AS subscription_id, s.account_id, phase.starts_on, phase.ends_on, price.mrr
FROM accounts_subscription s
CROSS JOIN LATERAL (
    -- The days on which the price can change, each until the next one.
    SELECT edge.day AS starts_on,
           coalesce(lead(edge.day) OVER (ORDER BY edge.day), s.ended_on) AS ends_on
    FROM (
        SELECT DISTINCT day
        FROM unnest(ARRAY[
            greatest(s.started_on, s.trial_ends_on),
            s.paused_from, s.paused_until, s.discount_ends_on]) AS day
        WHERE day >= greatest(s.started_on, s.trial_ends_on)
          AND (s.ended_on IS NULL OR day < s.ended_on)
    ) edge
) phase
CROSS JOIN LATERAL (
    SELECT s.amount * s.quantity AS listed,
           s.discount_ends_on IS NULL OR phase.starts_on < s.discount_ends_on AS reduced
) list
CROSS JOIN LATERAL (
    SELECT CASE WHEN list.reduced
           THEN greatest(list.listed * (100 - coalesce(s.discount_percent, 0)) / 100
                         - coalesce(s.discount_amount, 0), 0)
           ELSE list.listed END AS paid
) net
CROSS JOIN LATERAL (
    SELECT round(CASE s.interval
        WHEN 'day' THEN net.paid * 365 / 12
        WHEN 'week' THEN net.paid * 52 / 12
        WHEN 'month' THEN net.paid
        WHEN 'quarter' THEN net.paid / 3
        WHEN 'half_year' THEN net.paid / 6
        WHEN 'year' THEN net.paid / 12
    END / s.interval_count, 10) AS mrr
) price
WHERE price.mrr > 0
  AND NOT (s.paused_from IS NOT NULL AND phase.starts_on >= s.paused_from
           AND (s.paused_until IS NULL OR phase.starts_on < s.paused_until))
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


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(MRR_PHASE, "DROP VIEW accounts_mrrphase"),
        migrations.RunSQL(LIVE_MOVEMENT, "DROP VIEW accounts_livemovement"),
    ]
