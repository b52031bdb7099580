"""The tasks, in a real worker: what is due is run, and nothing runs without its tenant."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from psycopg import sql

from accounts.models import Subscription
from metrics.models import KpiSnapshot, Night
from metrics.pipeline import nightly
from metrics.tasks import NEXT_NIGHT, tick
from tenants import broker, nights
from tenants.calendar import last_closed_day
from tenants.context import find, inside
from tenants.models import NightRun, Tenant
from tenants.opening import open_tenant
from tests.books import Sold, store
from tests.databases import url_of
from tests.metrics.dumps import dump
from tests.noon import noon_somewhere
from tests.product import BROKER, Product, own_broker, wait_for


class Queue:
    """A worker, the queue before it, and what it has logged."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.app = Celery(broker=f"{BROKER}/{product.broker_number}")
        self.log = product.folder / "celery.log"

    def send(self, task: str, **arguments: object) -> None:
        self.app.send_task(task, kwargs=arguments)

    def logged(self, text: str, *, times: int = 1) -> bool:
        return self.log.exists() and self.log.read_text().count(text) >= times


@pytest.fixture
def queue(own_database: str, tmp_path: Path) -> Iterator[Queue]:
    with own_broker() as number:
        product = Product(database=own_database, folder=tmp_path, broker_number=number)
        work = ("celery", "-A", "csplatform", "worker", "-c", "2", "--without-mingle", "-l", "INFO")
        with product.process(*work):
            queue = Queue(product)
            wait_for(lambda: queue.logged("ready."), seconds=60)
            yield queue
            queue.app.close()


def every_row(database: str) -> dict[str, str]:
    """Every table of every schema with a digest of its rows, read as their owner."""
    digest = "SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {} t"
    with psycopg.connect(url_of(database)) as owner:
        tables = owner.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE tableowner = current_user"
        ).fetchall()
        found = {
            table: owner.execute(sql.SQL(digest).format(sql.Identifier(*table))) for table in tables
        }
        return {".".join(table): str(cursor.fetchone()) for table, cursor in found.items()}


@pytest.mark.long
def test_a_tick_plans_and_runs_the_night_of_every_open_tenant(queue: Queue) -> None:
    zone = noon_somewhere()
    for slug in ("shut", "third"):
        open_tenant(slug=slug, name=slug.title())
    Tenant.objects.update(timezone=zone)
    Tenant.objects.filter(slug="shut").update(state=Tenant.State.SUSPENDED)
    day = last_closed_day(moment=datetime.now(UTC), zone=zone)
    for schema in ("acme", "globex"):
        with inside(schema):
            store([Sold("a", Decimal(10), day - timedelta(days=400))])
    queue.send("metrics.tick")
    runs = NightRun.objects.using("ledger").order_by("tenant__slug")
    wait_for(lambda: runs.filter(state="done").count() == 3, seconds=40)
    columns = ("tenant__slug", "local_date", "state", "attempts", "failures")
    assert list(runs.values_list(*columns)) == [
        (slug, day, "done", 1, 0) for slug in ("acme", "globex", "third")
    ]
    queue.send("metrics.tick")
    wait_for(lambda: queue.logged("Task metrics.tick", times=4), seconds=20)
    assert list(runs.values_list(*columns)) == [
        (slug, day, "done", 1, 0) for slug in ("acme", "globex", "third")
    ]
    dumps = []
    for schema in ("acme", "globex"):
        with inside(schema):
            assert list(Night.objects.values_list("day", flat=True)) == [day]
            dumps.append(dump())
    assert dumps[0] == dumps[1]
    assert len(dumps[0]["KpiSnapshot"]) > 200


@pytest.mark.long
def test_nights_whose_facts_came_late_are_runs_of_their_own_after_the_days_own_night(
    queue: Queue,
) -> None:
    zone = noon_somewhere()
    Tenant.objects.filter(slug="globex").update(state=Tenant.State.SUSPENDED)
    Tenant.objects.filter(slug="acme").update(timezone=zone)
    day = last_closed_day(moment=datetime.now(UTC), zone=zone)
    earlier = [day - timedelta(days=n) for n in (3, 2, 1)]
    with inside("acme") as tenant:
        store([Sold("a", Decimal(10), day - timedelta(days=400))])
        for one in earlier:
            nightly.run(tenant=tenant, day=one, keys=["mrr"])
        Subscription.objects.filter(account__external_id="a").update(ended_on=earlier[1])
    queue.send("metrics.tick")
    runs = NightRun.objects.using("ledger").order_by("local_date")
    wait_for(lambda: [run.attempts for run in runs.all()] == [1, 2, 2, 1], seconds=60)
    wait_for(lambda: not runs.exclude(state="done").exists(), seconds=60)
    own, second, third = (runs.get(local_date=one) for one in (day, *earlier[1:]))
    assert own.finished_at < second.started_at < third.started_at  # type: ignore[operator]
    assert set(runs.values_list("failures", "reopened_at")) == {(0, None)}
    with inside("acme"):
        assert not Night.objects.filter(stale=True).exists()
        found = KpiSnapshot.objects.filter(key="mrr", variant="all", period="day", dimension="")
        values = found.filter(compared="").order_by("day").values_list("value", flat=True)
        assert list(values) == [10, 0, 0, 0]


def test_a_task_without_an_open_tenant_writes_nothing_anywhere_and_says_so(queue: Queue) -> None:
    day = date(2026, 3, 1).isoformat()
    gone = open_tenant(slug="gone", name="Gone")
    Tenant.objects.filter(pk=gone.pk).delete()
    Tenant.objects.filter(slug="globex").update(state=Tenant.State.SUSPENDED)
    with inside("acme"):
        store([Sold("a", Decimal(10), date(2025, 1, 1))])
    before = every_row(queue.product.database)
    assert len(before) > 100
    refused: list[dict[str, object]] = [
        {"day": day},
        {"schema_name": "acme"},
        {"schema_name": None, "day": day},
        {"schema_name": "", "day": day},
        {"schema_name": "gone", "day": day},
        {"schema_name": "globex", "day": day},
        {"schema_name": "nobody", "day": day},
        {"schema_name": "public", "day": day},
        {"schema_name": "pg_catalog", "day": day},
        {"schema_name": "acme", "day": "yesterday"},
    ]
    for arguments in refused:
        queue.send("metrics.night", **arguments)
    wait_for(lambda: queue.logged("raised unexpected", times=len(refused)), seconds=30)
    log = queue.log.read_text()
    assert log.count("NoSuchTenant") >= 7
    assert "No tenant is open under the schema 'public'." in log
    assert every_row(queue.product.database) == before
    assert not NightRun.objects.using("ledger").exists()
    for schema in ("acme", "platform"):
        with inside(schema):
            assert not Night.objects.exists()


def test_a_tick_takes_back_the_night_of_a_worker_that_died_and_calls_another(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = date(2024, 6, 30)
    Tenant.objects.filter(slug="globex").update(state=Tenant.State.SUSPENDED)
    Tenant.objects.filter(slug="acme").update(last_day=day)
    died_at = datetime.now(UTC) - timedelta(minutes=2)
    NightRun.objects.using("ledger").create(
        tenant=find(slug="acme"),
        local_date=day,
        state=NightRun.State.RUNNING,
        attempts=1,
        heartbeat=died_at,
        queued_at=died_at,
    )
    calls: list[tuple[str, str]] = []
    monkeypatch.setattr(broker, "wake", lambda task, *, queue: calls.append((task, queue)))
    tick()
    run = NightRun.objects.using("ledger").get()
    assert (run.state, run.attempts, run.failures) == (NightRun.State.PENDING, 1, 1)
    assert nights.next_due() == ("acme", day)
    assert calls == [(NEXT_NIGHT, "nights")]
