"""Starting, stopping and recognising processes; signals that wait until it is safe to act."""

import ctypes
import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "CSPLATFORM_SUPERVISED_IN"
PR_SET_PDEATHSIG = 1
Steps = Sequence[tuple[signal.Signals, float]]
GENTLY: Steps = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))


class Refused(Exception):
    """What was asked cannot be done; the text says why, and nothing was changed."""


class Stopped(Exception):
    """Somebody asked this process to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


_asked_to_stop: list[int] = []
_wake_up: list[int] = []


def listen_for_signals() -> None:
    """From now on a signal to stop is noted, and raised as Stopped by the next `pause`."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    _wake_up[:] = [reading]
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Under nohup the terminal's end is to be survived.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _frame: _asked_to_stop.append(number))
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # ends a pause early


def pause(seconds: float) -> None:
    """Wait until the time is over or a child has died; raise Stopped if that was asked for."""
    if not _asked_to_stop:
        select.select(_wake_up, [], [], seconds)
        with suppress(BlockingIOError):
            for reading in _wake_up:
                os.read(reading, 4096)
    if _asked_to_stop:
        raise Stopped(_asked_to_stop.pop(0))


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path | None,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
    owner: tuple[int, int] | None = None,
    on_orphaned: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program that the kernel ends when this process dies.

    With a log it gets a session of its own, so that Ctrl-C reaches the supervisor alone, which
    then stops everything in order. Without one it shares the terminal. `owner` is (uid, gid).
    """
    uid, gid = owner or (None, None)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else None
    try:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if log else None,
            stdout=output,
            stderr=output,
            env=env,
            cwd=folder,
            start_new_session=log is not None,
            user=uid,
            group=gid,
            extra_groups=None if uid is None else [],
            preexec_fn=_die_with_parent(on_orphaned),
        )
    finally:
        if output is not None:
            os.close(output)


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    parent, prctl = os.getpid(), ctypes.CDLL(None).prctl

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def stop(*processes: subprocess.Popen[bytes], steps: Steps = GENTLY) -> None:
    """All together, signal by signal, each with its seconds. What has ended gets none."""
    for number, patience in steps:
        deadline = time.monotonic() + patience
        for process in processes:
            process.send_signal(number)
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        if all(process.poll() is not None for process in processes):
            return


def stop_strangers(processes: Sequence[psutil.Process], *, steps: Steps = GENTLY) -> None:
    """The same for processes that are not our children. psutil never signals a reused pid."""
    for number, patience in steps:
        deadline = time.monotonic() + patience
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        while any(map(lives, processes)) and time.monotonic() < deadline:
            time.sleep(0.05)


def lives(process: psutil.Process) -> bool:
    """Whether it still does anything. In a container nobody may ever bury the dead."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def working_in(folder: Path, *, programs: Sequence[str]) -> list[psutil.Process]:
    """Live processes of these programs whose working folder this is: servers of this data."""
    home = str(folder.resolve())
    return [
        process
        for process in psutil.process_iter(["name", "cwd", "status"])
        if process.info["cwd"] == home
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and str(process.info["name"]).startswith(tuple(programs))
    ]


def marked(data: Path, *, session: int | None = None) -> list[psutil.Process]:
    """Live processes that a supervisor of this data folder started, or their children."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            ours = process.environ().get(MARK) == str(data)
            if ours and session in (None, os.getsid(process.pid)):
                found.append(process)
    return [process for process in found if process.pid != os.getpid() and lives(process)]


def free_port() -> int:
    """A port below those that the system hands out by itself: nobody takes it in a restart."""
    for _ in range(200):
        port = random.randint(20_000, 32_000)  # noqa: S311  (no secret)
        if port_is_free(port):
            return port
    raise Refused("No free port was found on 127.0.0.1.")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
