"""A small application for the web server: it says how much came, waits, or answers at length."""

import time
from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    read = len(environ["wsgi.input"].read())
    start("200 OK", [("Content-Type", "text/plain")])
    if path == "/slow":
        time.sleep(2)
    if path == "/long":
        return (b"x" * 1_000_000 for _ in range(30))
    return [f"{read} {environ.get('HTTP_X_FORWARDED_PROTO', '')}".encode()]
