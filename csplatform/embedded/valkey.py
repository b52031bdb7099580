"""A Valkey (or Redis) of our own in the data folder, listening on 127.0.0.1 only."""

import socket
import subprocess

from csplatform.embedded.binaries import major_version, valkey_program
from csplatform.embedded.folder import SERVER_PROGRAMS, DataFolder
from csplatform.embedded.processes import GENTLY, free_port, spawn, stop_strangers, working_in

# Tasks are kept on disk and never thrown away for want of memory. `dir` is where it is started.
SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir ./
appendonly yes
appendfsync {fsync}
maxmemory-policy noeviction
save ""
daemonize no
"""


class Valkey:
    """Started by `launch`, in use after `ready` has said yes."""

    name = "valkey"
    steps = GENTLY

    def __init__(self, *, data: DataFolder, durable: bool) -> None:
        self.data, self.durable = data, durable
        self.folder = data.path / "valkey"
        self.program = valkey_program()
        kind = "Redis" if "redis" in self.program.name else "Valkey"
        self.title = f"{kind} {major_version(self.program)}"
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://:{self.data.secret('broker_password')}@127.0.0.1:{self.port}/0"

    def launch(self) -> "subprocess.Popen[bytes]":
        self.stop_orphans()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        password = self.data.secret("broker_password")
        fsync = "everysec" if self.durable else "no"
        settings = SETTINGS.format(port=self.port, password=password, fsync=fsync)
        self.data.write("valkey.conf", settings)
        return spawn(
            [self.program, self.data.path / "valkey.conf"],
            log=self.data.log(self.name),
            folder=self.folder,
        )

    def ready(self) -> bool:
        """An answer to PING: while it still loads its file it answers, but with an error."""
        password = self.data.secret("broker_password")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as talk:
                talk.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                with talk.makefile("rb") as answers:
                    return [answers.readline(), answers.readline()][1].startswith(b"+PONG")
        except OSError:
            return False

    def arrange(self) -> None:
        """Nothing to arrange: its settings are all in the file that it was started with."""

    def stop_orphans(self) -> None:
        stop_strangers(working_in(self.folder, programs=SERVER_PROGRAMS))
