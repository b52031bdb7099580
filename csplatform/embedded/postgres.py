"""A PostgreSQL of our own in the data folder, listening on 127.0.0.1 only."""

import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from csplatform.embedded.account import account_for
from csplatform.embedded.binaries import major_version, postgres_folder
from csplatform.embedded.folder import DataFolder
from csplatform.embedded.processes import (
    Refused,
    Steps,
    free_port,
    lives,
    spawn,
    stop_strangers,
    working_in,
)

NAME = "csplatform"
FAST: Steps = ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
AT_ONCE: Steps = ((signal.SIGQUIT, 3), (signal.SIGKILL, 5))
SMALL_MACHINE = 4 * 1024**3
BUILTIN_LOCALES_SINCE = 17
# For data that nobody wants after a power cut: as little is written as can be.
AT_RISK: dict[str, object] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
}


class PostgreSQL:
    """Started by `launch`, in use after `ready` has said yes and `arrange` has run."""

    name = "postgres"
    steps = FAST

    def __init__(self, *, data: DataFolder, durable: bool) -> None:
        """Not durable: for data that nobody wants after a power cut."""
        self.data, self.durable = data, durable
        self.folder = data.path / "postgres"
        self.programs = postgres_folder()
        self.version = major_version(self.programs / "postgres")
        self.title = f"PostgreSQL {self.version}"
        self.port = free_port()
        self._account = account_for(self.folder)
        self._refuse_another_version()

    @property
    def url(self) -> str:
        password = self.data.secret("database_password")
        return f"postgresql://{NAME}:{password}@127.0.0.1:{self.port}/{NAME}"

    def launch(self) -> "subprocess.Popen[bytes]":
        self.stop_orphans()
        self._account.check_reach(self.data.path, self.programs / "postgres")
        if not self.folder.exists():
            self._create()
        self._drop_a_stale_note()
        settings = [
            part for key, value in self._settings().items() for part in ("-c", f"{key}={value}")
        ]
        return self._spawn("postgres", "-D", self.folder, *settings)

    def ready(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError as failure:
            if "password authentication failed" in str(failure):
                note = self.data.path / "postgres_password"
                raise Refused(f"{note} is not the password of {self.folder}.") from None
            return False
        return True

    def arrange(self) -> None:
        """The login role, which is no superuser, and its database; says so again at each start."""
        role, database = sql.Identifier(NAME), sql.Identifier(NAME)
        with self._connect("postgres") as server:
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
                server.execute(sql.SQL("CREATE ROLE {}").format(role))
            hidden = server.pgconn.encrypt_password(
                self.data.secret("database_password").encode(), NAME.encode(), b"scram-sha-256"
            )
            rights = "ALTER ROLE {} LOGIN NOSUPERUSER CREATEROLE CREATEDB NOINHERIT PASSWORD {}"
            server.execute(sql.SQL(rights).format(role, sql.Literal(hidden.decode())))
            if not server.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [NAME]
            ).fetchone():
                server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
        for name in ("template1", NAME):
            # Before PostgreSQL 16 a role that inherits nothing has no right to create in the
            # public schema of its own database.
            with self._connect(name) as connection:
                connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(role))

    def stop_orphans(self) -> None:
        """Whatever still runs in this folder: a whole server, or the rest of a killed one."""
        running = working_in(self.folder, programs=["postgres"])
        postmaster = [process for process in running if process.pid == self._noted_pid()]
        stop_strangers(postmaster, steps=FAST)
        stop_strangers([process for process in running if lives(process)], steps=AT_ONCE)

    def _create(self) -> None:
        """Made under another name, so that a creation that was interrupted starts over."""
        unfinished, password = self.data.path / "postgres.new", self.data.path / "initdb.password"
        stop_strangers(working_in(unfinished, programs=["postgres"]), steps=AT_ONCE)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.data.write(password.name, self.data.secret("postgres_password") + "\n")
        for path in (unfinished, password):
            self._account.take_over(path)
        done = self._spawn("initdb", "-D", unfinished, f"--pwfile={password}", *self._choices())
        status = done.wait()
        password.unlink()
        if status:
            raise Refused(f"PostgreSQL could not be set up: see {self.data.log(self.name)}.")
        unfinished.rename(self.folder)

    def _choices(self) -> list[str]:
        choices = ["-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256", "--no-instructions"]
        if self.version >= BUILTIN_LOCALES_SINCE:
            choices += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            choices += ["--locale=C.UTF-8"]
        return choices if self.durable else [*choices, "--no-sync"]

    def _settings(self) -> dict[str, object]:
        small = psutil.virtual_memory().total < SMALL_MACHINE
        settings: dict[str, object] = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 100,
            "max_locks_per_transaction": 1024,  # a dump or a migration touches every tenant
            "shared_buffers": "64MB" if small else "256MB",
            "jit": "off",
            "log_line_prefix": "%m [%p] %d ",
            "log_checkpoints": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        return settings if self.durable else settings | AT_RISK

    def _spawn(self, program: str, *arguments: str | Path) -> "subprocess.Popen[bytes]":
        return spawn(
            [*self._account.prefix, self.programs / program, *arguments],
            log=self.data.log(self.name),
            owner=self._account.owner,
            folder=Path("/"),
            on_orphaned=signal.SIGINT,
        )

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self.data.secret("postgres_password"),
            dbname=database,
            connect_timeout=5,
            autocommit=True,
        )

    def _noted_pid(self) -> int:
        try:
            return int((self.folder / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return 0

    def _drop_a_stale_note(self) -> None:
        # PostgreSQL believes any live process of its user to be the noted server. We have looked.
        if psutil.pid_exists(self._noted_pid()):
            (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _refuse_another_version(self) -> None:
        note = self.folder / "PG_VERSION"
        made_by = note.read_text().strip() if note.exists() else str(self.version)
        if made_by != str(self.version):
            raise Refused(
                f"{self.folder} was made by PostgreSQL {made_by}, but {self.programs} is "
                f"PostgreSQL {self.version}. Nothing was changed. Name the programs of "
                f"PostgreSQL {made_by} in PG_BIN, or another folder in DATA."
            )
