"""Browsers at addresses of their own, and how one logs in with them."""

from itertools import count
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from tests import cast

NEW_PASSWORD = "an entirely new passphrase"
_numbers = count(1)


def browser(*, slug: str = "acme", **headers: str) -> Client:
    """A browser at an address of its own: limits are kept by address."""
    number, run = next(_numbers), uuid4().int
    address = f"10.{run % 200 + 20}.{run // 200 % 250}.{number % 250 + 1}"
    return Client(headers={"host": f"{slug}.localhost", **headers}, REMOTE_ADDR=address)


def log_in(client: Client, email: str, password: str = cast.PASSWORD) -> HttpResponse:
    return client.post("/login/", {"login": email, "password": password})  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return client.get("/cohorts/").status_code == 200
