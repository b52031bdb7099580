"""A program that talks to Acme's REST API with a key."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import ApiKey
from tenants.context import inside


class Program:
    """Sends JSON, and keeps the last answer."""

    def __init__(self, *, slug: str = "acme", scope: str = "write") -> None:
        with inside(slug):
            _row, key = ApiKey.objects.create_key(name=f"{scope} key", scope=scope)
        self.client = Client(
            headers={"host": f"{slug}.localhost", "authorization": f"Bearer {key}"},
            raise_request_exception=False,
        )
        self.last: HttpResponse

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of the answer; the answer itself is `last`."""
        content = "" if body is None else json.dumps(body)
        self.last = self.client.generic(  # type: ignore[assignment]  # its typed twin
            method,
            f"/api/v1/{path}",
            content,
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        return json.loads(self.last.content) if self.last.content else None

    @property
    def status(self) -> int:
        return int(self.last.status_code)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Code and pointer of what was wrong."""
        return [(one["code"], one["pointer"]) for one in json.loads(self.last.content)["errors"]]
