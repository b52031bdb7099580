"""`with --scratch`: databases stay for the next run, for as long as they can be trusted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from csplatform.embedded.folder import MEMORY, ROOM
from tests.csplatform.supervisors import call, clean_environment, own_folder

FIND = """
import os, psycopg, redis, sys
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
    found = server.execute("SELECT to_regclass('public.left_here')").fetchone()[0]
    server.execute("CREATE TABLE IF NOT EXISTS left_here ()")
broker = redis.Redis.from_url(os.environ["BROKER_URL"])
print(found, broker.get("left_here"), os.environ["DATA"])
broker.set("left_here", "1")
"""


def found(folder: Path, **environment: str) -> list[str]:
    done = call(
        *("with", "--scratch", folder / "kept", "--", sys.executable, "-c", FIND),
        **(environment or {"TMPDIR": str(folder)}),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_databases_stay_until_the_machine_or_the_servers_are_others() -> None:
    with own_folder() as folder:
        stored = str(folder / "kept")
        assert found(folder) == ["None", "None", stored]
        assert found(folder) == ["left_here", "None", stored]
        (folder / "kept/scratch").write_text("another start of the machine\n")
        assert found(folder) == ["None", "None", stored]
        (folder / "kept/postgres/PG_VERSION").write_text("9\n")
        refused = found(folder)
        assert refused[:2] == ["None", "None"]
        assert Path(refused[2]).name.startswith("csplatform-")


def test_a_second_run_meanwhile_has_a_folder_of_its_own() -> None:
    with own_folder() as folder:
        wait = "import sys; print('up', flush=True); sys.stdin.read()"
        command = [*("with", "--scratch", folder / "kept", "--", sys.executable, "-c", wait)]
        with subprocess.Popen(
            [sys.executable, "-m", "csplatform.embedded", *map(str, command)],
            env=clean_environment(TMPDIR=str(folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as first:
            assert first.stdout
            assert first.stdout.readline() == "up\n"
            second = found(folder)
            first.communicate()
        assert second[:2] == ["None", "None"]
        assert Path(second[2]).name.startswith("csplatform-")
        assert not Path(second[2]).exists()
        assert first.returncode == 0


@pytest.mark.skipif(
    "TMPDIR" in os.environ or not MEMORY.exists() or shutil.disk_usage(MEMORY).free < 2 * ROOM,
    reason="no room in memory for scratch data",
)
def test_where_memory_has_room_they_stay_there_until_their_checkout_is_gone() -> None:
    nothing = {"PYTHONUNBUFFERED": "1"}
    with own_folder() as folder:
        *first, place = found(folder, **nothing)
        assert (first, Path(place).parent) == (["None", "None"], MEMORY)
        assert found(folder, **nothing) == ["left_here", "None", place]
        assert not (folder / "kept").exists()
    with own_folder() as another:
        *_, left = found(another, **nothing)
        assert not Path(place).exists()
        shutil.rmtree(left)
