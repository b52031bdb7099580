"""INSERT ... SELECT from a queryset: rows go from table to table and never through Python."""

from collections.abc import Sequence
from typing import cast

from django.db import connection
from django.db.models import Model

from tenants.typing import AnyField, AnyRows


def insert_select(*, into: type[Model], columns: Sequence[str], source: AnyRows) -> int:
    """Insert what `source` yields for `columns` (names of fields and annotations alike).

    The names stand for columns of `into` and for values of `source`; returns the rows inserted.
    """
    rows, parameters = source.order_by().values_list(*columns).query.sql_with_params()
    quote = connection.ops.quote_name
    names = ", ".join(quote(_column(into, name)) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(into._meta.db_table)} ({names}) {rows}", parameters)
        return int(cursor.rowcount)


def _column(model: type[Model], name: str) -> str:
    return str(cast(AnyField, model._meta.get_field(name)).column)
