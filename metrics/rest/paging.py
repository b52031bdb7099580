"""Pages of lists that are sorted by whatever was asked for: a cursor is how far one has come."""

from collections.abc import Mapping
from typing import Any

from accounts.rest.reading import cursor_of, limit_of, place_of, wants_count
from tenants.typing import AnyRows, Json


def page(rows: AnyRows, query: Mapping[str, str]) -> tuple[list[Any], Json]:
    """The rows of a page, and what the answer says of the pages."""
    limit, start = limit_of(query.get("limit", "")), place_of(query.get("cursor", ""))
    found = list(rows[start : start + limit + 1])
    more = len(found) > limit
    about = {"next_cursor": cursor_of(start + limit) if more else None, "has_more": more}
    return found[:limit], about | ({"count": rows.count()} if wants_count(query) else {})
