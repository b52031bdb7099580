"""What currencies are worth."""

from django.db import connection

from accounts.imports.records import FIRST_DAY
from accounts.models import Rate
from tenants.models import Tenant

# Money for which no rate is known, by currency: the first day on which one would be needed.
MISSING = """
SELECT currency || ' ' || min(day) FROM (
    SELECT s.currency, greatest(s.started_on, (SELECT max(c.effective_on)
               FROM accounts_subscriptionchange c
               WHERE c.subscription_id = s.id AND c.effective_on <= t.starts_on)) AS day
    FROM accounts_termphase t JOIN accounts_subscription s ON s.id = t.subscription_id
    WHERE t.mrr IS NULL OR t.listed IS NULL
    UNION ALL SELECT currency, occurred_on FROM accounts_purchase
    UNION ALL SELECT currency, month FROM accounts_cost
) money
WHERE NOT EXISTS (SELECT FROM accounts_rate r
                  WHERE r.currency = money.currency AND r.day <= money.day)
GROUP BY currency ORDER BY currency
"""


def write_own_currency(*, tenant: Tenant) -> None:
    """A new tenant's reporting currency is worth one of itself, from the first day of any fact."""
    Rate.objects.get_or_create(currency=tenant.currency, day=FIRST_DAY, defaults={"rate": 1})


def missing() -> list[str]:
    """Each currency of which a rate is missing, with the day by which it is: "USD 2026-01-31"."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING)
        return [text for (text,) in cursor.fetchall()]
