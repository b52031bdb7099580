"""Names of types that every app uses."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from django.db.models import Field, Model, QuerySet

M = TypeVar("M", bound=Model)

# As text, so that this can be read before the settings have let Django's fields take types.
AnyField: TypeAlias = "Field[Any, Any]"
RowsOf = QuerySet[M, Any]  # of a model, as instances, dictionaries or tuples
AnyRows = RowsOf[Model]
SqlParameters = dict[str, Any]  # the values of a statement, by the names of their places
SqlValues = list[Any]  # the same, in their order
SqlRow = tuple[Any, ...]  # a row that a cursor brings
Json = dict[str, Any]  # an object of JSON
ReadOnlyJson = Mapping[str, Any]
AnyView = Callable[..., Any]
Options = dict[str, Any]  # named arguments that are passed on
Context = dict[str, Any]  # what a template is given
