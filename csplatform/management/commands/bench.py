"""`manage.py bench`: what a night costs on a generated book, stage by stage.

Seconds differ from machine to machine, so each stage is also given as a multiple of a reference
in the same run: one pass over the facts, the sum of every phase of MRR.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Sum

from accounts.models import MrrPhase
from metrics.pipeline import nightly
from tenants.context import inside
from tenants.models import Tenant
from tenants.opening import open_tenant

SIZES = {"small": 20_000, "big": 100_000}
DAY = date(2026, 10, 31)
WORLD = """
INSERT INTO accounts_account
    (external_id, name, stage, segment, industry, country, region, owner_email, domain,
     currency, language, is_test, attributes, created_on)
SELECT 'a' || n, 'Account ' || n, '', 'segment ' || n %% 5, '', '', '', '', '', '', '', false,
       '{}', date '2023-01-01' + n %% 700
FROM generate_series(1, %(accounts)s) n;
INSERT INTO accounts_subscription
    (external_id, account_id, plan, currency, amount, quantity, interval, interval_count,
     started_on, ended_on, churn_reason)
SELECT 's' || a.id || '-' || k, a.id, 'Plan', 'EUR', 10 + a.id %% 90, 1 + k,
       CASE WHEN a.id %% 3 = 0 THEN 'year' ELSE 'month' END, 1, a.created_on + k * 30,
       CASE WHEN a.id %% 7 = 0 THEN a.created_on + k * 30 + 300 + (a.id %% 400)::int END, ''
FROM accounts_account a, generate_series(0, 1) k;
"""


class Stopwatch:
    """Seconds by stage, as the night names them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._since = "", time.monotonic()

    def __call__(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds[self._stage] = now - self._since
        self._stage, self._since = stage, now


class Command(BaseCommand):
    help = "Time a night on a generated book, in a tenant of its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="small")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = SIZES[options["size"]]
        call_command("migrate", stdout=self.stdout)
        with world(accounts=accounts) as tenant:
            reference = _reference()
            watch = Stopwatch()
            with nightly.one_at_a_time(tenant):
                nightly.compute(tenant=tenant, day=DAY, at_stage=watch)
            watch("")
        self.stdout.write(f"{accounts:,} accounts; one pass over the facts: {reference:.2f} s")
        for stage, seconds in watch.seconds.items():
            if stage:
                self.stdout.write(f"{stage:<12}{seconds:8.2f} s {seconds / reference:8.1f} passes")


@contextmanager
def world(*, accounts: int) -> Iterator[Tenant]:
    """A tenant with a generated book, anew for every run: `make bench` has servers of its own."""
    slug = f"bench-{time.time_ns() // 1_000_000:x}"
    tenant = open_tenant(slug=slug, name="Benchmark")
    with inside(tenant.schema_name):
        with connection.cursor() as cursor:
            cursor.execute(WORLD, {"accounts": accounts})
        yield tenant


def _reference() -> float:
    begun = time.monotonic()
    MrrPhase.objects.aggregate(total=Sum("mrr"))
    return time.monotonic() - begun
