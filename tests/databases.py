"""Databases for tests: one template with the cast in it, and clones that cost a moment.

The template is named after the migrations and the cast, so it is built once and again only when
either changed. Ordinary tests share a clone and roll back; a test that must commit takes its own.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tenants import schema_objects
from tests import cast

ROOT = Path(__file__).parent.parent
ALIASES = ("default", "ledger")


def template_name() -> str:
    """Named after everything that goes into it."""
    sources = sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("tenants/*.py")])
    sources += [ROOT / "requirements.txt", Path(cast.__file__), Path(__file__)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    digest.update(schema_objects.fingerprint().encode())
    return f"cstest_template_{digest.hexdigest()[:12]}"


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """A connection beside Django's, to the database of the settings, for CREATE and DROP."""
    parameters = settings.DATABASES["ledger"]
    with psycopg.connect(
        host=parameters["HOST"],
        port=parameters["PORT"] or 5432,
        user=parameters["USER"],
        password=parameters["PASSWORD"],
        dbname=HOME,
        autocommit=True,
    ) as connection:
        yield connection


HOME = str(settings.DATABASES["default"]["NAME"])


def ensure_template() -> str:
    """Build the template unless it is there; of several processes, one builds and all wait."""
    name = template_name()
    with maintenance() as home:
        home.execute("SELECT pg_advisory_lock(4711)")
        found = home.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            _build(home, name)
        home.execute("SELECT pg_advisory_unlock(4711)")
    return name


def _build(home: psycopg.Connection, name: str) -> None:
    # Under another name until it is whole: a build that was stopped must never be taken for one.
    building = f"{name}_building"
    _drop(home, building)
    home.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    with using(building):
        call_command("migrate", verbosity=0)
        cast.assemble()
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    home.execute(rename.format(sql.Identifier(building), sql.Identifier(name)))


@contextmanager
def using(name: str) -> Iterator[None]:
    """Point both aliases at another database, in this process."""
    before = str(connections["default"].settings_dict["NAME"])
    _point_at(name)
    try:
        yield
    finally:
        _point_at(before)


def _point_at(name: str) -> None:
    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


@contextmanager
def clone(name: str) -> Iterator[str]:
    """A database of one's own, with the cast in it; gone afterwards."""
    template = ensure_template()
    identifier = sql.Identifier(name)
    with maintenance() as home:
        _drop(home, name)
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        home.execute(create.format(identifier, sql.Identifier(template)))
    try:
        with using(name):
            yield name
    finally:
        with maintenance() as home:
            _drop(home, name)


def _drop(home: psycopg.Connection, name: str) -> None:
    """Drop a database, and whatever of ours is still connected to it.

    Not with FORCE: that gives up when the server's own vacuum happens to be there, which belongs
    to somebody else. A plain DROP waits for it.
    """
    home.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND usename = session_user",
        [name],
    )
    home.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def url_of(name: str) -> str:
    """The address of a database, for a process of its own."""
    parameters = settings.DATABASES["ledger"]
    user = f"{parameters['USER']}:{parameters['PASSWORD']}"
    return f"postgresql://{user}@{parameters['HOST']}:{parameters['PORT'] or 5432}/{name}"
