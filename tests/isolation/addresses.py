"""Every address of a URLconf, nested ones and the admin's included, with a path that reaches it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.urls import ResolverMatch, URLResolver, get_resolver, resolve
from django.utils.regex_helper import normalize

from accounts.capabilities import Capability
from csplatform.web.permissions import TABLE

# An example of every argument in any address. A new name must be added here, or the walk fails.
ARGUMENTS = {
    "pk": "1",
    "id": "id:1",
    "key": "mrr",
    "kind": "accounts",
    "account": "id:1",
    "cohort": "2024-01",
    "month": "2024-06",
    "object_id": "1",
    "content_type_id": "1",
    "app_label": "accounts",
    "url": "nowhere",
    "uidb36": "1",
}


@dataclass(frozen=True)
class Address:
    """A view's name, as the resolver says it, and a path at which it answers."""

    view: str
    path: str

    @property
    def is_for_programs(self) -> bool:
        return self.path.startswith("/api/")


def addresses(urlconf: str, *, of_views: Mapping[str, str] | None = None) -> list[Address]:
    """All addresses; `of_views` gives the object id of views whose objects have no number."""
    return [
        Address(view=view, path=_path(view, regex, of_views or {}))
        for view, regex in _patterns(get_resolver(urlconf), (), "")
    ]


def _patterns(
    resolver: URLResolver, namespaces: tuple[str, ...], before: str
) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        regex = before + pattern.pattern.regex.pattern.removeprefix("^")
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _patterns(pattern, inner, regex)
        else:
            match = ResolverMatch(
                pattern.callback, (), {}, url_name=pattern.name, namespaces=list(namespaces)
            )
            yield match.view_name, regex


def _path(view: str, regex: str, of_views: Mapping[str, str]) -> str:
    template, names = normalize(regex)[0]
    arguments: dict[str, Any] = {}
    for name in names:
        if name not in ARGUMENTS:
            raise LookupError(f"{view} takes {name!r}: give an example of it in ARGUMENTS")
        arguments[name] = ARGUMENTS[name]
    if "object_id" in arguments:
        arguments["object_id"] = of_views.get(view, arguments["object_id"])
    return "/" + template % arguments


def shadowed(found: list[Address], urlconf: str) -> list[Address]:
    """Addresses whose path is answered by another view: the walk would miss them."""
    return [one for one in found if resolve(one.path, urlconf).view_name != one.view]


def rule_of(view: str) -> dict[str, Capability] | None:
    """The rule of a view, read from the table anew: not with the code that is under test."""
    return TABLE.get(name_of_rule(view))


def name_of_rule(view: str) -> str:
    """The line of the table about a view: its own, else the first pattern; else empty."""
    if view in TABLE:
        return view
    return next((name for name in TABLE if "*" in name and fnmatchcase(view, name)), "")


def unlisted(found: list[Address]) -> list[str]:
    """Views about which the table says nothing."""
    return sorted({one.view for one in found if rule_of(one.view) is None})
