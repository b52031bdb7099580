"""Databases for tests: templates that are built once, and clones of them that cost a moment.

A template is named after all that goes into it, so it is built again only when some of that has
changed. Ordinary tests share a clone of the cast and roll back; a test that must commit takes its
own. Where the server's data is kept between runs, so are the templates.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tenants import schema_objects
from tests import cast

ROOT = Path(__file__).parent.parent
ALIASES = ("default", "ledger")
HOME = str(settings.DATABASES["default"]["NAME"])
FORGOTTEN_AFTER = timedelta(hours=2)  # a template that no run has used meanwhile


@dataclass(frozen=True, kw_only=True)
class Template:
    """What a clone begins with: what `build` does to a clone of `base`, made of `sources`."""

    name: str
    build: Callable[[], None]
    sources: tuple[Path, ...]
    base: "Template | None" = None

    @cached_property
    def database(self) -> str:
        """Its name, with a digest of everything that goes into it as the run begins."""
        below = self.base.database if self.base else schema_objects.fingerprint()
        digest = hashlib.sha256(below.encode())
        for path in self.sources:
            digest.update(path.read_bytes())
        return f"cstest_template_{self.name}_{digest.hexdigest()[:12]}"


def _migrate_and_assemble() -> None:
    call_command("migrate", verbosity=0)
    cast.assemble()


CAST = Template(
    name="cast",
    build=_migrate_and_assemble,
    sources=(
        *sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("tenants/*.py")]),
        *(ROOT / "requirements.txt", Path(cast.__file__), Path(__file__)),
    ),
)


def product_sources() -> tuple[Path, ...]:
    """All code of the product, for templates in which it has computed something."""
    found = [path for path in ROOT.glob("*/**/*.py") if path.relative_to(ROOT).parts[0] in PRODUCT]
    return tuple(sorted(found))


PRODUCT = ("accounts", "csplatform", "metrics", "support", "surveys", "tenants", "usage")


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """A connection beside Django's, to the database of the settings, for CREATE and DROP."""
    with psycopg.connect(url_of(HOME), autocommit=True) as connection:
        yield connection


def ensure(template: Template) -> str:
    """Build a template unless it is there; of several processes, one builds and all wait."""
    if template.base:
        ensure(template.base)
    name = template.database
    with maintenance() as home:
        if not _exists(home, name):
            home.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
            if not _exists(home, name):
                _drop_leftovers(home)
                _build(home, template)
            home.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
        _note_use(home, name)
    return name


def _exists(home: psycopg.Connection, name: str) -> bool:
    found = home.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _build(home: psycopg.Connection, template: Template) -> None:
    # Under another name until it is whole: a build that was stopped must never be taken for one.
    name = template.database
    building = f"{name}_building"
    _drop(home, building)
    _create(home, building, of=template.base.database if template.base else None)
    with using(building):
        template.build()
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    home.execute(rename.format(sql.Identifier(building), sql.Identifier(name)))


def _create(home: psycopg.Connection, name: str, *, of: str | None) -> None:
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if of:
        create += sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(of))
    home.execute(create)


def _note_use(home: psycopg.Connection, name: str) -> None:
    note = sql.SQL("COMMENT ON DATABASE {} IS {}")
    home.execute(note.format(sql.Identifier(name), sql.Literal(datetime.now(UTC).isoformat())))


def _drop_leftovers(home: psycopg.Connection) -> None:
    """Drop templates of code that is no more, and clones of processes that were killed."""
    found = home.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname LIKE 'cstest%%' AND pg_get_userbyid(datdba) = session_user"
        " AND NOT EXISTS (SELECT FROM pg_stat_activity open WHERE open.datid = pg_database.oid)"
    ).fetchall()
    for name, used_at in found:
        if _is_left_over(name, used_at):
            with suppress(psycopg.Error):  # somebody has taken it meanwhile
                home.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def _is_left_over(name: str, used_at: str | None) -> bool:
    if name.startswith("cstest_template_"):
        since = datetime.fromisoformat(used_at) if used_at else None
        return since is not None and datetime.now(UTC) - since > FORGOTTEN_AFTER
    process = re.search(r"_(\d+)$", name)
    return process is not None and not psutil.pid_exists(int(process[1]))


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
def clone(name: str, *, template: Template = CAST) -> Iterator[str]:
    """A database of one's own, with what the template holds; gone afterwards."""
    source = ensure(template)
    with maintenance() as home:
        _drop(home, name)
        _create(home, name, of=source)
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
