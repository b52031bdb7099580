"""What the columns of a kind are called: by us, by other programs, in our languages."""

import re
import unicodedata
from functools import cache

from django.conf import settings
from django.utils import translation

from accounts.imports.records import Column, Kind


def plain(name: str) -> str:
    """A name without case, marks and signs: “E-Mail Adresse” is “emailadresse”."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]|[\u0300-\u036f]", "", letters)


def names_of(kind: Kind, column: Column) -> set[str]:
    """A column's names, each made plain."""
    return {plain(one) for one in (column.name, *column.aliases, *labels(kind, column))}


def labels(kind: Kind, column: Column) -> set[str]:
    """What the column is called in our languages."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(str(kind.label_of(column)))
    return found


@cache
def all_names(kind: Kind) -> frozenset[str]:
    """The names of all columns of a kind, each made plain."""
    return frozenset().union(*(names_of(kind, column) for column in kind.columns))
