"""Values that nobody means, where they can be typed in, and which addresses break on them."""

from collections.abc import Iterable

from django.test import Client

PAGES = (
    *("book", "account", "kpis", "kpi", "cohorts", "cohort", "goals", "revenue", "lifetime"),
    *("api:kpis", "api:kpi", "api:series", "api:rows", "api:scorecards", "api:scorecard"),
)
BAD = {
    "nul": "\0",
    "nul within": "a\0b",
    "surrogate": b"\xed\xa0\x80".decode("latin-1"),
    "not utf-8": "%ff%fe",
    "long": "9" * 5000,
    "negative": "-1",
    "huge": "99999999999999999999",
    "infinite": "1e999",
    "nan": "NaN",
    "quote": "'\"><script>",
    "lookup": "__class__",
    "empty": "",
    "arabic": "٢٠٢٤-٠٦-٣٠",
}
OF_PAGES = ("date", "period", "segment", "variant", "part", "page", "q", "status", "sort", "lang")
OF_PROGRAMS = ("cursor", "limit", "q")
OF_LISTS = (
    *("q", "p", "o", "e", "all", "_popup", "_to_field", "_changelist_filters", "day__year"),
    *("id__exact", "segment", "status", "role", "scope", "period", "is_test__exact"),
)


def failing(
    client: Client, paths: list[str], names: Iterable[str], value: str | bytes
) -> list[str]:
    """The addresses that break when one of the names has the value."""
    client.raise_request_exception = False
    return [
        f"{path}?{name}"
        for path in paths
        for name in names
        if client.get(path, {name: value}).status_code >= 500
    ]


def failing_with_all(
    client: Client, paths: list[str], names: Iterable[str], value: str | bytes
) -> list[str]:
    """The addresses that break when all of the names have the value."""
    client.raise_request_exception = False
    query = dict.fromkeys(names, value)
    return [path for path in paths if client.get(path, query).status_code >= 500]
