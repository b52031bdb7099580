"""Supervisors in processes of their own, as `make` starts them, for tests to use and to hurt."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from csplatform.embedded.processes import free_port, lives

ROOT = Path(__file__).resolve().parents[2]
NAMED_BY_TESTS = ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "DATA", "DJANGO_SETTINGS_MODULE")


def clean_environment(**more: str) -> dict[str, str]:
    """Without the servers that this very test run was given."""
    stored = {key: value for key, value in os.environ.items() if key not in NAMED_BY_TESTS}
    return stored | more


def call(
    *arguments: str | Path, prefix: Sequence[str] = (), **more: str
) -> subprocess.CompletedProcess[str]:
    """python -m csplatform.embedded, to its end."""
    return subprocess.run(
        [*prefix, sys.executable, "-m", "csplatform.embedded", *arguments],
        cwd=ROOT,
        env=clean_environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that a server which runs as another user can enter too. No process outlives it."""
    folder = Path(tempfile.mkdtemp(prefix="cstest-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        for process in processes_of(folder):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        shutil.rmtree(folder)


class Supervised:
    """A supervisor that runs; `output` is what it has said."""

    def __init__(self, data: Path, *, verb: str = "serve", prefix: Sequence[str] = ()) -> None:
        self.data, self.port = data, free_port()
        self._said = data.parent / f"{data.name}.out"
        with self._said.open("w") as describe:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "csplatform.embedded", verb, "--data", str(data)],
                cwd=ROOT,
                env=clean_environment(PORT=str(self.port)),
                stdin=subprocess.DEVNULL,
                stdout=describe,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._said.read_text()

    @property
    def note(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "servers.json").read_text()))

    def until_ready(self, *, seconds: float = 240) -> "Supervised":
        wait_for(lambda: "Ready" in self.output, seconds=seconds, describe=lambda: self.output)
        return self

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(120)


@contextmanager
def started(data: Path, *, verb: str = "serve", prefix: Sequence[str] = ()) -> Iterator[Supervised]:
    supervised = Supervised(data, verb=verb, prefix=prefix)
    try:
        yield supervised.until_ready()
    finally:
        if supervised.process.poll() is None:
            supervised.process.terminate()
            supervised.process.wait(120)


def wait_for(
    append_only: Callable[[], bool], *, seconds: float = 60, describe: Callable[[], str] = str
) -> None:
    deadline = time.monotonic() + seconds
    while not append_only():
        assert time.monotonic() < deadline, f"not within {seconds} s: {describe()}"
        time.sleep(0.05)


def processes_of(data: Path) -> list[psutil.Process]:
    """Every live process with anything to do with a folder: its command, folder or environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            about = [*process.cmdline(), process.cwd(), *process.environ().values()]
            concerned = any(str(data) in text for text in about)
            if concerned and process.pid != os.getpid() and lives(process):
                found.append(process)
    return found


def names_of(data: Path) -> set[str]:
    """The names of those processes; one that ends while we look has none."""
    names = set()
    for process in processes_of(data):
        with suppress(psutil.NoSuchProcess):
            names.add(process.name())
    return names
