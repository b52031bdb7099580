"""The proxy of compose.yaml: it takes in whole requests, so that slow clients stop nobody."""

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.product import ROOT, Product, free_port, wait_for

NGINX = Path("/usr/sbin/nginx")
pytestmark = pytest.mark.skipif(not NGINX.exists(), reason="LEFT OUT: no nginx here")
HALF_A_HEADER = b"GET /login/ HTTP/1.1\r\nHost: acme.localhost\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /api/v1/accounts/ HTTP/1.1\r\nHost: acme.localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
)


@contextmanager
def proxy(*, web: int) -> Iterator[int]:
    """Nginx by the template that the container uses, in front of a web server; yields its port."""
    port = free_port()
    template = (ROOT / "deploy/nginx.conf.template").read_text()
    server = template.replace("${WEB}", f"127.0.0.1:{web}").replace("8080", f"127.0.0.1:{port}")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o777)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        (folder / "nginx.conf").write_text(
            f"pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;"
            f"events {{ worker_connections 1024; }}"
            f"http {{ access_log off; {paths} {server} }}"
        )
        process = subprocess.Popen([str(NGINX), "-c", str(folder / "nginx.conf"), "-p", name])
        try:
            wait_for(Product(database="", folder=folder, port=port).answers, seconds=10)
            yield port
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def port(served: Product) -> Iterator[int]:
    """The proxy's, with the product's web server behind it."""
    with proxy(web=served.port) as port:
        yield port


def ask(port: int, path: str, *, host: str = "acme.localhost") -> tuple[int, float]:
    """Status of a page, and how many seconds it took."""
    begun = time.monotonic()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, time.monotonic() - begun


@pytest.mark.parametrize(("clients", "sent"), [(24, HALF_A_HEADER), (200, b""), (200, HALF_A_BODY)])
def test_others_are_answered_while_slow_clients_hold_their_connections(
    port: int, clients: int, sent: bytes
) -> None:
    ask(port, "/login/")
    with ExitStack() as connections:
        for _client in range(clients):
            client = socket.create_connection(("127.0.0.1", port))
            connections.enter_context(client)
            client.sendall(sent)
        taken = [ask(port, "/login/") for _time in range(5)]
        assert [status for status, _seconds in taken] == [200] * 5
        assert max(seconds for _status, seconds in taken) < 5


def test_a_client_that_never_ends_its_header_is_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(20)
        client.sendall(HALF_A_HEADER)
        begun = time.monotonic()
        with suppress(ConnectionResetError):
            assert b"200 OK" not in client.recv(1000)
        assert time.monotonic() - begun < 15


def test_health_and_readiness_are_asked_through_it(port: int) -> None:
    assert ask(port, "/healthz", host="monitor")[0] == 200


def test_a_large_upload_reaches_the_product_whole(port: int) -> None:
    body = b"{" + b" " * 3_000_000
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/accounts/",
        data=body,
        headers={"Host": "acme.localhost", "Content-Type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError) as problem:
        urllib.request.urlopen(request, timeout=30)
    assert problem.value.code == 401
    assert os.path.basename(problem.value.url.rstrip("/")) == "accounts"
