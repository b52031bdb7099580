"""What every GET reads from its address, found by sending it, and hostile values for all of that.

A query that notes each name looked up in it finds the parameters: a new one is swept on the day it
is written.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import override_settings
from django.urls import resolve

from accounts.models import ApiKey
from tenants.context import inside
from tests.isolation.addresses import Address, addresses
from tests.isolation.walks import URLCONFS, Walker
from tests.isolation.worlds import ONLY_GLOBEX

ANY = "*"  # the view looked at all that there is
ORDINARY = "1"  # with the parameters that are known set to it, a view may look for further ones
MOST_ROUNDS = 4
NOT_SWEPT = ("account_logout",)  # the walker stays who it is

# By what they are: none of these may be a fault of ours, wherever it stands.
VALUES: dict[str, bytes] = {
    "nothing": b"",
    "a letter": b"x",
    "blanks": b"  \t ",
    "10,000 letters": b"x" * 10_000,
    "10,000 digits": b"9" * 10_000,
    "a NUL": b"a\0",
    "half a character": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe",
    "below nothing": b"-1",
    "zero": b"0",
    "a huge number": str(10**30).encode(),
    "beyond 64 bits": str(2**63).encode(),
    "beyond 32 bits": str(2**31).encode(),
    "a huge exponent": b"1e999999",
    "a tiny exponent": b"1e-999999999",
    "not a number": b"nan",
    "infinity": b"-Infinity",
    "no day of February": b"2024-02-30",
    "year 0": b"0000-01-01",
    "the last year": b"9999-12-31",
    "year 10000": b"10000-01-01",
    "a moment": b"2024-06-30T23:59:60+99:99",
    "a month": b"2024-13",
    "Arabic digits": "\u0661\u0662".encode(),
    "a day in Persian digits": "\u06f1\u06f4\u06f0\u06f3-\u06f0\u06f1-\u06f0\u06f1".encode(),
    "emoji and marks": "\U0001f469\u200d\U0001f4bb\u202e\u200f".encode(),
    "nested JSON": b"[" * 1_000,
    "a deep object": b'{"a":' * 1_000,
    "an unknown account": b"account:x",
    "account 0": b"account:0",
    "another tenant's account": f"account:{ONLY_GLOBEX}".encode(),
    "another tenant's id": str(ONLY_GLOBEX).encode(),
    "another tenant's id, inner": f"id:{ONLY_GLOBEX}".encode(),
    "another tenant's name": b"only-globex",
    "an empty segment": b"segment:",
    "an unknown dimension": b"shoe_size:44",
    "a NUL in a segment": b"industry:\0",
    "a long segment": b"plan:" + b"x" * 10_000,
    "a segment of half a character": b"owner_email:\xed\xa0\x80",
    "a cursor": b"cffffffffffffffff",
    "a cursor of the last row": b"c7fffffffffffffff",
    "a quote": b"' OR 1=1 --",
    "signs of a pattern": b"%_\\(((((",
    "a name of Python": b"__class__",
    "columns of a list": b"1.-2.99.x",
    "ids, comma between": b"1,x,900000",
    "a list": b"[1, 2]",
}
# Names of which one begins a range that the other ends.
RANGES = (("from", "to"), ("first", "last"))
SPANS = (
    (b"2024-06-30", b"2024-01-01"),
    (b"1900-01-01", b"2199-12-31"),
    (b"1900-01-01", b"2200-01-01"),
    (b"0001-01-01", b"9999-12-31"),
)
PERIODS = (b"day", b"week", b"month", b"quarter", b"year", b"trailing_30d", b"trailing_12m")


class NotedQuery(QueryDict):
    """A query that notes the names looked up in it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.names: set[str] = set()
        super().__init__(*args, **options)
        self.names = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().getlist(key, default)

    def lists(self) -> Any:
        self.names.add(ANY)
        return super().lists()

    def items(self) -> Any:
        self.names.add(ANY)
        return super().items()


class NotingMiddleware:
    """Notes on each answer which names its view looked up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = NotedQuery(request.META["QUERY_STRING"])
        request.GET = query  # type: ignore[assignment]  # its stubs know two kinds only
        response = self.get_response(request)
        response.names_read = query.names  # type: ignore[attr-defined]
        return response


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address with the parameters that it reads, and what the API says of each."""

    address: Address
    names: tuple[str, ...]
    described: Mapping[str, Any] = field(default_factory=dict)

    @property
    def of_admin(self) -> bool:
        return self.address.view.startswith("admin:")

    @property
    def is_shared(self) -> bool:
        """Whether one view serves all kinds of facts here."""
        return self.address.view.endswith(("-list", "-object", "-bulk"))


def targets_of_acme(walker: Walker) -> list[Target]:
    """Those of a tenant's host; a spare key is changed nowhere, but looked at."""
    with inside("acme"):
        key = ApiKey.objects.get(name__contains="spare").prefix
    of_views = {f"admin:accounts_apikey_{view}": key for view in ("history", "delete", "change")}
    return targets(walker, addresses(URLCONFS["acme"], of_views=of_views))


def targets(walker: Walker, found: Sequence[Address]) -> list[Target]:
    """The addresses that answer to a GET, each with what it reads."""
    schema = {} if walker.slug == "platform" else _description(walker)
    noting = Walker(walker.slug, walker.name, user=walker.user)
    with override_settings(MIDDLEWARE=[f"{__name__}.NotingMiddleware", *settings.MIDDLEWARE]):
        known = ((one, _names_at(noting, one.path)) for one in found if one.view not in NOT_SWEPT)
        return [
            Target(
                address=one,
                names=tuple(sorted({*names, *(described := _described(schema, one))})),
                described=described,
            )
            for one, names in known
            if names is not None
        ]


def _description(walker: Walker) -> dict[str, Any]:
    """The GETs of the API by their path as a pattern, with their parameters by name."""
    answer = walker.ask("GET", "/api/v1/schema/?format=json")
    return {
        re.sub("{[^/]+}", "[^/]+", path): {
            one["name"]: one["schema"]
            for one in methods["get"].get("parameters", [])
            if one.get("in") == "query"
        }
        for path, methods in json.loads(answer.content)["paths"].items()
        if "get" in methods
    }


def _described(schema: dict[str, Any], address: Address) -> dict[str, Any]:
    # "bulk" and the like stand before the pattern of any object.
    fitting = [path for path in schema if re.fullmatch(path, address.path)]
    return schema[min(fitting, key=lambda path: path.count("[^/]+"))] if fitting else {}


def _names_at(walker: Walker, path: str) -> set[str] | None:
    """The names that an address reads, at first and once those are there; None: it has no GET."""
    names: set[str] = set()
    for _round in range(MOST_ROUNDS):
        query = "&".join(f"{name}={ORDINARY}" for name in sorted(names))
        response: Any = walker.ask("GET", f"{path}?{query}" if query else path)
        if not names and response.status_code in (403, 405):
            return None
        found = (response.names_read | _offered(response)) - {ANY}
        if found <= names:
            break
        names |= found
    return names


def _offered(response: Any) -> set[str]:
    """Where a view of the admin looks at all: what its list and its form know."""
    context = response.context
    if ANY not in response.names_read or context is None:
        return set()
    names = set()
    if "cl" in context:
        specs = context["cl"].filter_specs
        names |= {"o", *(name for spec in specs for name in spec.expected_parameters())}
        hierarchy = context["cl"].date_hierarchy
        names |= {f"{hierarchy}__{part}" for part in ("year", "month", "day") if hierarchy}
    if "adminform" in context:
        names |= set(context["adminform"].form.fields)
    return names


def some_hostile_queries(target: Target, *, each: int, begin: int) -> Iterator[str]:
    """A few values for each parameter, in turn, so that all of them occur."""
    values = list(VALUES.values())
    for place, name in enumerate(target.names):
        first = begin + place * each
        for turn in range(first, first + each):
            yield _query(target, {name: values[turn % len(values)]})
        if each > 1:
            yield f"{target.address.path}?{name}=x&{name}=1&{name}="
    yield from _ranges(target)


def all_at_once(target: Target, *, each: int, begin: int) -> Iterator[str]:
    """A few values for all parameters at once: for what reads all of them before it judges any."""
    values = list(VALUES.values())
    names = [name for name in target.names if not name.startswith("_")]
    for turn in range(begin, begin + each) if names else ():
        short = values[turn % len(values)][:300]
        yield _query(target, dict.fromkeys(names, short))


def one_of_django(target: Target, *, turn: int) -> Iterator[str]:
    """One value for one of the parameters that are the same in all of the admin, in turn."""
    names, values = [one for one in target.names if one.startswith("_")], list(VALUES.values())
    if names:
        value = values[turn // len(names) % len(values)]
        yield _query(target, {names[turn % len(names)]: value})


def _query(target: Target, values: Mapping[str, bytes]) -> str:
    query = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in values.items())
    return f"{target.address.path}?{query}"


def _ranges(target: Target) -> Iterator[str]:
    """Ranges that are reversed, or far too long, with every period there is."""
    path, names = target.address.path, target.names
    endings = [(one, one.removesuffix("_from") + "_to") for one in names if one.endswith("_from")]
    for first, last in (*RANGES, *endings):
        if {first, last} <= {*names}:
            for begins, ends in SPANS:
                query = f"{path}?{first}={begins.decode()}&{last}={ends.decode()}"
                periods = PERIODS if "period" in names else (b"",)
                yield from (f"{query}&period={one.decode()}" if one else query for one in periods)


def hostile_arguments(address: Address, *, urlconf: str, values: Sequence[bytes]) -> Iterator[str]:
    """The path with each segment that an argument fills set to each of the values."""
    segments = address.path.split("/")
    filled = {str(value) for value in resolve(address.path, urlconf).kwargs.values()}
    for place, segment in enumerate(segments):
        if segment in filled:
            for value in values:
                written = quote_from_bytes(value or b" ", safe="")
                yield "/".join([*segments[:place], written, *segments[place + 1 :]])
