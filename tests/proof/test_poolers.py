"""Behind a pooler that mixes tenants the product does not start."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tenants.pooling import PATIENCE, TransactionPooling, refuse_transaction_pooling
from tests.databases import url_of
from tests.product import ROOT, Product, free_port, wait_for

PGBOUNCER = Path("/usr/sbin/pgbouncer")
pytestmark = pytest.mark.skipif(not PGBOUNCER.exists(), reason="LEFT OUT: no PgBouncer here")


@contextmanager
def pooler(folder: Path, database: str, *, mode: str, size: int, more: str = "") -> Iterator[int]:
    """A PgBouncer in front of the test's database; yields its port."""
    parameters, port = settings.DATABASES["ledger"], free_port()
    folder.chmod(0o777)
    (folder / "users").write_text(f'"{parameters["USER"]}" "{parameters["PASSWORD"]}"\n')
    (folder / "bouncer.ini").write_text(
        f"[databases]\n{database} = host={parameters['HOST']} port={parameters['PORT']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = plain\nauth_file = {folder}/users\npool_mode = {mode}\n"
        f"default_pool_size = {size}\nquery_wait_timeout = 120\n"
        f"ignore_startup_parameters = extra_float_digits,options\n{more}\n"
    )
    # It refuses to run as root.
    nobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    prefix = nobody if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [*prefix, str(PGBOUNCER), str(folder / "bouncer.ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(Product(database=database, folder=folder, port=port).answers, seconds=60)
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where somebody who is not root can read too."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        yield Path(name)


@contextmanager
def through(port: int) -> Iterator[None]:
    ledger = connections["ledger"]
    before = ledger.settings_dict["PORT"]
    ledger.settings_dict["PORT"] = port
    try:
        yield
    finally:
        ledger.settings_dict["PORT"] = before


@pytest.mark.parametrize("size", [1, 2, 5])
def test_transaction_mode_is_found_out(own_database: str, folder: Path, size: int) -> None:
    with (
        pooler(folder, own_database, mode="transaction", size=size) as port,
        through(port),
        pytest.raises(TransactionPooling, match="session mode"),
    ):
        refuse_transaction_pooling()


def address(port: int, database: str) -> str:
    """Where the test's database answers behind the pooler."""
    return url_of(database).replace(f":{settings.DATABASES['ledger']['PORT']}/", f":{port}/")


def test_a_pooler_that_takes_turns_is_found_out(own_database: str, folder: Path) -> None:
    """With as many idle connections as these, the first two questions never meet."""
    with pooler(
        folder, own_database, mode="transaction", size=6, more="server_round_robin = 1"
    ) as port:
        with ExitStack() as stack:
            for _ in range(6):
                one = stack.enter_context(psycopg.connect(address(port, own_database)))
                one.execute("SELECT 1")  # in a transaction: each holds one of the six
        with through(port), pytest.raises(TransactionPooling):
            refuse_transaction_pooling()


def test_statement_mode_is_found_out(own_database: str, folder: Path) -> None:
    with (
        pooler(folder, own_database, mode="statement", size=3) as port,
        through(port),
        pytest.raises(TransactionPooling),
    ):
        refuse_transaction_pooling()


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_pool_that_somebody_else_holds_is_refused_and_not_waited_for(
    own_database: str, folder: Path, mode: str
) -> None:
    """PgBouncer would let us wait for two minutes, and might mix tenants after them."""
    with (
        pooler(folder, own_database, mode=mode, size=1) as port,
        psycopg.connect(address(port, own_database)) as busy,
        through(port),
    ):
        busy.execute("SELECT 1")
        begun = time.monotonic()
        with pytest.raises(TransactionPooling, match="no connection to spare"):
            refuse_transaction_pooling()
    assert time.monotonic() - begun < 3 * PATIENCE


@pytest.mark.parametrize("size", [1, 5, 20])
def test_session_mode_is_welcome(own_database: str, folder: Path, size: int) -> None:
    """A small pool too: it runs out while we look, and what we hold stays ours."""
    with pooler(folder, own_database, mode="session", size=size) as port, through(port):
        begun = time.monotonic()
        refuse_transaction_pooling()
    assert time.monotonic() - begun < 2 * PATIENCE


@pytest.mark.parametrize("command", [["manage.py", "migrate"], ["-c", "import csplatform.wsgi"]])
def test_neither_a_migration_nor_the_web_server_starts(
    own_database: str, folder: Path, command: list[str]
) -> None:
    with pooler(folder, own_database, mode="transaction", size=3) as port:
        product = Product(database=own_database, folder=folder)
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=product.environment | {"DATABASE_URL": address(port, own_database)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "pooler in transaction mode" in done.stderr
