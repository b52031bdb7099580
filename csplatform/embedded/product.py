"""The product's own programs: web, worker and beat, and what has to run before them."""

import hashlib
import http.client
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from csplatform.embedded.folder import DataFolder
from csplatform.embedded.processes import (
    GENTLY,
    MARK,
    Refused,
    Steps,
    marked,
    pause,
    port_is_free,
    spawn,
    stop,
    stop_strangers,
)
from csplatform.embedded.supervisor import tail

ROOT = Path(__file__).resolve().parents[2]


class PythonProgram:
    """A module of the product's environment, kept running with its log in the data folder."""

    def __init__(
        self, name: str, *, data: DataFolder, env: Mapping[str, str], argv: Sequence[str]
    ) -> None:
        self.name = self.title = name
        self.steps: Steps = GENTLY
        self.data, self.argv = data, [sys.executable, "-m", *argv]
        self.env = {**env, MARK: str(data.path)}
        self.session = 0

    def launch(self) -> "subprocess.Popen[bytes]":
        process = spawn(self.argv, log=self.data.log(self.name), env=self.env, folder=ROOT)
        self.session = process.pid
        return process

    def ready(self) -> bool:
        return True

    def stop_orphans(self) -> None:
        """Its children are in its session, and outlive it when it was killed."""
        if self.session:
            stop_strangers(marked(self.data.path, session=self.session))


class Web(PythonProgram):
    """Ready when it answers, whatever it answers."""

    def __init__(self, *, data: DataFolder, env: Mapping[str, str], port: int) -> None:
        serving = ["-c", "csplatform/gunicorn.py", "-b", f"127.0.0.1:{port}"]
        argv = ["gunicorn", "csplatform.wsgi", *serving]
        super().__init__("web", data=data, env=env, argv=argv)
        self.port = port

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/", headers={"Host": "localhost"})
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def programs(*, data: DataFolder, env: Mapping[str, str], port: int) -> list[PythonProgram]:
    celery = ["celery", "-A", "csplatform"]
    beat = [*celery, "beat", "-s", str(data.path / "celerybeat-schedule"), "--pidfile="]
    return [
        _worker("worker", 2, data=data, env=env),
        _worker("interactive", 1, data=data, env=env),
        PythonProgram("beat", data=data, env=env, argv=beat),
        Web(data=data, env=env, port=port),
    ]


# A trial that a person waits for has a process of its own. Nights and long jobs share two: a
# tenant has one of each running at most, so no tenant's imports hold up another's night.
QUEUES = {"worker": "nights,jobs,celery", "interactive": "interactive"}


def _worker(
    name: str, processes: int, *, data: DataFolder, env: Mapping[str, str]
) -> PythonProgram:
    quiet = ["--without-mingle", "--without-gossip", "-l", "INFO"]
    serving = ["-n", f"{name}@%h", "-Q", QUEUES[name], "-c", str(processes)]
    argv = ["celery", "-A", "csplatform", "worker", *serving, *quiet]
    return PythonProgram(name, data=data, env=env, argv=argv)


def manage(*arguments: str, env: Mapping[str, str], log: Path | None) -> None:
    """Run a management command; with a log its words are shown only when it fails."""
    process = spawn([sys.executable, "manage.py", *arguments], log=log, env=env, folder=ROOT)
    try:
        while process.poll() is None:
            pause(0.5)
    finally:
        stop(process)
    if process.returncode:
        result = f" From {log}:\n{tail(log, lines=30)}" if log else ""
        raise Refused(f"manage.py {arguments[0]} failed (code {process.returncode}).{result}")


def collect_static_files(*, data: DataFolder, env: Mapping[str, str]) -> None:
    manage("collectstatic", "--noinput", env=env, log=data.log("collectstatic"))
    data.write("static.stamp", _static_files())


def static_files_changed(data: DataFolder) -> bool:
    """Since they were last collected: any file of the project's, or any package."""
    note = data.path / "static.stamp"
    collected = note.exists() and (data.path / "static").is_dir()
    return not collected or note.read_text() != _static_files()


def _static_files() -> str:
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    folders = [ROOT, *[package.parent for package in ROOT.glob("*/__init__.py")]]
    for file in sorted(file for folder in folders for file in folder.glob("static/**/*")):
        found = file.stat()
        digest.update(f"{file} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()


def refuse_a_taken_port(port: int) -> None:
    if not port_is_free(port):
        raise Refused(f"Port {port} of 127.0.0.1 is taken. Choose another one with PORT=.")


def settings_from_file() -> dict[str, str]:
    """What `.env` says, unless the environment says it already: the same as the settings do."""
    file = ROOT / ".env"
    lines = file.read_text().splitlines() if file.exists() else []
    pairs = [line.removeprefix("export ").split("=", 1) for line in lines if "=" in line]
    result = {key.strip(): value.strip().strip("'\"") for key, value in pairs if key[:1] != "#"}
    return result | dict(os.environ)
