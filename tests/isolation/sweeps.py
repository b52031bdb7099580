"""Send hostile parameters, and write down each answer that is a fault of ours."""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator

from csplatform.web.problems import PROBLEM
from tests.isolation.parameters import (
    VALUES,
    Target,
    all_at_once,
    hostile_arguments,
    one_of_django,
    some_hostile_queries,
)
from tests.isolation.walks import Walker, everything, traces

FINE = (200, 302, 400, 404, 422)
LONGEST = 30.0  # seconds, of both tries: the machine may have been busy with something else


@dataclass
class Sweep:
    """What came back: how many answers of each status, and what was wrong with them."""

    walker: Walker
    statuses: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def send_some(self, found: Sequence[Target], *, ours: int, shared: int, forms: int) -> None:
        """So many values for each parameter of a view of its own, of one that serves many kinds,
        and of a form or list of the admin, where all are set at once.
        """
        for place, target in enumerate(found):
            if target.of_admin:
                self.send(target, all_at_once(target, each=forms, begin=place * forms))
                self.send(target, one_of_django(target, turn=place))
            else:
                each = shared if target.is_shared else ours
                self.send(target, some_hostile_queries(target, each=each, begin=place * 5))

    def send_paths(self, found: Sequence[Target], *, urlconf: str, every: int) -> None:
        """One of so many values, in turn, for each argument of each path."""
        for place, target in enumerate(found):
            values = list(VALUES.values())[place % every :: every]
            paths = hostile_arguments(target.address, urlconf=urlconf, values=values)
            self.send(target, paths)

    def send(self, target: Target, paths: Iterable[str]) -> None:
        for path in paths:
            begun = time.monotonic()
            response: Any = self.walker.ask("GET", path)
            taken = time.monotonic() - begun
            self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
            found = [*_wrong(target, path, response), *self._too_slow(path, taken)]
            self.faults += [f"GET {path[:200]}: {what}" for what in found]

    @property
    def report(self) -> str:
        """The faults, a line each."""
        return "\n".join(self.faults)

    def _too_slow(self, path: str, taken: float) -> Iterator[str]:
        if taken > LONGEST:
            begun = time.monotonic()
            self.walker.ask("GET", path)
            if time.monotonic() - begun > LONGEST:
                yield f"{taken:.0f} s"


def _wrong(target: Target, path: str, response: Any) -> Iterator[str]:
    """Everything that is wrong with an answer."""
    if response.status_code not in FINE:
        raised = getattr(response, "exc_info", None)
        yield f"{response.status_code} {raised[1]!r:.300}" if raised else str(response.status_code)
    if _foreign(everything(response), on=response.wsgi_request.get_host()):
        yield "another tenant's rows"
    if target.address.is_for_programs:
        if response.status_code >= 400 and response.headers["Content-Type"] != PROBLEM:
            yield f"no problem, but {response.headers['Content-Type']}"
        if response.status_code == 200:
            yield from _passed_over(target, path)


def _foreign(text: str, *, on: str) -> bool:
    """Whether an answer holds what is another tenant's; operators may see what it is called."""
    if on.startswith("platform."):
        return "canary-globex." in text
    return bool(traces(text, of="globex"))


def _passed_over(target: Target, path: str) -> Iterator[str]:
    """Parameters whose value the description forbids, though all was answered."""
    query = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True, errors="replace"))
    for name, schema in target.described.items():
        if query.get(name) and not _fits(query[name], schema):  # empty: as if it were not there
            yield f"{name} is taken, against the description"


def _fits(text: str, schema: Any) -> bool:
    formats = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(schema, format_checker=formats)
    return bool(validator.is_valid(_typed(text, schema.get("type"))))


def _typed(text: str, kind: Any) -> Any:
    """What a text in an address is, where a number or a truth is wanted."""
    if kind == "integer" and re.fullmatch("-?[0-9]+", text, re.ASCII):
        return int(text[:400])
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text
