"""A hundred thousand accounts and a million events by file: how fast, and in how much memory."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from pytest_django.plugin import DjangoDbBlocker

from tests import databases
from tests.databases import ROOT, url_of
from tests.proof.test_night_scale import peak

ACCOUNTS, EVENTS, FEW = 100_000, 1_000_000, 1_000
MOST_MORE = 150 * 1024  # kilobytes
IN_A_PROCESS = """
import django; django.setup()
from tests.proof.test_import_scale import cost_here
cost_here()
"""


def write_files(folder: Path, accounts: int, events: int) -> None:
    with (folder / "accounts.csv").open("w") as file:
        file.write("external_id,name,segment,seats,created_on,attr.city\n")
        for n in range(accounts):
            file.write(f"a{n},Account {n},s{n % 5},{n % 90},2024-01-{n % 28 + 1:02d},Oslo\n")
    with (folder / "events.csv").open("w") as file:
        file.write("message_id,occurred_at,user_id,account_external_id,event,feature\n")
        for n in range(events):
            day = f"2024-05-{n % 28 + 1:02d}T{n % 24:02d}:00:00Z"
            file.write(f"m{n},{day},u{n % 5000},a{n % accounts},viewed,f{n % 20}\n")


def cost_here() -> None:
    """Import both files and print what that cost this process."""
    from accounts.imports.intake import import_sheet
    from accounts.imports.kinds import KINDS
    from accounts.imports.reading import sheet_of
    from accounts.models import Import
    from tenants.context import inside

    result: dict[str, float] = {}
    with inside("acme") as tenant:
        for kind in ("accounts", "events"):
            begun = time.monotonic()
            entry = Import(kind=kind, source="command", name=kind)
            with (Path(os.environ["FILES"]) / f"{kind}.csv").open("rb") as source:
                sheet = sheet_of(kind=KINDS[kind], source=source)
                outcome = import_sheet(entry=entry, sheet=sheet, tenant=tenant)
                result[f"{kind} created"] = outcome.created
            result[kind] = time.monotonic() - begun
    sys.stdout.write(json.dumps(result | {"kilobytes": peak()}))


def cost(database: str, folder: Path) -> dict[str, float]:
    environment = {"DATABASE_URL": url_of(database), "FILES": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS],
        cwd=ROOT,
        env=os.environ | environment | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    return found


def bare_copy(database: str, file: Path) -> float:
    """Seconds in which PostgreSQL alone takes the same file into a table of text."""
    with psycopg.connect(url_of(database), autocommit=True) as owner:
        names = file.open().readline().strip().replace(".", "_").split(",")
        owner.execute(f"CREATE TABLE bare ({', '.join(f'{one} text' for one in names)})".encode())
        begun = time.monotonic()
        with (
            owner.cursor() as cursor,
            cursor.copy("COPY bare FROM STDIN (FORMAT csv)") as copy,
            file.open("rb") as source,
        ):
            while block := source.read(1 << 20):
                copy.write(block)
        seconds = time.monotonic() - begun
        owner.execute("DROP TABLE bare")
    return seconds


def test_a_million_rows_take_no_more_memory_than_a_thousand(
    django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> None:
    found = {}
    for name, accounts, events in (("small", FEW, FEW), ("large", ACCOUNTS, EVENTS)):
        folder = tmp_path / name
        folder.mkdir()
        write_files(folder, accounts, events)
        database = f"cstest_import_{name}_{os.getpid()}"
        with django_db_blocker.unblock(), databases.clone(database):
            found[name] = cost(database, folder)
            copied = {k: bare_copy(database, folder / f"{k}.csv") for k in ("accounts", "events")}
    large = found["large"]
    for kind, rows in (("accounts", ACCOUNTS), ("events", EVENTS)):
        assert large[f"{kind} created"] == rows
        share = copied[kind] / large[kind]
        sys.stderr.write(
            f"\n{rows:,} {kind} in {large[kind]:.1f} s, {rows / large[kind]:,.0f} a"
            f" second: {share:.1%} of the speed of bare COPY ({copied[kind]:.2f} s)\n"
        )
    more = large["kilobytes"] - found["small"]["kilobytes"]
    sys.stderr.write(f"{more / 1024:+.0f} MB of memory\n")
    assert more < MOST_MORE
