"""The kinds of facts that can come in, from every floor: each app declares its own in `kinds.py`.

A new kind is a declaration there, and nothing else.
"""

from accounts.imports.records import Kind

KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Called once for each app, when Django starts."""
    KINDS.update({kind.name: kind for kind in kinds})
