"""Rows that a function of the database works out for a day or a moment, read like a table's.

What cannot be a view, because it is asked as of some day, is a function; its model is unmanaged,
its table's name is the function's.
"""

from collections.abc import Mapping
from typing import Self, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.expressions import BaseExpression
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.datastructures import BaseTable

Row = TypeVar("Row", bound=Model)


class FunctionTable(BaseTable):
    """A function's call in the place of a table's name in FROM."""

    def __init__(
        self, function: str, alias: str | None, arguments: tuple[BaseExpression, ...]
    ) -> None:
        super().__init__(function, alias)
        self.arguments = arguments

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        """The call and what it is called with: each argument is SQL or an expression."""
        parts = [compiler.compile(argument) for argument in self.arguments]
        call = f"{self.table_name}({', '.join(text for text, _values in parts)})"
        return f"{call} {self.table_alias}", tuple(one for _, values in parts for one in values)

    def relabeled_clone(self, change_map: Mapping[str | None, str]) -> Self:
        alias = change_map.get(self.table_alias, self.table_alias)
        return type(self)(self.table_name, alias, self.arguments)


def rows_of(model: type[Row], *arguments: BaseExpression) -> QuerySet[Row, Row]:
    """The rows of the function that `model` is of, called with some expressions."""
    found: QuerySet[Row, Row] = QuerySet(model)
    function = model._meta.db_table
    found.query.join(FunctionTable(function, None, arguments))
    return found
