"""Every command of docs/operations.md that a test machine can run comes out as it says."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from psycopg import sql

from accounts.models import Account
from csplatform.embedded.binaries import postgres_folder
from tenants import heartbeats
from tenants.context import inside
from tests import databases
from tests.product import ROOT, Product, own_broker

OPERATIONS = (ROOT / "docs/operations.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", OPERATIONS, re.MULTILINE | re.DOTALL)


@pytest.fixture
def product(own_database: str, tmp_path: Path) -> Iterator[Product]:
    with own_broker() as number:
        yield Product(database=own_database, folder=tmp_path, broker_number=number)


def block(of: str) -> str:
    """The one block in which a command stands."""
    (found,) = (text for text in BLOCKS if of in text)
    return str(found)


def run(product: Product, script: str, **more: str) -> str:
    """What a shell says to a block, as an operator with the programs at hand would see it."""
    programs = f"{postgres_folder()}:{Path(sys.executable).parent}"
    environment = product.environment | more | {"PATH": f"{programs}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["/bin/bash", "-e", "-o", "pipefail", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def in_folder(product: Product, script: str) -> str:
    return f"cd {product.folder}\n{script}"


def test_monitors_are_answered(product: Product) -> None:
    heartbeats.beat(name=heartbeats.TICK, now=timezone.now())
    with product.web():
        result = run(product, block("/readyz"))
    assert result.count('"status": "ok"') == 2


def test_an_upgrade_runs_and_may_run_again(product: Product) -> None:
    for _time in range(2):
        assert "0 failed" in run(product, block("manage.py migrate"))


def test_what_was_backed_up_is_there_after_a_restore(product: Product) -> None:
    with inside("acme"):
        Account.objects.create(external_id="kept", name="Zażółć")
    media = product.folder / "media" / "acme"
    media.mkdir(parents=True)
    (media / "file.csv").write_text("kept")
    run(product, in_folder(product, block("pg_dump --format")))
    (media / "file.csv").unlink()
    name = f"cstest_restored_{os.getpid()}"
    with empty_database(name):
        run(product, in_folder(product, block("pg_restore")), RESTORE_URL=databases.url_of(name))
        assert (media / "file.csv").read_text() == "kept"
        with databases.using(name), inside("acme"):
            assert Account.objects.get(external_id="kept").name == "Zażółć"
        restored = Product(database=name, folder=product.folder)
        assert "0 failed" in restored.manage("migrate").stdout
        with restored.web():
            key = restored.manage("api_key", "acme", "restored").stdout.strip().split("\n")[-1]
            status, page = restored.get("/api/v1/accounts/kept/", slug="acme", key=key)
            assert (status, page["name"]) == (200, "Zażółć")


class empty_database:  # noqa: N801  (reads as a verb)
    """A database that the product's role owns, with nothing in it; gone afterwards."""

    def __init__(self, name: str) -> None:
        self.name = sql.Identifier(name)

    def __enter__(self) -> None:
        with databases.maintenance() as home:
            home.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(self.name))

    def __exit__(self, *_: object) -> None:
        with databases.maintenance() as home:
            home.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(self.name))


def test_every_block_of_commands_is_run_here() -> None:
    ours = ("/readyz", "pg_dump --format", "pg_restore", "manage.py migrate")
    assert len(BLOCKS) == len(ours)
    assert all(block(name) for name in ours)
