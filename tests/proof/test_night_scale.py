"""A night costs the same statements, rows and memory in Python whatever the size of the book."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from metrics.catalogue import METRICS
from metrics.pipeline import nightly
from tenants.models import Tenant
from tests import databases
from tests.databases import ROOT, url_of

DAY, NEXT = date(2026, 10, 31), date(2026, 11, 1)
ACCOUNTS = """
INSERT INTO {schema}.accounts_account
    (external_id, name, stage, segment, industry, country, region, owner_email, owner_name, domain,
     currency, language, is_test, attributes, created_on)
SELECT 'a' || n, 'Account ' || n, '', 'segment ' || n % 5, '', '', '', '', '', '', '', '',
       n % 100 = 0, '{{}}', date '2023-01-01' + n % 700
FROM generate_series(1, {number}) n
"""
SUBSCRIPTIONS = """
INSERT INTO {schema}.accounts_subscription
    (external_id, account_id, plan, currency, amount, quantity, interval, interval_count,
     started_on, ended_on, churn_reason, attributes)
SELECT 's' || a.id || '-' || k, a.id, 'Plan', 'EUR', 10 + a.id % 90, 1 + k,
       CASE WHEN a.id % 3 = 0 THEN 'year' ELSE 'month' END, 1, a.created_on + k * 30,
       CASE WHEN a.id % 7 = 0 THEN a.created_on + k * 30 + 300 + (a.id % 400)::int END, '', '{{}}'
FROM {schema}.accounts_account a, generate_series(0, 1) k
"""
# What a fresh process does: one night, and then the same one again.
IN_A_PROCESS = """
import django; django.setup()
from tests.proof.test_night_scale import cost_here
cost_here()
"""


def fill(database: str, accounts: int) -> None:
    """A book of that many accounts and twice as many subscriptions, written by the database."""
    words = {"schema": sql.Identifier("acme"), "number": sql.Literal(accounts)}
    with psycopg.connect(url_of(database), autocommit=True) as owner:
        owner.execute("SET search_path = acme")
        for statement in (ACCOUNTS, SUBSCRIPTIONS):
            owner.execute(sql.SQL(statement).format(**words))
        owner.execute("ANALYZE")


class Counter:
    """Counts the statements of a connection, and the rows of the one that brings the most.

    Not counted is ANALYZE: whether a table still needs it depends on autovacuum, which runs beside.
    """

    def __init__(self) -> None:
        self.statements = self.most_rows = 0

    def __call__(
        self, execute: Callable[..., Any], query: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        result = execute(query, parameters, many, context)
        cursor = context["cursor"]
        self.statements += not query.startswith("ANALYZE")
        self.most_rows = max(self.most_rows, cursor.rowcount if cursor.description else 0)
        return result


def cost_here() -> None:
    """Run two nights and the first again, and print what they cost this process."""
    from tenants.context import inside

    counter = Counter()
    with inside("acme") as tenant, connection.execute_wrapper(counter):
        for day in (DAY, NEXT, DAY):
            nightly.run(tenant=tenant, day=day, by_hand=True)
    answer = {
        "statements": counter.statements,
        "most_rows": counter.most_rows,
        "kilobytes": peak(),
    }
    sys.stdout.write(json.dumps(answer))


def peak() -> int:
    """The most memory that this program has held. (What getrusage tells began before its exec.)"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def cost(database: str, accounts: int) -> dict[str, int]:
    fill(database, accounts)
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": url_of(database), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def costs(django_db_blocker: DjangoDbBlocker) -> dict[int, dict[str, int]]:
    """Of nights over 700 and over 7,000 accounts, each in a process and database of its own."""
    found = {}
    for accounts in (700, 7_000):
        name = f"cstest_scale_{accounts}_{os.getpid()}"
        with django_db_blocker.unblock(), databases.clone(name):
            found[accounts] = cost(name, accounts)
    sys.stderr.write(f"\nThree nights: {found}\n")
    return found


def test_ten_times_the_accounts_cost_no_statement_more(costs: dict[int, dict[str, int]]) -> None:
    assert costs[700]["statements"] == costs[7_000]["statements"] > 300


def test_an_answer_has_rows_for_segments_or_metrics_and_none_for_accounts(
    costs: dict[int, dict[str, int]],
) -> None:
    """Of six periods at once there are 54: the tenant, its five segments, and of three more
    columns the one value that is there. The night before says more: every variant of a metric.
    """
    variants = sum(len(metric.variants) for metric in METRICS.values())
    assert [costs[700]["most_rows"], costs[7_000]["most_rows"]] == [variants, variants]


def test_ten_times_the_accounts_cost_no_memory_more(costs: dict[int, dict[str, int]]) -> None:
    assert abs(costs[700]["kilobytes"] - costs[7_000]["kilobytes"]) < 5_000


@pytest.mark.parametrize(("accounts", "days"), [(7_000, [DAY, NEXT]), (100_000, [DAY])])
def test_the_seconds_of_each_stage_are_told(
    committed_acme: Tenant, accounts: int, days: list[date]
) -> None:
    fill(str(connection.settings_dict["NAME"]), accounts)
    for day in days:
        begun: list[tuple[str, float]] = []

        def tell(stage: str, begun: list[tuple[str, float]] = begun) -> None:
            begun.append((stage, time.monotonic()))

        nightly.compute(tenant=committed_acme, day=day, at_stage=tell)
        tell("end")
        pairs = pairwise(begun)
        answer = "  ".join(f"{stage} {end - start:.2f} s" for (stage, start), (_, end) in pairs)
        sys.stderr.write(f"\n{accounts} accounts, {day}: {answer}\n")
    stages = ["usage", "movements", "measure", "health", "snapshot", "end"]
    assert [stage for stage, _ in begun] == stages
