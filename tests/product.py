"""The product as its users have it: its own processes, over a database of the test's own."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import redis
from django.conf import settings

from tests.databases import url_of

ROOT = Path(__file__).parent.parent
BROKER = str(settings.BROKER_URL).rsplit("/", 1)[0]
OWNER = "test-that-owns-this-number"


@contextmanager
def own_broker() -> Iterator[int]:
    """The number of a broker's database that no other test run uses meanwhile."""
    for number in range(2, 16):
        broker = redis.Redis.from_url(f"{BROKER}/{number}")
        if broker.set(OWNER, token_hex(), nx=True, ex=3600):
            try:
                yield number
            finally:
                broker.flushdb()
                broker.close()
            return
        broker.close()
    raise RuntimeError("every database of the broker is in use")


@dataclass
class Product:
    """Commands, a web server and workers, all told by the environment where their database is."""

    database: str
    folder: Path
    port: int = 0
    broker_number: int = 1
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.port = self.port or free_port()
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "csplatform.settings",
            "DATABASE_URL": url_of(self.database),
            "BROKER_URL": f"{BROKER}/{self.broker_number}",
            "SECRET_KEY": "for-tests-only-" * 5,
            "TENANT_ROLE_PREFIX": settings.TENANT_ROLE_PREFIX,
            "DATA": str(self.folder),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            # Figures come from the nights that a test runs; see `test_first_hour`.
            "SHORT_NIGHT_AFTER_SECONDS": "0",
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command, to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def process(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process of the product beside the test; it is ended with the block."""
        log = self.folder / f"{arguments[0]}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextmanager
    def web(self) -> Iterator[None]:
        """The web server, once it answers."""
        self.environment["STATIC_ROOT"] = static_files()
        server = ("gunicorn", "csplatform.wsgi", "-c", "csplatform/gunicorn.py", "-w", "1")
        with self.process(*server, "-b", f"127.0.0.1:{self.port}"):
            wait_for(self.answers, seconds=120)
            yield

    def worker(self) -> Any:
        return self.process("celery", "-A", "csplatform", "worker", "-c", "1", "--without-mingle")

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def get(self, path: str, *, slug: str, key: str = "") -> tuple[int, Any]:
        """Status and JSON of an address, asked for as a program would."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Host": f"{slug}.localhost"}
        )
        if key:
            request.add_header("Authorization", f"Bearer {key}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as problem:
            return problem.code, json.load(problem)


@cache
def static_files() -> str:
    """Their folder, collected once in a process: all products serve the same, and only read it."""
    folder = tempfile.mkdtemp(prefix="cstest-static-")
    atexit.register(shutil.rmtree, folder)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "csplatform.settings"}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment | {"STATIC_ROOT": folder}, check=True)
    return folder


def wait_for(condition: Any, *, seconds: float) -> None:
    """Until `condition()` is true; fails when it does not become so in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} seconds: {condition}")
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
