"""Two hundred tenants: opened quickly, passed over quickly, and backed up whole."""

import os
import subprocess
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from tenants import template
from tenants.opening import open_tenant
from tests.databases import url_of

TENANTS = 200


def test_two_hundred_tenants(own_database: str, tmp_path: Path) -> None:
    begun = time.monotonic()
    for number in range(TENANTS):
        open_tenant(slug=f"tenant-{number}", name=f"Tenant {number}")
    opened = time.monotonic() - begun

    begun = time.monotonic()
    call_command("migrate", stdout=open(os.devnull, "w"))  # noqa: SIM115
    passed_over = time.monotonic() - begun
    print(f"\n{opened / TENANTS:.2f} s to open one, {passed_over:.1f} s to migrate none of them")
    assert passed_over < 5

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
