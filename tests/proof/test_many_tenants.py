"""A hundred tenants: opened quickly, passed over quickly, and backed up whole."""

import os
import statistics
import subprocess
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from tenants import template
from tenants.opening import open_tenant
from tests.databases import url_of

TENANTS = 100
LOCKS_BY_DEFAULT = 6_400  # of max_locks_per_transaction and max_connections


def test_a_hundred_tenants(own_database: str, tmp_path: Path) -> None:
    opened = [seconds_to_open(number) for number in range(TENANTS)]

    begun = time.monotonic()
    call_command("migrate", stdout=open(os.devnull, "w"))  # noqa: SIM115
    passed_over = time.monotonic() - begun
    print("\nseconds to open each:", *(f"{seconds:.2f}" for seconds in opened))
    print(
        f"median {statistics.median(opened):.2f} s, longest {max(opened):.2f} s;"
        f" {passed_over:.1f} s to migrate none of them"
    )
    assert passed_over < 15  # to migrate them would take minutes

    dump = tmp_path / "all.dump"
    program = template.pg_dump()
    assert program, "no pg_dump to try a backup with"
    done = subprocess.run(
        [program, "-Fc", "-f", str(dump), url_of(own_database)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert connection.schema_name == "public"  # type: ignore[attr-defined]  # tenants.backend
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname ~ '^tenant_'")
        tables = cursor.fetchone()[0]
    assert tables_in(dump) == tables > TENANTS * 20
    assert tables > LOCKS_BY_DEFAULT  # the backup has locked each


def seconds_to_open(number: int) -> float:
    begun = time.monotonic()
    open_tenant(slug=f"tenant-{number}", name=f"Tenant {number}")
    return time.monotonic() - begun


def tables_in(dump: Path) -> int:
    """How many tables' rows a restore would find there."""
    program = Path(str(template.pg_dump())).with_name("pg_restore")
    listed = subprocess.run([program, "-l", dump], capture_output=True, text=True, check=True)
    return listed.stdout.count(" TABLE DATA tenant_")
