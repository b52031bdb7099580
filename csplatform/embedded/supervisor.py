"""Keeps servers and programs running: starts them in order, heals them, stops them in order."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from csplatform.embedded.folder import DataFolder
from csplatform.embedded.postgres import PostgreSQL
from csplatform.embedded.processes import Refused, Steps, pause, stop
from csplatform.embedded.valkey import Valkey

LONGEST_DELAY = 30.0
STEADY_AFTER = 60.0
LONGEST_START = 600.0  # after a crash PostgreSQL replays its journal first
Server = PostgreSQL | Valkey


class Program(Protocol):
    """What can be kept running. The servers are such, and so are web, worker and beat."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def steps(self) -> Steps: ...
    def launch(self) -> "subprocess.Popen[bytes]": ...
    def ready(self) -> bool: ...
    def stop_orphans(self) -> None: ...


@dataclass
class Kept:
    """A program that runs, and what is known of its failures."""

    program: Program
    process: "subprocess.Popen[bytes]"
    since: float
    failures: int = 0
    again_at: float = 0.0


class Supervisor:
    """Owns the processes; `stop` leaves none of them."""

    def __init__(self, *, data: DataFolder, stream: TextIO) -> None:
        self.data, self.stream = data, stream
        self.kept: list[Kept] = []
        self.servers: dict[str, Server] = {}

    def say(self, text: str, *, end: str = "\n") -> None:
        try:
            self.stream.write(text + end)
            self.stream.flush()
        except OSError:  # the reader has gone; the servers are still wanted
            self.stream = sys.stderr if self.stream is sys.stdout else self.stream

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A line that ends with the seconds it took."""
        begun = time.monotonic()
        self.say(f"{title} ... ", end="")
        try:
            yield
        except BaseException:
            self.say("")
            raise
        self.say(f"{time.monotonic() - begun:.1f} s")

    def start_server(self, key: str, server: Server) -> None:
        """`key` is the name of its address in servers.json and, in capitals, the environment."""
        self.servers[key] = server
        with self.step(f"Starting {server.title}"):
            self._await(self._keep(server))
            server.arrange()
        self._tell()

    def start_programs(self, programs: Sequence[Program]) -> None:
        with self.step("Starting " + ", ".join(program.title for program in programs)):
            started = [self._keep(program) for program in programs]
            for stored in started:
                self._await(stored)
        self._tell()

    def environment(self) -> dict[str, str]:
        return {key.upper(): server.url for key, server in self.servers.items()}

    def tend(self) -> None:
        """Wait a moment, then start again what has died and whose delay is over."""
        pause(0.5)
        for stored in self.kept:
            if stored.process.poll() is None:
                continue
            if not stored.again_at:
                self._note_death(stored)
            elif time.monotonic() >= stored.again_at:
                self._start_again(stored)
        self.data.shorten_logs()

    def stop(self) -> None:
        """Programs first, so that they can still finish with their servers."""
        servers = [stored for stored in self.kept if stored.program in self.servers.values()]
        programs = [stored for stored in self.kept if stored not in servers]
        stop(*[stored.process for stored in programs])
        for stored in servers:
            stop(stored.process, steps=stored.program.steps)
        for stored in self.kept:
            stored.program.stop_orphans()
        self.kept.clear()
        self.data.forget_servers()

    def _keep(self, program: Program) -> Kept:
        stored = Kept(program, program.launch(), time.monotonic())
        self.kept.append(stored)
        return stored

    def _await(self, stored: Kept) -> None:
        deadline = time.monotonic() + LONGEST_START
        while not stored.program.ready():
            if stored.process.poll() is not None or time.monotonic() > deadline:
                log = self.data.log(stored.program.name)
                raise Refused(f"{stored.program.title} does not start. From {log}:\n{tail(log)}")
            pause(0.02)

    def _note_death(self, stored: Kept) -> None:
        lived = time.monotonic() - stored.since
        stored.failures = 1 if lived > STEADY_AFTER else stored.failures + 1
        delay = 0.0 if stored.failures == 1 else min(LONGEST_DELAY, 2.0 ** (stored.failures - 2))
        stored.again_at = time.monotonic() + delay
        end = stored.process.returncode
        how = f"was ended by signal {-end}" if end < 0 else f"stopped with code {end}"
        when = f"in {delay:.0f} s" if delay else "now"
        log = self.data.log(stored.program.name)
        self.say(f"{stored.program.title} {how}; starting it again {when}. See {log}.")

    def _start_again(self, stored: Kept) -> None:
        stored.program.stop_orphans()
        try:
            stored.process = stored.program.launch()
        except (Refused, OSError) as failure:  # a full disk, a program that is being replaced
            self.say(f"{stored.program.title}: {failure}")
            self._note_death(stored)
            return
        stored.since, stored.again_at = time.monotonic(), 0.0
        self._tell()

    def _tell(self) -> None:
        addresses = {key: server.url for key, server in self.servers.items()}
        running = {stored.program.name: stored.process.pid for stored in self.kept}
        if addresses:
            self.data.tell_servers({**addresses, "pids": running})


def tail(log: Path, *, lines: int = 12) -> str:
    """The end of a log, indented."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])
