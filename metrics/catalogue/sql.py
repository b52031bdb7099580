"""SQL text with its parameters, for the few measures that a queryset cannot express."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Sql:
    """A SELECT of (account_id, value)."""

    text: str
    parameters: tuple[Any, ...] = ()

    @classmethod
    def around(cls, rows: QuerySet[Any, Any], template: str) -> "Sql":
        """`template` with the queryset in the place of {rows}."""
        text, parameters = rows.order_by().query.sql_with_params()
        return cls(template.format(rows=text), tuple(parameters))


def compiled(values: "QuerySet[Any, Any] | Sql") -> Sql:
    """Either kind, as text."""
    if isinstance(values, Sql):
        return values
    text, parameters = values.order_by().query.sql_with_params()
    return Sql(text, tuple(parameters))
