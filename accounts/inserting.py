"""INSERT ... SELECT from a queryset: rows go from table to table and never through Python."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet


def insert_select(*, into: type[Model], columns: Sequence[str], source: QuerySet[Any, Any]) -> int:
    """Insert what `source` yields for `columns` (names of fields and annotations alike).

    The names stand for columns of `into` and for values of `source`; returns the rows inserted.
    """
    rows, parameters = source.order_by().values_list(*columns).query.sql_with_params()
    quote = connection.ops.quote_name
    names = ", ".join(quote(into._meta.get_field(name).column) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(into._meta.db_table)} ({names}) {rows}", parameters)
        return int(cursor.rowcount)
