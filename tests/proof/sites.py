"""The product on servers of its own (PostgreSQL, Valkey, worker, beat), and ways to hurt it.

Work is held in the middle by a lock of the test's, and then something is killed unwarned.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from csplatform.embedded.product import QUEUES
from tenants.calendar import last_closed_day
from tenants.context import inside, outside
from tenants.models import Tenant
from tenants.opening import open_tenant
from tests.books import Sold, store
from tests.csplatform.supervisors import Supervised, clean_environment, started
from tests.csplatform.supervisors import wait_for as wait_until
from tests.databases import ALIASES, ROOT
from tests.metrics.dumps import dump, empty_derived_tables
from tests.noon import noon_somewhere

IMPATIENT = {
    "NIGHT_TICK_SECONDS": "1",
    "NIGHT_BEAT_SECONDS": "0.5",
    "NIGHT_STOPPED_AFTER_SECONDS": "4",
    "JOB_STOPPED_AFTER_SECONDS": "4",
    "NIGHT_QUEUED_AGAIN_SECONDS": "5",
    "SHORT_NIGHT_AFTER_SECONDS": "0",
}
# Where each stage writes first. The last one is held in the middle of its COMMIT.
STAGES = {
    "movements": "accounts_mrrmovement",
    "measure": "metrics_accountmetricvalues",
    "health": "metrics_healthscore",
    "snapshot": "metrics_kpisnapshot",
    "commit": "",
}
AT_COMMIT = 4242
HOLD_AT_COMMIT = """
CREATE FUNCTION acme.wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock(4242); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER wait_for_the_test AFTER INSERT OR UPDATE ON acme.metrics_night
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION acme.wait_for_the_test();
"""


@dataclass
class Site:
    """The product on servers of its own, and the ways to hurt it."""

    supervised: Supervised
    patience: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    expected: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return str(self.supervised.note["database_url"])

    @property
    def broker_url(self) -> str:
        return str(self.supervised.note["broker_url"])

    def log(self, name: str) -> Path:
        return self.supervised.data.parent / f"{name}.log"

    def start(self, name: str, *arguments: str) -> None:
        environment = clean_environment(
            DATABASE_URL=self.database_url,
            BROKER_URL=self.broker_url,
            SECRET_KEY="for-tests-only-" * 5,
            TENANT_ROLE_PREFIX=settings.TENANT_ROLE_PREFIX,
            DATA=str(self.supervised.data),
            **self.patience,
        )
        with self.log(name).open("ab") as output:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "csplatform", *arguments],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def start_worker(self) -> None:
        for name, processes in (("worker", "2"), ("interactive", "1")):
            serving = ("-n", f"{name}@%h", "-Q", QUEUES[name], "-c", processes)
            self.start(name, "worker", *serving, "--without-mingle", "-l", "INFO")

    def start_beat(self) -> None:
        schedule = self.supervised.data.parent / "schedule"
        self.start("beat", "beat", "-s", str(schedule), "--pidfile=")

    def kill(self, name: str) -> None:
        """The process and its children, without a warning."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def kill_the_worker(self) -> None:
        for name in QUEUES:
            self.kill(name)
        time.sleep(1)
        self.start_worker()

    def kill_postgresql_and_empty_the_broker(self) -> None:
        """The supervisor starts PostgreSQL again; worker and beat have to find it by themselves."""
        pid = self.supervised.note["pids"]["postgres"]
        os.kill(pid, signal.SIGKILL)
        redis.Redis.from_url(self.broker_url).flushall()
        wait_until(lambda: self.supervised.note["pids"]["postgres"] != pid, seconds=240)
        wait_until(self.answers, seconds=240)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.database_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def ask(self, question: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """As the owner, on a connection that no fault can have touched."""
        with psycopg.connect(self.database_url, autocommit=True) as owner:
            return owner.execute(question.encode(), parameters).fetchall()

    def do(self, statements: str) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as owner:
            owner.execute(statements.encode())

    def run_of(self, slug: str) -> tuple[str, str, int, int]:
        """State, stage, attempts and failures of the newest night."""
        found = self.ask(
            "SELECT run.state, stage, attempts, failures FROM tenants_nightrun run"
            " JOIN tenants_tenant t ON t.id = tenant_id"
            " WHERE slug = %s ORDER BY local_date DESC LIMIT 1",
            slug,
        )
        return found[0] if found else ("", "", 0, 0)

    def waits_for_us(self) -> bool:
        return bool(self.ask("SELECT 1 FROM pg_locks WHERE NOT granted"))

    @contextmanager
    def held_in(self, stage: str) -> Iterator[None]:
        """No night of Acme's gets past the stage meanwhile."""
        if STAGES[stage]:
            with self.holding(STAGES[stage]):
                yield
            return
        with psycopg.connect(self.database_url) as holder:
            holder.execute("SELECT pg_advisory_xact_lock(%s)", [AT_COMMIT])
            try:
                yield
            finally:
                holder.close()

    @contextmanager
    def holding(self, table: str) -> Iterator[None]:
        """Nobody reads or writes a table of Acme's meanwhile."""
        with psycopg.connect(self.database_url) as holder:
            name = sql.Identifier("acme", table)
            holder.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name))
            try:
                yield
            finally:
                holder.close()

    def until_done(self, slug: str = "acme", *, seconds: float) -> None:
        wait_until(
            lambda: self.run_of(slug)[0] == "done",
            seconds=seconds,
            describe=lambda: f"{self.run_of(slug)} {self.log('worker').read_text()[-3000:]}",
        )

    def stop(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is None:
                self.kill(name)


@contextmanager
def django_at(url: str) -> Iterator[None]:
    """Point this process' connections at another server."""
    result = psycopg.conninfo.conninfo_to_dict(url)
    names = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user"}
    there = {key: result[name] for key, name in names.items()} | {"PASSWORD": result["password"]}
    before = {alias: dict(connections[alias].settings_dict) for alias in ALIASES}
    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict.update(there)
    try:
        yield
    finally:
        for alias in ALIASES:
            connections[alias].close()
            connections[alias].settings_dict.update(before[alias])


def rows_of(schema: str) -> dict[str, list[str]]:
    connections.close_all()  # the server may have been killed since
    with inside(schema):
        return dump()


def forget_the_night() -> None:
    connections.close_all()
    with inside("acme"):
        empty_derived_tables()


def a_book(day: date) -> list[Sold]:
    """Forty accounts that come, go, grow and pause around the day."""
    start = day.toordinal()
    return [
        Sold(
            f"a{n % 40}",
            Decimal(10 + n),
            date.fromordinal(start - 37 * n % 700),
            ended_on=date.fromordinal(start + n % 9 - 4) if n % 3 == 0 and n % 37 else None,
            interval=("month", "year", "week")[n % 3],
            quantity=1 + n % 4,
        )
        for n in range(1, 100)
        if not (n % 3 == 0 and n % 37 and start + n % 9 - 4 < start - 37 * n % 700)
    ]


@contextmanager
def site(folder: Path, patience: dict[str, str], blocker: DjangoDbBlocker) -> Iterator[Site]:
    with (
        started(folder / "data") as supervised,
        blocker.unblock(),
        django_at(supervised.note["database_url"]),
    ):
        site = Site(supervised, patience)
        call_command("migrate", verbosity=0)
        zone = noon_somewhere()
        day = last_closed_day(moment=datetime.now(UTC), zone=zone)
        for slug in ("acme", "globex"):
            with outside():
                open_tenant(slug=slug, name=slug.title(), timezone=zone)
            with inside(slug):
                store(a_book(day))
        site.do(HOLD_AT_COMMIT)
        assert Tenant.objects.count() == 3
        site.start_worker()
        site.start_beat()
        try:
            yield site
        finally:
            site.stop()
