"""Names of types that every app uses."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Field, QuerySet

AnyField = Field[Any, Any]
AnyRows = QuerySet[Any, Any]  # of models, dictionaries or tuples
SqlParameters = dict[str, Any]  # the values of a statement, by the names of their places
SqlValues = list[Any]  # the same, in their order
SqlRow = tuple[Any, ...]  # a row that a cursor brings
Json = dict[str, Any]  # an object of JSON
ReadOnlyJson = Mapping[str, Any]
AnyView = Callable[..., Any]
Options = dict[str, Any]  # named arguments that are passed on
Context = dict[str, Any]  # what a template is given
