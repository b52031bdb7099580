"""The web server by itself: whoever is slow holds up nobody, and is sent away in time."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from tests.csplatform.supervisors import ROOT, clean_environment
from tests.product import free_port, wait_for

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
SHORT = {"WEB_HEADER_SECONDS": "2", "WEB_IDLE_SECONDS": "3", "WEB_UNFINISHED_BYTES": "3000000"}


@contextmanager
def server(**settings: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """One process with two threads; its port and itself."""
    port = free_port()
    command = ["gunicorn", "tests.csplatform.slow_app", "-c", "csplatform/gunicorn.py"]
    environment = clean_environment(
        WEB_CONCURRENCY="1",
        WEB_THREADS="2",
        DJANGO_SETTINGS_MODULE="csplatform.settings",
        **settings,
    )
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "-b", f"127.0.0.1:{port}"], cwd=ROOT, env=environment
    )
    try:
        wait_for(lambda: answers(port), seconds=30)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with server(**SHORT) as (port, _process):
        yield port


def answers(port: int) -> bool:
    with suppress(OSError):
        return ask(port, HEAD + b"\r\n").endswith(b"\r\n\r\n0 ")
    return False


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=15)


def ask(port: int, request: bytes) -> bytes:
    """Send a request, and read until the answer is whole or the connection is closed."""
    with connect(port) as talk:
        talk.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        return read(talk)


def read(talk: socket.socket) -> bytes:
    parts = []
    with suppress(ConnectionError):
        while part := talk.recv(1_000_000):
            parts.append(part)
    return b"".join(parts)


def seconds_until_closed(talk: socket.socket) -> float:
    begun = time.monotonic()
    read(talk)
    return time.monotonic() - begun


SLOW = {
    "silent": (200, b""),
    "half a head": (100, HEAD),
    "half a body": (100, POST % 1000 + b"x" * 10),
    "never reading": (20, b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n"),
}


@pytest.mark.long
@pytest.mark.parametrize("way", SLOW)
def test_many_slow_clients_hold_up_nobody_and_are_sent_away(port: int, way: str) -> None:
    number, sent = SLOW[way]
    with ExitStack() as held:
        slow = [held.enter_context(connect(port)) for _ in range(number)]
        for talk in slow:
            talk.sendall(sent)
        time.sleep(0.5)
        begun = time.monotonic()
        assert answers(port)
        assert time.monotonic() - begun < 2
        if way == "never reading":
            time.sleep(5)
            assert len(read(slow[-1])) < 30_000_000
        else:
            assert seconds_until_closed(slow[-1]) < 10


def test_who_sends_a_byte_now_and_then_is_sent_away_too(port: int) -> None:
    with connect(port) as talk:
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - begun < 15:
                talk.sendall(b"GET / HTTP/1.1\r\nX: "[:1])
                time.sleep(0.3)
        assert 1.5 < time.monotonic() - begun < 8


def test_a_client_that_is_slow_and_goes_on_is_served(port: int) -> None:
    with connect(port) as talk:
        talk.sendall((POST % 8000).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        for _ in range(8):
            talk.sendall(b"x" * 1000)
            time.sleep(0.5)
        assert read(talk).endswith(b"8000 ")


def test_a_large_body_comes_whole(port: int) -> None:
    assert ask(port, POST % 2_000_000 + b"x" * 2_000_000).endswith(b"2000000 ")


def test_unfinished_bodies_together_are_bounded(port: int) -> None:
    with ExitStack() as held:
        slow = [held.enter_context(connect(port)) for _ in range(3)]
        for talk in slow:
            talk.sendall(POST % 2_000_000 + b"x" * 1_400_000)
            time.sleep(0.2)
        assert seconds_until_closed(slow[-1]) < 2.5  # before it is late


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (HEAD + b"X: " + b"x" * 40_000 + b"\r\n\r\n", b"431"),
        (POST % 600_000_000, b"413"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
    ],
)
def test_what_is_too_large_or_ambiguous_is_refused(
    port: int, request_: bytes, status: bytes
) -> None:
    assert ask(port, request_).split(b" ")[1] == status


def test_what_a_proxy_says_reaches_the_application(port: int) -> None:
    assert ask(port, HEAD + b"X-Forwarded-Proto: https\r\n\r\n").endswith(b"0 https")


def test_a_request_that_has_begun_is_answered_before_the_server_stops() -> None:
    with server() as (port, process), connect(port) as talk:
        talk.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        time.sleep(0.5)
        process.terminate()
        assert read(talk).endswith(b"\r\n\r\n0 ")
        assert process.wait(10) == 0
