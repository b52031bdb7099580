"""A storm of cancelled queries over two tenants, and not one row of the wrong one.

And why it is tried: the backend that ours is built on, under the same failures.
"""

import threading
import time
from collections import Counter
from typing import Any

import psycopg
from django.db import DatabaseError, connections

from tenants.context import inside, tenant_connection
from tenants.models import Tenant
from tests.canaries import CANARIES, plant
from tests.databases import url_of
from tests.stock import name_of_account, sets_are_cancelled, stock_connection

READS = 100_000
READERS = 4
LONGEST = 600  # seconds, of a busy machine


class Storm:
    """Readers that change tenants all the time, and somebody who cancels whatever they do."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.processes: dict[str, int] = {}
        self.over = threading.Event()

    def read(self) -> None:
        tenants = {name: Tenant.objects.get(schema_name=name) for name in CANARIES}
        mine: Counter[str] = Counter()
        try:
            while not self.over.is_set():
                for schema, tenant in tenants.items():
                    mine[self._once(tenant, CANARIES[schema])] += 1
                self.seen[threading.current_thread().name] = mine["right"] + mine["wrong"]
        finally:
            tenant_connection().close()
            self.seen.update(mine)

    def _once(self, tenant: Tenant, canary: str) -> str:
        connection = tenant_connection()
        connection.set_tenant(tenant)
        try:
            found = name_of_account(connection)
            self._note_process()
        except DatabaseError:
            connection.close_if_unusable_or_obsolete()
            return "error"
        return "right" if found == canary else "wrong"

    def _note_process(self) -> None:
        driver = connections["default"].connection
        self.processes[threading.current_thread().name] = driver.info.backend_pid

    def cancel(self, address: str) -> None:
        with psycopg.connect(address, autocommit=True) as beside:
            while not self.over.is_set():
                for process in list(self.processes.values()):
                    beside.execute("SELECT pg_cancel_backend(%s)", [process])
                time.sleep(0.0005)

    def rage(self, address: str) -> None:
        threads = [
            threading.Thread(target=self.read, name=f"reader {n}") for n in range(READERS)
        ] + [threading.Thread(target=self.cancel, args=[address], name="canceller")]
        for thread in threads:
            thread.start()
        end = time.monotonic() + LONGEST
        while self._reads() < READS and time.monotonic() < end:
            time.sleep(0.2)
        self.over.set()
        for thread in threads:
            thread.join(30)

    def _reads(self) -> int:
        return sum(count for name, count in list(self.seen.items()) if name.startswith("reader"))


def test_no_cancelled_query_shows_another_tenants_row(own_database: str) -> None:
    plant()
    with inside("acme"):
        assert name_of_account(tenant_connection()) == CANARIES["acme"]
    storm, begun = Storm(), time.monotonic()
    storm.rage(url_of(own_database))
    print(
        "\n",
        {key: storm.seen[key] for key in ("right", "wrong", "error")},
        f"{time.monotonic() - begun:.0f} s",
    )
    assert storm.seen["wrong"] == 0
    assert storm.seen["right"] >= READS
    assert storm.seen["error"] > 0, "nothing was cancelled: this was no storm"


def test_the_stock_backend_reads_the_wrong_rows_where_ours_reads_none(own_database: str) -> None:
    """Every other SET is cancelled by the server, in autocommit as in the storm."""
    plant()
    counts = {name: Counter[str]() for name in ("stock", "ours")}
    stock = stock_connection()
    try:
        for name, connection in (("stock", stock), ("ours", tenant_connection())):
            for _ in range(500):
                counts[name] += directed(connection)
    finally:
        stock.close()
    print("\n", counts)
    assert counts["stock"] == {"right": 1000, "wrong": 1000}
    assert counts["ours"] == {"right": 1000, "error": 1000}


def directed(connection: Any) -> Counter[str]:
    """A read of each tenant that goes well, and one of each in which the SET is cancelled."""
    seen: Counter[str] = Counter()
    for before, schema in (("acme", "globex"), ("globex", "acme")):
        connection.set_schema(before)
        seen[judged(connection, before)] += 1
        connection.set_schema(schema)
        with sets_are_cancelled(connection):
            seen[judged(connection, schema)] += 1
    return seen


def judged(connection: Any, schema: str) -> str:
    try:
        found = name_of_account(connection)
    except DatabaseError:
        return "error"
    return "right" if found == CANARIES[schema] else "wrong"
