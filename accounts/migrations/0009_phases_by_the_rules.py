"""Phases and movements follow the tenant's rules; money without a rate is unknown, not absent.

What is asked of phases are functions written as text: their names are looked up when they are
called, so that a transaction which has worked the phases out once (`accounts.phases`) has them
read its own tables. The views call the functions.
"""

from django.db import migrations


def write_the_rules(apps, schema_editor):
    apps.get_model("accounts", "CountingRules").objects.get_or_create(pk=1)


MONTHLY = """
CREATE FUNCTION accounts_monthly(amount numeric, per text, times integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN amount * CASE per WHEN 'day' THEN 365 WHEN 'week' THEN 52 ELSE 1 END
    / (times * CASE per
        WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'half_year' THEN 6 ELSE 12 END)
"""

TERM_PHASE = """
CREATE VIEW accounts_termphase AS
SELECT s.id AS subscription_id, s.account_id, phase.starts_on, phase.ends_on,
       list.plan, list.quantity, s.cancelled_on,
       CASE WHEN net.paid = 0 THEN 0
            ELSE round(accounts_monthly(net.paid * worth.rate, s.interval, s.interval_count), 10)
       END AS mrr,
       CASE WHEN net.forever = 0 THEN 0 ELSE
            round(accounts_monthly(net.forever * worth.rate, s.interval, s.interval_count), 10)
       END AS forever,
       CASE WHEN list.listed = 0 THEN 0 ELSE
            round(accounts_monthly(list.listed * worth.rate, s.interval, s.interval_count), 10)
       END AS listed
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
    SELECT coalesce(changed.amount, s.amount) * coalesce(changed.quantity, s.quantity) AS listed,
           coalesce(changed.quantity, s.quantity) AS quantity,
           coalesce(changed.plan, s.plan) AS plan,
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
LEFT JOIN LATERAL (
    -- At the rate of the day on which the terms last changed, so that exchange rates move no MRR.
    SELECT r.rate FROM accounts_rate r
    WHERE r.currency = s.currency AND r.day <= greatest(s.started_on, changed.last_on)
    ORDER BY r.day DESC LIMIT 1
) worth ON true
WHERE NOT (s.paused_from IS NOT NULL AND phase.starts_on >= s.paused_from
           AND (s.paused_until IS NULL OR phase.starts_on < s.paused_until))
"""

MRR_PHASES = """
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
WHERE (CASE rules.discounts WHEN 'all' THEN t.mrr WHEN 'forever' THEN t.forever ELSE t.listed END
       > 0) IS NOT FALSE
  AND (rules.churn_at <> 'cancellation' OR t.cancelled_on IS NULL OR t.starts_on < t.cancelled_on)
$$
"""

CUSTOMER_SPELLS = """
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
$$
"""

LIVE_MOVEMENTS = """
CREATE FUNCTION accounts_livemovements()
RETURNS TABLE (account_id bigint, day date, amount numeric, mrr_after numeric, kind text)
LANGUAGE sql STABLE AS $$
WITH step AS (
    SELECT p.account_id, p.starts_on AS day, p.mrr AS amount, (p.mrr IS NULL)::int AS unknown
    FROM accounts_mrrphase p
    UNION ALL
    SELECT p.account_id, p.ends_on, -p.mrr, -(p.mrr IS NULL)::int
    FROM accounts_mrrphase p WHERE p.ends_on IS NOT NULL
), daily AS (
    SELECT step.account_id, step.day, coalesce(sum(step.amount), 0) AS amount,
           sum(step.unknown) AS unknown, bool_or(step.amount IS NULL) AS blind
    FROM step GROUP BY step.account_id, step.day
    HAVING sum(step.amount) <> 0 OR bool_or(step.amount IS NULL)
), running AS (
    SELECT daily.*, sum(daily.amount) OVER past AS known_after,
           sum(daily.unknown) OVER past AS unknown_after, row_number() OVER past = 1 AS is_first
    FROM daily WINDOW past AS (PARTITION BY daily.account_id ORDER BY daily.day)
), told AS (
    SELECT running.*, known_after > 0 OR unknown_after > 0 AS pays,
           known_after > running.amount OR unknown_after > running.unknown AS paid
    FROM running
)
SELECT told.account_id, told.day, CASE WHEN NOT told.blind THEN told.amount END,
       CASE WHEN told.unknown_after = 0 THEN told.known_after END,
       CASE WHEN told.is_first THEN 'new'
            WHEN NOT told.paid THEN 'reactivation'
            WHEN NOT told.pays THEN 'churn'
            WHEN told.blind OR told.amount > 0 THEN 'expansion'
            ELSE 'contraction' END
FROM told
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_rules_facts")]

    operations = [
        migrations.RunPython(write_the_rules, migrations.RunPython.noop),
        migrations.RunSQL(MONTHLY),
        migrations.RunSQL(
            "DROP VIEW accounts_livemovement; DROP VIEW accounts_customerspell;"
            " DROP VIEW accounts_mrrphase; DROP VIEW accounts_termphase"
        ),
        migrations.RunSQL(TERM_PHASE),
        migrations.RunSQL(MRR_PHASES),
        migrations.RunSQL("CREATE VIEW accounts_mrrphase AS SELECT * FROM accounts_mrrphases()"),
        migrations.RunSQL(CUSTOMER_SPELLS),
        migrations.RunSQL(
            "CREATE VIEW accounts_customerspell AS SELECT * FROM accounts_customerspells()"
        ),
        migrations.RunSQL(LIVE_MOVEMENTS),
        migrations.RunSQL(
            "CREATE VIEW accounts_livemovement AS SELECT * FROM accounts_livemovements()"
        ),
    ]
