"""The phases of MRR know of changed terms, and are in the reporting currency."""

from django.db import migrations

# The tenant's own currency is worth one of itself. New tenants get this row when they are opened.
OWN_CURRENCY = """
INSERT INTO accounts_rate (currency, day, rate)
SELECT currency, '0001-01-01', 1 FROM public.tenants_tenant WHERE schema_name = current_schema()
"""

MRR_PHASE = """
CREATE OR REPLACE VIEW accounts_mrrphase AS
SELECT s.id AS subscription_id, s.account_id, phase.starts_on, phase.ends_on, price.mrr
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
           CASE WHEN changed.reduced THEN changed.percent ELSE s.discount_percent END AS percent,
           CASE WHEN changed.reduced THEN changed.discount ELSE s.discount_amount END AS discount,
           CASE WHEN changed.end_said THEN changed.discount_ends_on
                ELSE s.discount_ends_on END AS discount_ends_on
) list
CROSS JOIN LATERAL (
    SELECT CASE WHEN list.discount_ends_on IS NULL OR phase.starts_on < list.discount_ends_on
           THEN greatest(list.listed * (100 - coalesce(list.percent, 0)) / 100
                         - coalesce(list.discount, 0), 0)
           ELSE list.listed END AS paid
) net
CROSS JOIN LATERAL (
    -- At the rate of the day on which the terms last changed, so that exchange rates move no MRR.
    SELECT r.rate FROM accounts_rate r
    WHERE r.currency = s.currency AND r.day <= greatest(s.started_on, changed.last_on)
    ORDER BY r.day DESC LIMIT 1
) worth
CROSS JOIN LATERAL (
    SELECT round(worth.rate * CASE s.interval
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


# What the undoing of an import looks for.
CONTEXTS = """
CREATE INDEX accounts_context_import ON pghistory_context ((metadata ->> 'import'))
WHERE metadata ->> 'import' IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_facts"), ("pghistory", "0001_initial")]

    operations = [
        migrations.RunSQL(OWN_CURRENCY, migrations.RunSQL.noop),
        migrations.RunSQL(MRR_PHASE, migrations.RunSQL.noop),
        migrations.RunSQL(CONTEXTS, "DROP INDEX accounts_context_import"),
    ]
