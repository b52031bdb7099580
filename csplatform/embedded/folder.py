"""The data folder: its lock, its secrets, its logs, and the note that says where servers listen."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
import time
from pathlib import Path

import psutil

from csplatform.embedded.account import account_for
from csplatform.embedded.binaries import major_version, postgres_folder
from csplatform.embedded.processes import Refused, marked, stop_strangers, working_in

LOG_LIMIT = 50_000_000
TEMPORARY = "csplatform-"
MADE_BY = "scratch"  # the note in a folder of scratch data
SERVER_PROGRAMS = ("postgres", "valkey", "redis")
MEMORY = Path("/dev/shm")  # noqa: S108 a folder of ours in it is made like any other temporary one
ROOM = 6 * 1024**3  # the proofs fill less than half of it
IN_MEMORY = "csplatform_scratch-"
KEPT_FOR = "kept_for"  # the note in a folder in memory: whose scratch data these are
FORGOTTEN_AFTER = 24 * 60 * 60  # seconds; memory is dear


class DataFolder:
    """One per supervisor: the lock stays until `close`."""

    def __init__(self, path: Path, *, reachable: bool = False) -> None:
        """`reachable`: a server that runs as somebody else has to get to its own part."""
        self.path = path.resolve()
        if not self.path.exists():
            self.path.mkdir(parents=True)
            self.path.chmod(0o711 if reachable else 0o700)
        (self.path / "log").mkdir(mode=0o700, exist_ok=True)
        self._lock = os.open(self.path / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._lock, 20).decode().strip()
            os.close(self._lock)
            raise Refused(
                f"Servers of {self.path} are running already (process {holder}). "
                "Stop them first, or name another folder with DATA=."
            ) from None
        os.truncate(self._lock, 0)
        os.write(self._lock, f"{os.getpid()}\n".encode())
        self._finish_what_a_killed_supervisor_left()

    def _finish_what_a_killed_supervisor_left(self) -> None:
        # The servers of this folder are found, and stopped gently, by those who know them.
        self.forget_servers()
        stop_strangers(marked(self.path))

    def close(self) -> None:
        self.forget_servers()
        os.close(self._lock)

    def log(self, name: str) -> Path:
        return self.path / "log" / f"{name}.log"

    def mail(self) -> Path:
        """The folder of what would be mailed: links in it let people in."""
        folder = self.path / "mail"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def secret(self, name: str) -> str:
        """Made once, then always the same: 64 characters."""
        file = self.path / name
        if not file.exists():
            self.write(name, secrets.token_urlsafe(48) + "\n")
        return file.read_text().strip()

    def renew_short_secret(self, name: str, *, shortest: int) -> bool:
        """Forget a secret that an older version made too short; whether there was one."""
        file = self.path / name
        short = file.exists() and len(file.read_text().strip()) < shortest
        if short:
            file.unlink()
        return short

    def write(self, name: str, text: str) -> None:
        """For our eyes only, and never half."""
        unfinished = self.path / f"{name}.new"
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(text)
        unfinished.replace(self.path / name)

    def tell_servers(self, note: dict[str, object]) -> None:
        self.write("servers.json", json.dumps(note, indent=2) + "\n")

    def forget_servers(self) -> None:
        (self.path / "servers.json").unlink(missing_ok=True)

    def shorten_logs(self) -> None:
        """Writers append, so a log can be copied aside and emptied under them."""
        for log in (self.path / "log").glob("*.log"):
            if log.stat().st_size > LOG_LIMIT:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)


def temporary_folder() -> Path:
    """A new one; those of supervisors that were killed are taken away."""
    place = _quickest_place()
    for left in place.glob(f"{TEMPORARY}*"):
        if left.stat().st_uid == os.geteuid() and time.time() - left.stat().st_mtime > 60:
            _remove_if_abandoned(left)
    made = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=place))
    if account_for(made / "postgres").owner:
        made.chmod(0o711)
    return made


def _quickest_place() -> Path:
    """Where TMPDIR says; else in memory where that has room: a database is thousands of files."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return Path(tempfile.gettempdir())
    free = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    return MEMORY if free > ROOM else Path(tempfile.gettempdir())


def scratch_folder(path: Path) -> Path:
    """The folder of databases that stay for the next run of `path` (the broker's do not).

    It is `path` itself or, where memory has room, one there. What was written without fsync is
    trusted only until the machine starts anew, and only by the same servers: else the folder is
    emptied. Where another run has it, nothing is changed.
    """
    place, made_by = _place_of_scratch(path), _made_by()
    note = place / MADE_BY
    if place.exists() and (not note.exists() or note.read_text() != made_by):
        _remove_if_abandoned(place)
    folder = DataFolder(place, reachable=account_for(place / "postgres").owner is not None)
    folder.write(MADE_BY, made_by)
    folder.write(KEPT_FOR, f"{path}\n")
    stop_strangers(working_in(place / "valkey", programs=SERVER_PROGRAMS))
    shutil.rmtree(place / "valkey", ignore_errors=True)
    folder.close()
    return place


def _place_of_scratch(path: Path) -> Path:
    if _quickest_place() != MEMORY:
        return path
    for left in MEMORY.glob(f"{IN_MEMORY}*"):
        if left.stat().st_uid == os.geteuid() and _is_forgotten(left / KEPT_FOR):
            _remove_if_abandoned(left)
    return MEMORY / f"{IN_MEMORY}{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"


def _is_forgotten(note: Path) -> bool:
    """Whether the scratch data are of a checkout that is gone, or no run used them for a day."""
    if not note.exists():
        return False
    whose = Path(note.read_text().strip())
    return not whose.parent.exists() or time.time() - note.stat().st_mtime > FORGOTTEN_AFTER


def _made_by() -> str:
    """This start of the machine, and the servers."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    started = boot.read_text().strip() if boot.exists() else str(psutil.boot_time())
    programs = postgres_folder()
    return f"{started} {programs} {major_version(programs / 'postgres')}\n"


def _remove_if_abandoned(path: Path) -> None:
    try:
        folder = DataFolder(path)
    except (Refused, OSError):
        return
    for part in ("postgres", "valkey"):
        stop_strangers(working_in(path / part, programs=SERVER_PROGRAMS))
    folder.close()
    shutil.rmtree(path, ignore_errors=True)
