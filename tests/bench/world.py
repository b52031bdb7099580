"""A tenant with a generated book: accounts, subscriptions, events, answers, purchases, contacts.

Every value follows from a number, so that each run has the same world. Rows are made inside the
database and stored as COPY would: in bulk, their triggers and constraints included.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection

from accounts.models import Import
from csplatform.demo.opening import import_file
from csplatform.demo.tenants import DemoTenant
from tenants.context import as_owner, inside
from tenants.models import Tenant
from tenants.opening import open_tenant

DAY = date(2026, 10, 31)
STATEMENTS = {
    "accounts": """
INSERT INTO accounts_account
    (external_id, name, stage, segment, industry, country, region, owner_email, owner_name, domain,
     currency, language, is_test, attributes, created_on, seats)
SELECT 'a' || n, 'Account ' || n, '', 'segment ' || n %% 5, 'industry ' || n %% 12,
       'C' || n %% 30, '', 'owner' || n %% 20 || '@example.com', '', '', '', '', n %% 1000 = 0,
       '{}', date '2023-01-01' + n %% 700, CASE WHEN n %% 3 = 0 THEN 5 + n %% 20 END
FROM generate_series(1, %(accounts)s) n
""",
    "subscriptions": """
INSERT INTO accounts_subscription
    (external_id, account_id, plan, currency, amount, quantity, interval, interval_count,
     started_on, ended_on, churn_reason, attributes, discount_percent, discount_ends_on)
SELECT 's' || a.id || '-' || k, a.id, 'Plan ' || k, 'EUR', 10 + a.id %% 90, 1 + k,
       CASE WHEN a.id %% 3 = 0 THEN 'year' ELSE 'month' END, 1, a.created_on + k * 30,
       CASE WHEN a.id %% 7 = 0 THEN a.created_on + k * 30 + 300 + (a.id %% 400)::int END, '', '{}',
       CASE WHEN a.id %% 11 = 0 THEN 20 END,
       CASE WHEN a.id %% 22 = 0 THEN a.created_on + 500 END
FROM accounts_account a, generate_series(0, 1) k
""",
    "events": """
INSERT INTO usage_event
    (message_id, occurred_at, account_id, user_id, event, feature, session_id, properties)
SELECT 'e' || a.id || '-' || n, at, a.id, 'u' || a.id || '-' || n %% 4, 'open',
       'feature ' || (a.id + n) %% 9, '', '{}'
FROM accounts_account a, generate_series(1, %(events)s) n,
     LATERAL (SELECT timestamptz '2026-10-31 08:00+00'
              - ((a.id * 7 + n * 13) %% 75) * interval '1 day'
              + (n * 7 %% 50) * interval '1 minute' AS at) moment
WHERE a.id %% 5 <> 0
""",
    "answers": """
WITH survey AS (
    INSERT INTO surveys_survey (key, name, kind, imported)
    VALUES ('nps', 'NPS', 'nps', false), ('csat', 'CSAT', 'csat', false),
           ('ces', 'CES', 'ces', false) RETURNING id, kind
)
INSERT INTO surveys_response
    (external_id, survey_id, kind, score, account_id, comment, language, answered_at, channel,
     touchpoint)
SELECT 'r' || survey.kind || a.id, survey.id, survey.kind,
       CASE survey.kind WHEN 'nps' THEN (a.id * 7) %% 11 WHEN 'csat' THEN 1 + a.id %% 5
            ELSE 1 + a.id %% 7 END,
       a.id, '', '', timestamptz '2026-10-31 12:00+00' - (a.id %% 400) * interval '1 day', '', ''
FROM accounts_account a CROSS JOIN survey WHERE a.id %% 2 = 0
""",
    "purchases": """
INSERT INTO accounts_purchase
    (external_id, account_id, occurred_on, amount, currency, kind, description)
SELECT 'p' || a.id, a.id, date '2026-10-31' - (a.id %% 300)::int, 5 + a.id %% 50, 'EUR',
       'one_off', ''
FROM accounts_account a WHERE a.id %% 4 = 0
""",
    "activities": """
INSERT INTO accounts_activity
    (external_id, account_id, kind, at, author_email, text, sentiment)
SELECT 'n' || a.id, a.id, 'call', timestamptz '2026-10-30 12:00+00'
       - (a.id %% 200) * interval '1 day', '', '', 1 + a.id %% 5
FROM accounts_account a WHERE a.id %% 3 <> 0
""",
}
ANALYZE = """
ANALYZE accounts_account, accounts_subscription, usage_event, surveys_response,
        accounts_purchase, accounts_activity
"""


@contextmanager
def world(*, accounts: int, events_each: int) -> Iterator[Tenant]:
    """Inside a new tenant with that many accounts; `make bench` has servers of its own."""
    slug = f"bench-{time.time_ns() // 1_000_000:x}"
    tenant = open_tenant(slug=slug, name="Benchmark")
    with inside(tenant.schema_name):
        with connection.cursor() as cursor:
            for statement in STATEMENTS.values():
                cursor.execute(statement, {"accounts": accounts, "events": events_each})
        with as_owner(tenant.schema_name), connection.cursor() as cursor:
            cursor.execute(ANALYZE)
        yield tenant


@contextmanager
def filled(demo: DemoTenant) -> Iterator[Tenant]:
    """Inside a new tenant with the files of a demo tenant."""
    slug = f"bench-{time.time_ns() // 1_000_000:x}"
    tenant = open_tenant(slug=slug, name="Benchmark", currency=demo.currency)
    with inside(tenant.schema_name):
        for kind, content in demo.files():
            import_file(kind=kind, content=content, source=Import.Source.COMMAND, tenant=tenant)
        yield tenant
