"""SQL text with its parameters, for what a queryset cannot express."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tenants.typing import AnyRows

PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Sql:
    """A SELECT, or a part of one."""

    text: str
    parameters: tuple[Any, ...] = ()

    @classmethod
    def around(cls, rows: "AnyRows | Sql", template: str) -> "Sql":
        """`template` with the rows in the place of {rows}."""
        return cls.filled(template, rows=compiled(rows))

    @classmethod
    def filled(cls, template: str, **parts: "Sql") -> "Sql":
        """`template` with each part in the place of its name in braces."""
        places = [parts[name] for name in PLACE.findall(template)]
        text = PLACE.sub(lambda place: parts[place[1]].text, template)
        return cls(text, tuple(value for part in places for value in part.parameters))

    @classmethod
    def joined(cls, separator: str, parts: "Iterable[Sql]") -> "Sql":
        """The parts one after the other."""
        parts = list(parts)
        return cls(
            separator.join(part.text for part in parts),
            tuple(value for part in parts for value in part.parameters),
        )


def compiled(values: "AnyRows | Sql") -> Sql:
    """Either kind, as text."""
    if isinstance(values, Sql):
        return values
    # Which row DISTINCT ON keeps is said by the order; of other rows it says nothing.
    rows = values if values.query.distinct_fields else values.order_by()
    text, parameters = rows.query.sql_with_params()
    return Sql(text, tuple(parameters))
