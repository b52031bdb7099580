"""What the embedded servers survive: kills, signals, leftovers, and users of every kind."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from csplatform.embedded.processes import lives
from tests.csplatform.supervisors import (
    Supervised,
    call,
    clean_environment,
    names_of,
    own_folder,
    processes_of,
    started,
    wait_for,
)

A_START = 40  # seconds, of a machine so busy that a first start takes minutes
PROGRAMS = {
    "web": "gunicorn",
    "worker": "worker@%h",
    "interactive": "interactive@%h",
    "beat": "beat",
}


@pytest.fixture
def data() -> Iterator[Path]:
    with own_folder() as folder:
        yield folder / "data"


def answers(servers: Supervised) -> bool:
    try:
        psycopg.connect(servers.note["database_url"], connect_timeout=2).close()
        return bool(redis.Redis.from_url(servers.note["broker_url"]).ping())
    except (OSError, psycopg.OperationalError, redis.RedisError):
        return False


def remember(servers: Supervised) -> None:
    with psycopg.connect(servers.note["database_url"], autocommit=True) as connection:
        connection.execute("CREATE TABLE remembered AS SELECT 42 AS number")
    redis.Redis.from_url(servers.note["broker_url"]).lpush("tasks", "one", "two")


def remembers(servers: Supervised) -> bool:
    with psycopg.connect(servers.note["database_url"]) as connection:
        numbers = connection.execute("SELECT number FROM remembered").fetchall()
    tasks = redis.Redis.from_url(servers.note["broker_url"]).lrange("tasks", 0, -1)
    return numbers == [(42,)] and tasks == [b"two", b"one"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_leaves_no_process_and_no_note(data: Path, number: signal.Signals) -> None:
    with started(data) as servers:
        assert len(processes_of(data)) > 3
        assert servers.end(number) == 0
        assert processes_of(data) == []
        assert not (data / "servers.json").exists()


def test_killed_servers_come_back_on_the_same_ports_with_what_was_committed(data: Path) -> None:
    with started(data) as servers:
        remember(servers)
        before = servers.note
        for pid in before["pids"].values():
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: servers.note["pids"] != before["pids"] and answers(servers))
        wait_for(lambda: not set(servers.note["pids"].values()) & set(before["pids"].values()))
        wait_for(lambda: answers(servers))
        after = servers.note
        assert (after["database_url"], after["broker_url"]) == (
            before["database_url"],
            before["broker_url"],
        )
        assert remembers(servers)
        assert "PostgreSQL 18 was ended by signal 9; starting it again now." in servers.output


def test_a_server_that_is_killed_again_and_again_is_given_more_and_more_time(data: Path) -> None:
    with started(data) as servers:
        for _ in range(3):
            wait_for(lambda: answers(servers))
            os.kill(servers.note["pids"]["valkey"], signal.SIGKILL)
            wait_for(lambda: not answers(servers))
        wait_for(lambda: answers(servers))
        waits = [line.split(";")[1].split(".")[0] for line in servers.output.splitlines()[3:]]
    assert waits == [
        " starting it again now",
        " starting it again in 1 s",
        " starting it again in 2 s",
    ]


def test_after_a_kill_of_the_supervisor_the_next_start_finds_the_data_and_no_orphan(
    data: Path,
) -> None:
    with started(data) as servers:
        remember(servers)
        servers.end(signal.SIGKILL)
        orphans = processes_of(data)
        with started(data) as again:
            assert remembers(again)
            assert not [process for process in orphans if lives(process)]
    assert processes_of(data) == []


def test_orphans_that_the_kernel_did_not_end_are_stopped_by_the_next_start(data: Path) -> None:
    with started(data) as servers:
        remember(servers)
        stuck = [psutil.Process(pid) for pid in servers.note["pids"].values()]
        for process in stuck:
            process.suspend()  # the kernel's signal waits, as for one that is busy on a disk
        servers.end(signal.SIGKILL)
        assert [process.status() for process in stuck] == [psutil.STATUS_STOPPED] * 2
        stuck[0].resume()  # the other is never going to listen to anything gentle
        with started(data) as again:
            assert remembers(again)
            assert not [process for process in stuck if lives(process)]


def test_a_process_that_has_got_the_number_of_a_dead_server_is_left_alone(data: Path) -> None:
    with started(data) as servers:
        remember(servers)
        servers.end(signal.SIGKILL)
        wait_for(lambda: processes_of(data) == [])
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    try:
        (data / "postgres/postmaster.pid").write_text(f"{bystander.pid}\n")
        (data / "servers.json").write_text("{}")
        with started(data) as again:
            assert remembers(again)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_first_start_that_was_cut_off_is_made_up_for(data: Path) -> None:
    half_made = data / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    with started(data) as servers:
        assert answers(servers)
    assert not half_made.exists()


def test_a_second_start_takes_seconds(data: Path) -> None:
    with started(data) as servers:
        assert servers.end(signal.SIGTERM) == 0
    begun = time.monotonic()
    with started(data) as again:
        assert answers(again)
        assert time.monotonic() - begun < A_START


@pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("unshare"), reason="needs a way to be somebody else"
)
def test_an_ordinary_user_needs_no_rights(data: Path) -> None:
    # Inside its own namespace the process has the number 1000 and none of root's powers.
    prefix = ["unshare", "--map-user=1000", "--map-group=1000", "--"] if os.geteuid() == 0 else []
    if prefix and subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("this machine does not let root become somebody else")
    with started(data, prefix=prefix) as servers:
        remember(servers)
        assert servers.end(signal.SIGTERM) == 0
    with started(data, prefix=prefix) as again:
        assert remembers(again)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give its powers away")
def test_root_without_namespaces_runs_postgresql_as_nobody(data: Path) -> None:
    outcome = call(
        "with", "--data", data, "--", sys.executable, "-c", "print('done')", PATH="/nowhere"
    )
    if "cannot reach" in outcome.stderr:
        pytest.skip("the programs lie in a folder that only root can enter")
    assert (outcome.returncode, outcome.stdout) == (0, "done\n"), outcome.stderr
    assert (data / "postgres").owner() == "nobody"
    assert (data / "postgres_password").owner() == "root"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give its powers away")
def test_a_folder_that_nobody_cannot_enter_is_told_and_not_opened_up(data: Path) -> None:
    data.parent.chmod(0o700)
    outcome = call("with", "--data", data, "--", "true", PATH="/nowhere")
    assert outcome.returncode == 2
    assert f"(nobody) cannot reach {data}" in outcome.stderr
    assert data.parent.stat().st_mode & 0o777 == 0o700


def test_a_command_and_its_servers_stop_together(data: Path) -> None:
    folder = data.parent
    running = subprocess.Popen(
        [sys.executable, "-m", "csplatform.embedded", "with", "--", "sleep", "300"],
        env=clean_environment(TMPDIR=str(folder)),
    )
    wait_for(lambda: "sleep" in names_of(folder))
    running.terminate()
    assert running.wait(120) == 128 + signal.SIGTERM
    assert processes_of(folder) == []
    assert list(folder.iterdir()) == []


def test_what_a_killed_private_run_has_left_is_swept_by_the_next(data: Path) -> None:
    folder = data.parent
    running = subprocess.Popen(
        [sys.executable, "-m", "csplatform.embedded", "with", "--", "sleep", "300"],
        env=clean_environment(TMPDIR=str(folder)),
    )
    wait_for(lambda: "sleep" in names_of(folder))
    running.kill()
    running.wait()
    wait_for(lambda: processes_of(folder) == [])
    (left,) = folder.iterdir()
    os.utime(left, (0, 0))
    assert call("with", "--", "true", TMPDIR=str(folder)).returncode == 0
    assert list(folder.iterdir()) == []


def test_the_whole_product_heals_survives_a_kill_and_starts_again_in_seconds(
    data: Path,
) -> None:
    with started(data, verb="run") as product:
        assert status_of(product) == 404  # no tenant has been opened
        for name in PROGRAMS:
            (program,) = programs_of(data, name)
            program.kill()
            wait_for(lambda name=name, old=program: replaced(data, name, old))  # type: ignore[misc]
        wait_for(lambda: status_of(product) == 404)
        product.end(signal.SIGKILL)
    begun = time.monotonic()
    with started(data, verb="run") as again:
        assert status_of(again) == 404
        assert time.monotonic() - begun < A_START
        assert {len(programs_of(data, name)) for name in PROGRAMS} == {1}
        assert again.end(signal.SIGTERM) == 0
        assert processes_of(data) == []


def status_of(product: Supervised) -> int:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=10)
        connection.request("GET", "/", headers={"Host": "unknown.localhost"})
        return connection.getresponse().status
    except OSError:
        return 0


def programs_of(data: Path, name: str) -> list[psutil.Process]:
    """The leading process of a program, of all that belong to it."""
    found = []
    for process in processes_of(data):
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if PROGRAMS[name] in process.cmdline() and os.getsid(process.pid) == process.pid:
                found.append(process)
    return found


def replaced(data: Path, name: str, old: psutil.Process) -> bool:
    return [process.pid != old.pid for process in programs_of(data, name)] == [True]
