"""SQL text with its parameters, for the few measures that a queryset cannot express."""

from dataclasses import dataclass
from typing import Any

from tenants.typing import AnyRows


@dataclass(frozen=True)
class Sql:
    """A SELECT."""

    text: str
    parameters: tuple[Any, ...] = ()

    @classmethod
    def around(cls, rows: "AnyRows | Sql", template: str) -> "Sql":
        """`template` with the rows in the place of {rows}."""
        inner = compiled(rows)
        return cls(template.replace("{rows}", inner.text), inner.parameters)


def compiled(values: "AnyRows | Sql") -> Sql:
    """Either kind, as text."""
    if isinstance(values, Sql):
        return values
    # Which row DISTINCT ON keeps is said by the order; of other rows it says nothing.
    rows = values if values.query.distinct_fields else values.order_by()
    text, parameters = rows.query.sql_with_params()
    return Sql(text, tuple(parameters))
