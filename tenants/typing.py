"""Names of types that every app uses."""

from typing import Any

from django.db.models import Field, QuerySet

AnyField = Field[Any, Any]
AnyRows = QuerySet[Any, Any]  # of models, dictionaries or tuples
Json = dict[str, Any]  # an object of JSON, which answers, bodies and stored options are
Context = dict[str, Any]  # what a template is given
