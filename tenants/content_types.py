"""Content types, remembered for each schema apart.

Django remembers them for the whole process. Their ids differ between schemas, and the threads of
a web server work in several tenants at once: one would write down what another has just read.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections


class BySchema(dict[Any, Any]):
    """What the manager keeps by database alias, kept by alias and schema."""

    def __getitem__(self, alias: str) -> object:
        return super().__getitem__(_place(alias))

    def setdefault(self, alias: str, default: object = None) -> object:
        return super().setdefault(_place(alias), default)


def _place(alias: str) -> tuple[str, str]:
    return alias, getattr(connections[alias], "schema_name", "")


def remember_by_schema() -> None:
    """Give the manager of content types a memory that knows whose they are."""
    manager: Any = ContentType.objects
    manager._cache = BySchema()
